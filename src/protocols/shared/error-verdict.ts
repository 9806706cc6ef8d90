// The verdict of a vendor's error. The status comes before the text: bodies echo prompts, so a phrase counts only under
// a status that it belongs to. Phrases are in lower case; the hosts that use them are named beside them.
import type { FailureVerdict } from "../../core/verdict.ts";
import { waitInWords } from "./wait-hints.ts";
import type { ErrorBody } from "./error-body.ts";
import { absentThing } from "./absent-thing.ts";
import { ownWords } from "./own-words.ts";
import { plainStatusVerdict, refusalVerdict } from "./status-verdict.ts";
import { isAboutModel, isAboutOrder, isAboutUnknown } from "./refusal.ts";

/** `status` null: the error came inside a stream, without a number. */
export function errorVerdictOf(status: number | null, body: ErrorBody): FailureVerdict {
  const code = (body.code ?? "").toLowerCase();
  const type = (body.type ?? "").toLowerCase();
  const complaint: Complaint = {
    words: `${body.message}\n${body.inner}`.toLowerCase(),
    account: `${ownWords(body.message)}\n${body.inner}`.toLowerCase(),
    codeVerdict: byCode.get(code) ?? byCode.get(type) ?? unknownIn(status, body),
  };
  if (status === null) return judgeRefused(complaint) ?? byType.get(type) ?? byType.get(code) ?? "server_error";
  return plainStatusVerdict(status) ?? judgeStatus(status, complaint, body);
}

function judgeStatus(status: number, complaint: Complaint, body: ErrorBody): FailureVerdict {
  const { words, codeVerdict } = complaint;
  switch (status) {
    case 400:
    case 413:
    case 422:
      return judgeRefused(complaint) ?? "bad_request";
    case 401:
      return isMembership(words) ? "forbidden" : "bad_key";
    case 403:
      return judgeForbidden(words, codeVerdict);
    case 404:
      return judgeNotFound(words, codeVerdict, body.message);
    case 429:
      return judgeLimited(words, codeVerdict, (body.waitMs ?? waitInWords(body.message)) !== null);
    case 500:
      return codeVerdict === "unsupported" ? codeVerdict : judgeOther(status, words);
    default:
      return judgeOther(status, words);
  }
}

/** An unknown member is reported as unknown, whatever its name suggests. */
function unknownIn(
  status: number | null,
  { code, message, param, members = [] }: ErrorBody,
): FailureVerdict | undefined {
  const isRefused = status === null || status === 400 || status === 422;
  // llama.cpp answers 500 where a template raises an error (ggml-org/llama.cpp#27367).
  if ((isRefused || status === 500) && isAboutOrder(message)) return "unsupported";
  if (!isRefused) return undefined;
  return members.length > 0 || isAboutUnknown(code, message) || isAboutModel(message, param)
    ? "unsupported"
    : undefined;
}

/** Codes and types that identify the failure by themselves. */
const byCode: ReadonlyMap<string, FailureVerdict> = new Map<string, FailureVerdict>([
  ["context_length_exceeded", "context_too_long"],
  ["exceed_context_size_error", "context_too_long"],
  ["tokens_limit_reached", "context_too_long"], // GitHub Models
  ["content_policy_violation", "policy_blocked"],
  ["content_filter", "policy_blocked"],
  ["invalid_prompt", "policy_blocked"],
  ["bio_policy", "policy_blocked"],
  ["image_content_policy_violation", "policy_blocked"],
  ["misalignment_policy_violation", "policy_blocked"],
  ["invalid_api_key", "bad_key"],
  ["api_key_invalid", "bad_key"],
  ["model_not_found", "unknown_model"],
  ["deploymentnotfound", "unknown_model"],
  ["insufficient_quota", "quota_exhausted"],
  ["credit_balance_exhausted", "quota_exhausted"],
  ["billing_hard_limit_reached", "quota_exhausted"],
  ["billing_not_active", "quota_exhausted"],
  ["unsupported_country_region_territory", "forbidden"],
  ["unsupported_parameter", "unsupported"],
  ["unsupported_value", "unsupported"],
  ["unsupported_model", "unsupported"],
  // Reasoning that another account or region sealed: its own account may still read it.
  ["invalid_encrypted_content", "unsupported"],
  ["server_is_overloaded", "overloaded"],
  ["slow_down", "overloaded"],
  ["tool_use_failed", "malformed"],
  ["json_validate_failed", "malformed"],
]);

/** Types that count only without a status. */
const byType: ReadonlyMap<string, FailureVerdict> = new Map<string, FailureVerdict>([
  ["rate_limit_error", "rate_limited"],
  ["rate_limit_exceeded", "rate_limited"],
  ["too_many_requests", "rate_limited"],
  ["resource_exhausted", "rate_limited"],
  ["overloaded_error", "overloaded"],
  ["service_unavailable", "overloaded"],
  ["unavailable", "overloaded"],
  ["invalid_request_error", "bad_request"],
  ["badrequesterror", "bad_request"],
  ["authentication_error", "bad_key"],
  ["permission_error", "forbidden"],
  ["not_found_error", "unknown_model"],
]);

const contextPhrases: readonly string[] = [
  "maximum context length",
  "context length exceeded",
  "context_length_exceeded",
  "exceeds the context window",
  "exceeds the available context size", // llama.cpp
  "exceed_context_size_error",
  "longer than the maximum model length", // vLLM
  "is longer than the model's context length",
  "maximum prompt length", // xAI
  "exceeded model token limit", // Moonshot
  "too many tokens", // Cohere
  "load the model with a larger context length", // LM Studio
  "inputs tokens + max_new_tokens must be", // TGI
  "`inputs` tokens + `max_new_tokens` must be", // TGI
  "inputs must have less than", // TGI's embeddings
  "range of input length should be", // DashScope
  "tokens_limit_reached", // GitHub Models behind a router
  "input tokens exceed the configured limit",
  "exceeds the maximum number of tokens allowed", // Gemini
  "prompt is too long", // Claude behind a compatible host
  "input is too long",
  "reduce the length of the messages", // Groq
];

