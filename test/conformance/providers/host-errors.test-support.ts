// The errors of vendors and hosts, in the forms that clients of theirs report. The words of a prompt that is too long are
// each host's own. Unverified, because no public answer was found: the form of Snowflake's errors. Not a test.
import type { JsonObject } from "../../../src/core/json.ts";

export interface HostError {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  readonly code: string;
}

export type ErrorForm =
  | "openai"
  | "list"
  | "google"
  | "anthropic"
  | "flat"
  | "bare"
  | "mistral"
  | "cohere"
  | "cloudflare"
  | "word"
  | "tgi"
  | "databricks"
  | "detail"
  | "novita"
  | "short";

const openai = ({ message, type, code }: HostError): JsonObject => ({ error: { message, type, param: null, code } });

export const errorForms: Readonly<Record<ErrorForm, (error: HostError) => JsonObject | readonly JsonObject[]>> = {
  openai,
  /** Gemini's OpenAI-compatible endpoint: a list (n4ze3m/page-assist#406). */
  list: ({ status, message }: HostError) => [{ error: { code: status, message, status: googleWord(status) } }],
  google: ({ status, message }: HostError) => ({ error: { code: status, message, status: googleWord(status) } }),
  anthropic: ({ message, type }: HostError) => ({ type: "error", error: { type, message } }),
  /** vLLM, SGLang. */
  flat: ({ status, message, type }: HostError) => ({ object: "error", message, type, param: null, code: status }),
  /** Cerebras; Mistral's has an `object` beside. */
  bare: ({ message, type, code }: HostError) => ({ message, type, param: null, code }),
  mistral: ({ message, type, code }: HostError) => ({ object: "error", message, type, param: null, code }),
  cohere: ({ message }: HostError) => ({ id: "b2d6b4d0-0000-4000-8000-000000000000", message }),
  cloudflare: ({ status, message }: HostError) => ({
    result: null,
    success: false,
    errors: [{ code: status * 10, message: `AiError: ${message}` }],
    messages: [],
  }),
  /** Hugging Face's router. */
  word: ({ message }: HostError) => ({ error: message }),
  tgi: ({ message, type }: HostError) => ({ error: message, error_type: type }),
  databricks: ({ message, code }: HostError) => ({ error_code: code.toUpperCase(), message }),
  /** FastAPI: Nebius, Chutes. */
  detail: ({ message }: HostError) => ({ detail: message }),
  novita: ({ status, message, code }: HostError) => ({
    code: status,
    reason: code.toUpperCase(),
    message,
    metadata: {},
  }),
  /** Moonshot, Z.ai: an error without `param`; Z.ai's codes are digits as text. */
  short: ({ message, type }: HostError) => ({ error: { message, type } }),
};

function googleWord(status: number): string {
  if (status === 429) return "RESOURCE_EXHAUSTED";
  if (status === 503) return "UNAVAILABLE";
  return status === 401 ? "UNAUTHENTICATED" : "INVALID_ARGUMENT";
}

export type HostFault = "bad key" | "rate limit" | "overload" | "too long" | "break";

const anthropicTypes: Readonly<Record<HostFault, string>> = {
  "bad key": "authentication_error",
  "rate limit": "rate_limit_error",
  overload: "overloaded_error",
  "too long": "invalid_request_error",
  break: "overloaded_error",
};

/** What a host says of each fault. `overflow`: its own words for a prompt that is too long. */
export function errorFor(fault: HostFault, form: ErrorForm, overflow: string | undefined): HostError {
  const isAnthropic = form === "anthropic";
  const errors: Readonly<Record<HostFault, HostError>> = {
    "bad key": {
      status: 401,
      message: "Invalid API key provided.",
      type: "invalid_request_error",
      code: "invalid_api_key",
    },
    "rate limit": {
      status: 429,
      message: "Rate limit reached for requests.",
      type: "requests",
      code: "rate_limit_exceeded",
    },
    overload: {
      status: isAnthropic ? 529 : 503,
      message: "The model is overloaded. Please try again later.",
      type: "server_error",
      code: "overloaded",
    },
    "too long": {
      status: 400,
      message: overflow ?? (isAnthropic ? anthropicOverflow : openaiOverflow),
      type: "invalid_request_error",
      code: "context_length_exceeded",
    },
    break: { status: 500, message: "The server had an error.", type: "server_error", code: "server_error" },
  };
  const error = errors[fault];
  if (form === "google" || form === "list") return googleError(fault, error);
  return isAnthropic ? { ...error, type: anthropicTypes[fault] } : error;
}

/** A key that is refused is a bad argument there. */
function googleError(fault: HostFault, error: HostError): HostError {
  if (fault === "bad key") return { ...error, status: 400, message: "API key not valid. Please pass a valid API key." };
  if (fault !== "too long") return error;
  return { ...error, message: "The input token count (9000) exceeds the maximum number of tokens allowed (8192)." };
}

const openaiOverflow =
  "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens in the messages. Please reduce the length of the messages.";
const anthropicOverflow = "prompt is too long: 9000 tokens > 8192 maximum";
