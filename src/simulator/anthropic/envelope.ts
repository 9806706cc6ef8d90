// Headers and errors as Anthropic sends them (recorded traffic; error texts as published).
import type { JsonRecord } from "../json-record.ts";
import { BASE_58 } from "../random.ts";
import type { DocumentReply, ErrorWish, Head, World } from "../vocabulary.ts";

/** The caller can correct the request. */
export class Complaint extends Error {
  override readonly name: string = "Complaint";
  readonly status: number;
  readonly details: JsonRecord | undefined;

  constructor(message: string, status: number = 400, details?: JsonRecord) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

const types: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  405: "invalid_request_error",
  408: "timeout_error",
  409: "conflict_error",
  413: "request_too_large",
  422: "invalid_request_error",
  429: "rate_limit_error",
  500: "api_error",
  502: "api_error",
  503: "api_error",
  504: "timeout_error",
  529: "overloaded_error",
};

const messages: Readonly<Record<number, string>> = {
  400: "Invalid request.",
  401: "invalid x-api-key",
  402: "There is an issue with your billing or payment information.",
  403: "Your API key does not have permission to use the specified resource.",
  404: "model: claude-simulated",
  408: "Request timed out.",
  409: "The resource was changed by another request.",
  413: "Request exceeds the maximum allowed number of bytes.",
  422: "The request could not be processed.",
  500: "Internal server error",
  502: "Bad gateway",
  503: "Service unavailable",
  504: "Request timed out.",
  529: "Overloaded",
};

const limits = { requests: 4000, tokens: 4_800_000, "input-tokens": 4_000_000, "output-tokens": 800_000 } as const;

export function requestId(world: World): string {
  return `req_011C${world.random.characters(20, BASE_58)}`;
}

export function envelopeHead(world: World, stream: boolean): Head {
  const processingMs = world.random.integer(300, 1200);
  return {
    status: 200,
    headers: [
      ["content-type", stream ? "text/event-stream; charset=utf-8" : "application/json"],
      ...(stream ? [["cache-control", "no-cache"] as const] : []),
      ...rateLimitHeaders(world, false),
      ["request-id", requestId(world)],
      ["anthropic-organization-id", "00000000-0000-4000-8000-000000000000"],
      ["server", "cloudflare"],
      ["server-timing", `x-originResponse;dur=${processingMs}`],
      ["vary", "Accept-Encoding"],
      ["x-envoy-upstream-service-time", String(processingMs - 2)],
    ],
  };
}

function rateLimitHeaders(world: World, isExhausted: boolean): [string, string][] {
  const reset = new Date(world.now() + (isExhausted ? 60_000 : 0)).toISOString().replace(/\.\d+Z$/, "Z");
  return Object.entries(limits).flatMap(([name, limit]): [string, string][] => [
    [`anthropic-ratelimit-${name}-limit`, String(limit)],
    [`anthropic-ratelimit-${name}-remaining`, String(isExhausted ? 0 : name === "requests" ? limit - 1 : limit)],
    [`anthropic-ratelimit-${name}-reset`, reset],
  ]);
}

export interface ErrorContent {
  readonly status: number;
  readonly type?: string;
  readonly message: string;
  readonly details?: JsonRecord | undefined;
}

export function errorReply(
  world: World,
  { status, type, message, details }: ErrorContent,
  ...more: [string, string][]
): DocumentReply {
  const id = requestId(world);
  const shouldRetry = more.some(([name]) => name === "x-should-retry");
  return {
    kind: "document",
    tokens: 0,
    head: {
      status,
      headers: [
        ["content-type", "application/json"],
        ...(shouldRetry
          ? []
          : [["x-should-retry", String(status === 408 || status === 409 || status === 429 || status >= 500)] as const]),
        ...more,
        ["request-id", id],
        ["server", "cloudflare"],
        ["vary", "Accept-Encoding"],
      ],
    },
    body: {
      type: "error",
      error: {
        type: type ?? types[status] ?? "api_error",
        message,
        ...(details === undefined ? {} : { details }),
      },
      request_id: id,
    },
  };
}

/** The error in a script. */
export function rejectionFor(wish: ErrorWish, world: World, model: string): DocumentReply {
  const headers: [string, string][] = [];
  if (wish.retryAfter !== undefined) headers.push(["retry-after", String(wish.retryAfter)]);
  if (wish.retryAfterMs !== undefined) headers.push(["retry-after-ms", String(wish.retryAfterMs)]);
  if (wish.shouldRetry !== undefined) headers.push(["x-should-retry", String(wish.shouldRetry)]);
  if (wish.status === 429) headers.push(...rateLimitHeaders(world, true));
  return errorReply(world, errorContentFor(wish, model), ...headers);
}

export function errorContentFor(wish: ErrorWish, model: string): ErrorContent & { readonly type: string } {
  return {
    status: wish.status,
    type: wish.code ?? types[wish.status] ?? "api_error",
    message: wish.message ?? messageFor(wish, model),
  };
}

function messageFor(wish: ErrorWish, model: string): string {
  if (wish.status === 429) {
    if (wish.perDay === true || wish.quota === true) {
      return "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.";
    }
    return `This request would exceed your organization's rate limit of 50 requests per minute (org: 00000000-0000-4000-8000-000000000000, model: ${model}). For details, refer to: https://docs.claude.com/en/api/rate-limits. You can see the response headers for current usage. Please reduce the prompt length or the maximum tokens requested, or try again later. You may also contact sales at https://www.anthropic.com/contact-sales to discuss your options for a rate limit increase.`;
  }
  if (wish.status === 400) {
    if (wish.quota === true)
      return "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.";
    if (wish.contextLength === true) return "prompt is too long: 215000 tokens > 200000 maximum";
    if (wish.policy === true) return "Output blocked by content filtering policy";
    if (wish.unsupportedParameter !== undefined) return `${wish.unsupportedParameter}: Extra inputs are not permitted`;
  }
  return messages[wish.status] ?? "Internal server error";
}

export function errorEvent(wish: ErrorWish): JsonRecord {
  const { type, message } = errorContentFor(wish, "claude-haiku-4-5");
  return { type: "error", error: { details: null, type, message } };
}