function isContext(words: string): boolean {
  if (words.includes("string_above_max_length") || words.includes("invalid 'user'")) return false;
  if (contextPhrases.some((phrase) => words.includes(phrase))) return true;
  if (words.includes("request too large") && words.includes("tokens per min")) return true;
  // Cerebras; SGLang
  return /current length is .* while limit is|input length \(?\d[\d,]*(?: tokens)?\)? exceeds the (?:model's )?max/.test(
    words,
  );
}

const keyPhrases = /api key not valid|api_key_invalid|incorrect api key|invalid api key|api key expired/;
const billingPhrases =
  /credit balance is too low|insufficient (?:balance|credits|funds|quota)|exceeded your current quota|usage limits|spending limit|billing/;
const policyPhrases =
  /content management policy|responsibleaipolicyviolation|violat\w* (?:our|the) (?:usage|content) policy|usage policies|safety system|content_policy|content policy|flagged_input|data_inspection_failed|inappropriate content/;
const regionPhrases =
  /user location is not supported|not available in your (?:country|region)|country, region, or territory/;
const modelPhrases =
  /model[^.]{0,120}(?:does not exist|not found|is not a valid model|not exist|no longer available|has been (?:decommissioned|deprecated))|invalid model|unknown model/;
const unsupportedPhrases =
  /not supported (?:with|by|for|on|in) (?:this|the)|does(?: not|n't) support|is not supported|are not supported|isn't supported|unknown variant `(?:image|input|file|audio|video)|is only supported by certain models|content'? ?:? (?:value )?must be a string|response_format type is unavailable|either input content or output modality contain audio|reasoning_content in the thinking mode must be passed back|operation is unsupported|unsupported (?:parameter|value|content|image|message|feature)|no endpoints found that support/;

/**
 * What a model, its chat template or its server lacks: vLLM (z-lab/paroquant#31 has its "Grammar error"), Ollama, DashScope, llama.cpp,
 * Mistral.
 */
const lackPhrases =
  /models? only supports? (?:text|single tool-calls)|only user[a-z, ]{1,40} roles are supported|grammar error:|grammar compilation failed|unsupported schema|type '(?:image_url|input_audio|file|video_url)' is invalid|at most 0 (?:image|audio|video)|missing data required for image input|unexpected item type in content|requires --(?:tool-call-parser|enable-auto-tool-choice|jinja)|not supported by xgrammar|json mode is not enabled|tool call ids should be alphanumeric/;

interface Complaint {
  readonly words: string;
  /** The part of the text that may be about a key or an account: without any quote of a caller. */
  readonly account: string;
  readonly codeVerdict: FailureVerdict | undefined;
}

/** The verdict of the text under a 400 (or in a stream); null if it blames only the request. */
function judgeRefused({ words, account, codeVerdict }: Complaint): FailureVerdict | null {
  if (codeVerdict !== undefined) return codeVerdict;
  if (isContext(words)) return "context_too_long";
  if (keyPhrases.test(account)) return "bad_key";
  if (policyPhrases.test(words)) return "policy_blocked";
  if (regionPhrases.test(account)) return "forbidden";
  if (billingPhrases.test(account)) return "quota_exhausted";
  if (modelPhrases.test(words)) return "unknown_model";
  return unsupportedPhrases.test(words) || lackPhrases.test(words) ? "unsupported" : null;
}

/** Account problems that OpenAI reports with 401. */
function isMembership(words: string): boolean {
  return /member of an organization|ip (?:address )?(?:is )?not authorized|not authorized to access from/.test(words);
}

function judgeForbidden(words: string, codeVerdict: FailureVerdict | undefined): FailureVerdict {
  if (codeVerdict === "bad_key" || keyPhrases.test(words)) return "bad_key";
  if (codeVerdict === "policy_blocked" || policyPhrases.test(words) || words.includes("moderation"))
    return "policy_blocked";
  return codeVerdict === "quota_exhausted" || billingPhrases.test(words) ? "quota_exhausted" : "forbidden";
}

/** Routers answer 404 if no host of the model can serve the request. */
function judgeNotFound(words: string, codeVerdict: FailureVerdict | undefined, message: string): FailureVerdict {
  if (words.includes("no endpoints found that support")) return "unsupported";
  const absent = codeVerdict === undefined ? absentThing(message) : null;
  if (absent !== null) return absent;
  return codeVerdict === "context_too_long" || isContext(words) ? "context_too_long" : "unknown_model";
}

function judgeLimited(words: string, codeVerdict: FailureVerdict | undefined, hasWait: boolean): FailureVerdict {
  if (codeVerdict === "quota_exhausted" || codeVerdict === "overloaded") return codeVerdict;
  if (words.includes("request too large") && words.includes("tokens per min")) return "context_too_long";
  if (words.includes("perday") || words.includes("limit: 0")) return "quota_exhausted";
  // Gemini reports every limit as an exhausted quota: one with a wait is only a rate limit.
  return billingPhrases.test(words) && !hasWait && !words.includes("perminute") ? "quota_exhausted" : "rate_limited";
}

function judgeOther(status: number, words: string): FailureVerdict {
  if (status >= 500) return isContext(words) && status < 502 ? "context_too_long" : "server_error";
  if (status >= 400) return refusalVerdict(status);
  return "malformed";
}
