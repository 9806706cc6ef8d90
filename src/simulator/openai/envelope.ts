// Headers and bodies around an answer or an error, as OpenAI sends them (recorded traffic; error texts as published).
import { nameOfType, type JsonRecord } from "../json-record.ts";
import { HEXADECIMAL } from "../random.ts";
import type { DocumentReply, ErrorWish, Head, World } from "../vocabulary.ts";

export interface ErrorBody {
  readonly message: string;
  readonly type?: string;
  readonly param?: string | null;
  readonly code?: string | null;
  /** The document, if a host of this protocol has another format for it. */
  readonly whole?: JsonRecord;
  /** Headers beyond the usual ones. */
  readonly headers?: readonly (readonly [string, string])[];
}

/** The caller can correct the request; the vendor answers with `status` (400). */
export class Complaint extends Error {
  override readonly name: string = "Complaint";
  readonly status: number;
  readonly body: ErrorBody;

  constructor(body: ErrorBody, status: number = 400) {
    super(body.message);
    this.body = body;
    this.status = status;
  }
}

const requestLimit = 10_000;
const tokenLimit = 30_000_000;

export function envelopeHead(world: World, wish: { stream: boolean; promptTokens: number }): Head {
  const processingMs = world.random.integer(120, 900);
  return {
    status: 200,
    headers: [
      ["content-type", wish.stream ? "text/event-stream; charset=utf-8" : "application/json"],
      ["access-control-expose-headers", "X-Request-ID"],
      ["openai-organization", "simulated-org"],
      ["openai-processing-ms", String(processingMs)],
      ["openai-version", "2020-10-01"],
      ["x-envoy-upstream-service-time", String(processingMs + world.random.integer(2, 12))],
      ...rateLimitHeaders(requestLimit - 1, tokenLimit - wish.promptTokens),
      ["x-request-id", `req_${world.random.characters(32, HEXADECIMAL)}`],
      ["server", "cloudflare"],
    ],
  };
}

function rateLimitHeaders(remainingRequests: number, remainingTokens: number): [string, string][] {
  return [
    ["x-ratelimit-limit-requests", String(requestLimit)],
    ["x-ratelimit-limit-tokens", String(tokenLimit)],
    ["x-ratelimit-remaining-requests", String(remainingRequests)],
    ["x-ratelimit-remaining-tokens", String(remainingTokens)],
    ["x-ratelimit-reset-requests", remainingRequests > 0 ? "6ms" : "1m0s"],
    ["x-ratelimit-reset-tokens", "0s"],
  ];
}

export function errorReply(world: World, status: number, body: ErrorBody): DocumentReply {
  return {
    kind: "document",
    tokens: 0,
    head: {
      status,
      headers: [
        ["content-type", "application/json; charset=utf-8"],
        ["vary", "Origin"],
        ...(body.headers ?? []),
        ["x-request-id", `req_${world.random.characters(32, HEXADECIMAL)}`],
        ["server", "cloudflare"],
      ],
    },
    body: body.whole ?? { error: fullError(body) },
  };
}

export function fullError({ message, type, param, code }: ErrorBody): Record<string, unknown> {
  return { message, type: type ?? "invalid_request_error", param: param ?? null, code: code ?? null };
}

/** The error in a script. */
export function rejectionFor(wish: ErrorWish, world: World, model: string): DocumentReply {
  return errorReply(world, wish.status, { ...errorBodyFor(wish, model), headers: hintHeaders(wish) });
}

function hintHeaders(wish: ErrorWish): [string, string][] {
  const headers: [string, string][] = [];
  if (wish.retryAfterMs !== undefined) headers.push(["retry-after-ms", String(wish.retryAfterMs)]);
  if (wish.retryAfter !== undefined) headers.push(["retry-after", String(wish.retryAfter)]);
  if (wish.shouldRetry !== undefined) headers.push(["x-should-retry", String(wish.shouldRetry)]);
  if (wish.status === 429 && wish.quota !== true) headers.push(...rateLimitHeaders(0, tokenLimit));
  return headers;
}

export function errorBodyFor(wish: ErrorWish, model: string): ErrorBody {
  const body =
    wish.status === 400
      ? badRequestFor(wish, model)
      : wish.status === 429
        ? tooManyFor(wish, model)
        : bodies[wish.status];
  const errorBody = body ?? {
    message: "The server had an error while processing your request. Sorry about that!",
    type: "server_error",
  };
  return {
    ...errorBody,
    ...(wish.message === undefined ? {} : { message: wish.message }),
    ...(wish.code === undefined ? {} : { code: wish.code }),
  };
}

const bodies: Readonly<Record<number, ErrorBody>> = {
  401: {
    message:
      "Incorrect API key provided: sk-simul*****************ator. You can find your API key at https://platform.openai.com/account/api-keys.",
    code: "invalid_api_key",
  },
  402: {
    message: "Your credit balance is exhausted. Please add credits to continue.",
    type: "insufficient_quota",
    code: "credit_balance_exhausted",
  },
  403: {
    message: "Country, region, or territory not supported",
    type: "request_forbidden",
    code: "unsupported_country_region_territory",
  },
  404: {
    message: "The model `gpt-simulated` does not exist or you do not have access to it.",
    code: "model_not_found",
  },
  408: { message: "Request timed out.", type: "server_error" },
  409: { message: "The resource was updated by another request. Please try again.", type: "conflict_error" },
  413: { message: "Request body too large.", code: "request_too_large" },
  422: { message: "The request was well-formed but could not be processed." },
  502: { message: "Bad gateway.", type: "server_error", code: "bad_gateway" },
  503: {
    message: "The server is currently overloaded with other requests. Sorry about that! You can retry your request.",
    type: "server_error",
    code: "server_is_overloaded",
  },
  504: { message: "The request to the upstream server timed out.", type: "server_error" },
  529: {
    message: "That model is currently overloaded with other requests. You can retry your request.",
    type: "server_error",
    code: "server_is_overloaded",
  },
};

