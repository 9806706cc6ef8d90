// Decodes a completion's request into a conversation: its prompt is the user's message. Features that a conversation
// lacks (tokens, several prompts at once, infilling) are refused by name, so that another target is asked.
import { unsupported } from "../../shared/unsupported.ts";
import type { ChatRequest, Sampling } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { EncodedRequest } from "../../../core/encoded-request.ts";
import {
  asString,
  badRequest,
  isArray,
  kindOf,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalString,
  wrongKind,
} from "../../shared/read.ts";

const mappedNames: ReadonlySet<string> = new Set([
  "model",
  "prompt",
  "max_tokens",
  "temperature",
  "top_p",
  "seed",
  "n",
  "stop",
  "presence_penalty",
  "frequency_penalty",
  "logprobs",
  "logit_bias",
  "stream",
  "stream_options",
  "user",
  "echo",
  "suffix",
]);

export function decodeRequest(
  body: JsonObject,
  hint: { readonly model: string | null; readonly stream: boolean },
): ChatRequest {
  const prompt = readPrompt(body["prompt"]);
  if (optionalBoolean(body, "echo", "") === true)
    throw unsupported("echo", "only a completion model can echo its prompt");
  if ((optionalString(body, "suffix", "") ?? "") !== "")
    throw unsupported("suffix", "only a completion model supports suffix");
  const streamOptions = optionalObject(body, "stream_options", "") ?? {};
  const extras: MutableJson = {};
  for (const key in body) if (!mappedNames.has(key)) extras[key] = body[key];
  return {
    model: optionalString(body, "model", "") ?? hint.model ?? "",
    messages: [{ role: "user", parts: [{ type: "text", text: prompt }], name: null }],
    tools: [],
    toolChoice: null,
    parallelTools: null,
    output: null,
    reasoning: null,
    sampling: readSampling(body),
    stream: optionalBoolean(body, "stream", "") ?? hint.stream,
    includeUsage: optionalBoolean(streamOptions, "include_usage", "stream_options") ?? false,
    user: optionalString(body, "user", ""),
    extras: { protocol: "openai-completions", fields: extras },
  };
}

/** The gateway sends this protocol only with a caller's own bytes. */
export function encodeRequest(): EncodedRequest {
  throw unsupported("prompt", "this target accepts a completion's body unchanged only");
}

/** A list with one text is that text. */
function readPrompt(prompt: Json | undefined): string {
  if (typeof prompt === "string") return prompt;
  if (!isArray(prompt)) throw wrongKind("prompt", "a string", prompt);
  const [first] = prompt;
  if (prompt.length === 1 && typeof first === "string") return first;
  if (prompt.length === 0) throw badRequest("prompt", "expected a text, got none");
  const what = typeof first === "string" ? "several prompts at once" : "tokens";
  throw unsupported("prompt", `only a completion model accepts ${what}: send one text`);
}

function readSampling(body: JsonObject): Sampling {
  const maxTokens = optionalInteger(body, "max_tokens", "");
  const n = optionalInteger(body, "n", "");
  const logprobs = optionalInteger(body, "logprobs", "");
  if (maxTokens !== null && maxTokens < 1) throw badRequest("max_tokens", `expected at least 1, got ${maxTokens}`);
  if (n !== null && n < 1) throw badRequest("n", `expected at least 1, got ${n}`);
  return {
    maxTokens,
    temperature: optionalNumber(body, "temperature", ""),
    topP: optionalNumber(body, "top_p", ""),
    topK: null,
    seed: optionalInteger(body, "seed", ""),
    n,
    stop: readStop(body["stop"]),
    presencePenalty: optionalNumber(body, "presence_penalty", ""),
    frequencyPenalty: optionalNumber(body, "frequency_penalty", ""),
    logprobs: logprobs === null ? null : true,
    topLogprobs: logprobs,
    logitBias: optionalObject(body, "logit_bias", ""),
  };
}

function readStop(stop: Json | undefined): string[] {
  if (stop === undefined || stop === null) return [];
  if (typeof stop === "string") return [stop];
  if (!isArray(stop)) throw badRequest("stop", `expected a string or an array of strings, got ${kindOf(stop)}`);
  return stop.map((word, index) => asString(word, `stop[${index}]`));
}
