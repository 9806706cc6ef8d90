// Headers, errors and JSON printing as Google sends them (recorded traffic; error texts as published).
import { asRecord, type JsonRecord } from "../json-record.ts";
import type { DocumentReply, ErrorWish, Head, World } from "../vocabulary.ts";

/** The caller can correct the request. */
export class Complaint extends Error {
  override readonly name: string = "Complaint";
  readonly code: number;
  readonly status: string;
  readonly details: readonly JsonRecord[] | undefined;

  constructor(message: string, kind: { code?: number; status?: string; details?: readonly JsonRecord[] } = {}) {
    super(message);
    this.code = kind.code ?? 400;
    this.status = kind.status ?? "INVALID_ARGUMENT";
    this.details = kind.details;
  }
}

const statusNames: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ABORTED",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

const messages: Readonly<Record<number, string>> = {
  400: "Request contains an invalid argument.",
  401: "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
  402: "Billing account for the project is not in good standing.",
  403: "Generative Language API has not been used in project 000000000000 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/generativelanguage.googleapis.com/overview?project=000000000000 then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.",
  404: "models/gemini-simulated is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.",
  408: "The request timed out.",
  409: "The operation was aborted.",
  413: "Request payload size exceeds the limit: 20971520 bytes.",
  422: "The request could not be processed.",
  500: "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
  502: "Bad gateway.",
  503: "The model is overloaded. Please try again later.",
  504: "Deadline expired before operation could complete.",
  529: "The model is overloaded. Please try again later.",
};

export function envelopeHead(world: World, stream: boolean): Head {
  return {
    status: 200,
    headers: [
      ["x-gemini-service-tier", "standard"],
      ["content-type", stream ? "text/event-stream" : "application/json; charset=UTF-8"],
      ["vary", "Origin"],
      ["vary", "X-Origin"],
      ["vary", "Referer"],
      ["server", "scaffolding on HTTPServer2"],
      ["x-xss-protection", "0"],
      ["x-frame-options", "SAMEORIGIN"],
      ["x-content-type-options", "nosniff"],
      ["server-timing", `gfet4t7; dur=${world.random.integer(180, 1800)}`],
    ],
  };
}

export function errorReply(world: World, error: JsonRecord, inList: boolean): DocumentReply {
  const { headers } = envelopeHead(world, false);
  const body = { error };
  return {
    kind: "document",
    tokens: 0,
    head: { status: Number(error["code"]), headers: headers.filter(([name]) => name !== "x-gemini-service-tier") },
    body: inList ? [body] : body,
  };
}

/** A front end's page for an unknown path. */
export function htmlNotFound(path: string): DocumentReply {
  const page = `<!DOCTYPE html>\n<html lang=en>\n  <meta charset=utf-8>\n  <title>Error 404 (Not Found)!!1</title>\n  <p><b>404.</b> <ins>That’s an error.</ins>\n  <p>The requested URL <code>${path.replace(/[<>&"]/g, "")}</code> was not found on this server.  <ins>That’s all we know.</ins>\n`;
  return {
    kind: "document",
    tokens: 0,
    head: { status: 404, headers: [["content-type", "text/html; charset=UTF-8"]] },
    body: page,
  };
}

export function invalidKeyError(): JsonRecord {
  const message = "API key not valid. Please pass a valid API key.";
  return {
    code: 400,
    message,
    status: "INVALID_ARGUMENT",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "API_KEY_INVALID",
        domain: "googleapis.com",
        metadata: { service: "generativelanguage.googleapis.com" },
      },
      { "@type": "type.googleapis.com/google.rpc.LocalizedMessage", locale: "en-US", message },
    ],
  };
}

/** The error in a script. */
export function errorFor(wish: ErrorWish, model: string): JsonRecord {
  const { message, details } =
    wish.status === 429 ? tooMany(wish, model) : wish.status === 400 ? badRequest(wish) : plain(wish);
  return {
    code: wish.status,
    message: wish.message ?? message,
    status: wish.code ?? statusNames[wish.status] ?? (wish.status >= 500 ? "UNAVAILABLE" : "FAILED_PRECONDITION"),
    ...(details.length === 0 ? {} : { details }),
  };
}

interface Worded {
  readonly message: string;
  readonly details: readonly JsonRecord[];
}

function plain({ status, retryInfo }: ErrorWish): Worded {
  const details = retryInfo === undefined ? [] : [retryDetail(retryInfo)];
  return { message: messages[status] ?? "An internal error has occurred.", details };
}

function badRequest(wish: ErrorWish): Worded {
  if (wish.contextLength === true) {
    return {
      message: "The input token count (1150000) exceeds the maximum number of tokens allowed (1048576).",
      details: [],
    };
  }
  if (wish.unsupportedParameter !== undefined)
    return {
      message: unknownName(wish.unsupportedParameter),
      details: [violation(unknownName(wish.unsupportedParameter))],
    };
  if (wish.policy === true)
    return { message: "The request was blocked because it violates our usage policies.", details: [] };
  return { message: messages[400] ?? "", details: [] };
}

function tooMany(wish: ErrorWish, model: string): Worded {
  const perDay = wish.perDay === true || wish.quota === true;
  const seconds = wish.retryInfo ?? wish.retryAfter;
  const metric = "generativelanguage.googleapis.com/generate_content_free_tier_requests";
  const quotaId = `GenerateRequestsPer${perDay ? "Day" : "Minute"}PerProjectPerModel-FreeTier`;
  const limit = perDay ? 250 : 10;
  const retryText = seconds === undefined ? "" : `\nPlease retry in ${seconds}s.`;
  return {
    message: `You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/usage?tab=rate-limit. \n* Quota exceeded for metric: ${metric}, limit: ${limit}, model: ${model}${retryText}`,
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.Help",
        links: [
          {
            description: "Learn more about Gemini API quotas",
            url: "https://ai.google.dev/gemini-api/docs/rate-limits",
          },
        ],
      },
      {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        violations: [
          { quotaMetric: metric, quotaId, quotaDimensions: { location: "global", model }, quotaValue: String(limit) },
        ],
      },
      ...(seconds === undefined ? [] : [retryDetail(seconds)]),
    ],
  };
}

function retryDetail(seconds: number): JsonRecord {
  return { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${seconds}s` };
}

export function unknownName(name: string, place?: string): string {
  return `Invalid JSON payload received. Unknown name "${name}"${place === undefined ? "" : ` at '${place}'`}: Cannot find field.`;
}

/** A BadRequest detail with one violation per line. */
export function violation(...descriptions: string[]): JsonRecord {
  const fieldViolations = descriptions.map((description) => {
    const field = / at '([^']+)'/.exec(description)?.[1];
    return field === undefined ? { description } : { field, description };
  });
  return { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations };
}

/** JSON on one line as Google prints it: a space after the colon, none after the comma. */
export function printOnOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printOnOneLine).join(",")}]`;
  const record = asRecord(value);
  if (record === undefined) return escapeHtml(JSON.stringify(value) ?? "null");
  const members = Object.entries(record).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}: ${printOnOneLine(member)}`).join(",")}}`;
}

export function printPretty(value: unknown): string {
  return escapeHtml(JSON.stringify(value, null, 2));
}

function escapeHtml(json: string): string {
  return json.replace(/[<>]/g, (sign) => (sign === "<" ? "\\u003c" : "\\u003e"));
}