function badRequestFor(wish: ErrorWish, model: string): ErrorBody {
  if (wish.contextLength === true) return contextOverflow(128_000, 131_072);
  if (wish.policy === true) {
    return { message: "Your request was rejected as a result of our safety system.", code: "content_policy_violation" };
  }
  if (wish.unsupportedParameter !== undefined) return unsupportedParameter(wish.unsupportedParameter);
  return { message: `Invalid request for ${model}.` };
}

function tooManyFor(wish: ErrorWish, model: string): ErrorBody {
  if (wish.quota === true || wish.perDay === true) {
    return {
      message:
        "You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
      type: "insufficient_quota",
      code: "insufficient_quota",
    };
  }
  const wait = wish.retryAfterMs !== undefined ? `${wish.retryAfterMs}ms` : `${wish.retryAfter ?? 1}s`;
  return {
    message: `Rate limit reached for ${model} in organization org-simulated on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in ${wait}. Visit https://platform.openai.com/account/rate-limits to learn more.`,
    type: "requests",
    code: "rate_limit_exceeded",
  };
}

export function contextOverflow(limit: number, used: number): ErrorBody {
  return {
    message: `This model's maximum context length is ${limit} tokens. However, your messages resulted in ${used} tokens. Please reduce the length of the messages.`,
    param: "messages",
    code: "context_length_exceeded",
  };
}

export function unknownModel(name: string): Complaint {
  const message = `The model \`${name}\` does not exist or you do not have access to it.`;
  return new Complaint({ message, code: "model_not_found" }, 404);
}

/** The older services' message about unknown parameters. */
export function unrecognized(names: readonly string[]): ErrorBody {
  return {
    message: `Unrecognized request argument${names.length > 1 ? "s" : ""} supplied: ${names.join(", ")}`,
  };
}

export function unknownParameter(param: string): ErrorBody {
  return { message: `Unknown parameter: '${param}'.`, param, code: "unknown_parameter" };
}

/** Throws at the first unknown member of a record, with its path; a null counts as absent. */
export function checkMembers(record: JsonRecord, knownNames: readonly string[], place: string): void {
  const stranger = Object.keys(record).find((name) => record[name] !== null && !knownNames.includes(name));
  if (stranger !== undefined) throw new Complaint(unknownParameter(`${place}.${stranger}`));
}

/** 'a', 'b', and 'c'; 'a' and 'b'. */
export function listOf(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  return quoted.length < 3 ? quoted.join(" and ") : `${quoted.slice(0, -1).join(", ")}, and ${quoted.at(-1)}`;
}

export function missingParameter(param: string): ErrorBody {
  return { message: `Missing required parameter: '${param}'.`, param, code: "missing_required_parameter" };
}

export function tooLong(param: string, length: number, most: number = 64): ErrorBody {
  const message = `Invalid '${param}': string too long. Expected a string with maximum length ${most}, but got a string with length ${length} instead.`;
  return { message, param, code: "string_above_max_length" };
}

/** Ids of callers and conversations. Source: maximhq/bifrost#1000 for `user`. */
export function checkNames(body: JsonRecord): void {
  for (const name of ["user", "safety_identifier", "prompt_cache_key"]) {
    const value = body[name];
    if (typeof value === "string" && value.length > 64) throw new Complaint(tooLong(name, value.length));
  }
}

/** Sources: musistudio/claude-code-router#686, anomalyco/opencode#4909. */
export function checkToolCount(body: JsonRecord): void {
  const length = Array.isArray(body["tools"]) ? body["tools"].length : 0;
  if (length <= 128) return;
  const message = `Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length ${length} instead.`;
  throw new Complaint({ message, param: "tools", code: "array_above_max_length" });
}

export function unsupportedParameter(name: string, instead?: string): ErrorBody {
  const advice = instead === undefined ? "" : ` Use '${instead}' instead.`;
  return {
    message: `Unsupported parameter: '${name}' is not supported with this model.${advice}`,
    param: name,
    code: "unsupported_parameter",
  };
}

/** A list that may be absent, but not empty. */
export function emptyArray(param: string): ErrorBody {
  const message = `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`;
  return { message, param, code: "empty_array" };
}

export function invalidType(param: string, expected: string, value: unknown): ErrorBody {
  const got = nameOfType(value);
  const article = /^[aeiou]/.test(expected) ? "an" : "a";
  const actual = got === "null" ? "null" : `${/^[aeiou]/.test(got) ? "an" : "a"} ${got}`;
  return {
    message: `Invalid type for '${param}': expected ${article} ${expected}, but got ${actual} instead.`,
    param,
    code: "invalid_type",
  };
}

/** In definitions and in the history. */
export function checkToolName(name: unknown, param: string): void {
  if (name === undefined) throw new Complaint(missingParameter(param));
  if (typeof name !== "string" || !/^[a-zA-Z0-9_-]+$/.test(name)) {
    const message = `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`;
    throw new Complaint({ message, param, code: "invalid_value" });
  }
  if (name.length > 64) {
    const message = `Invalid '${param}': string too long. Expected a string with maximum length 64, but got a string with length ${name.length} instead.`;
    throw new Complaint({ message, param, code: "string_above_max_length" });
  }
}
