// What a vendor's refusal says of the target, whoever asks: how large its window is, which member it never takes. Only
// forms that are sure are read, since other callers' requests will be changed by it; a condition ("not with tools",
// "must be 1 where ...") is one request's affair.
import type { WireFailure } from "../core/failure.ts";
import type { Refusal } from "../core/provider.ts";

/** Null where nothing can be learnt. */
export function readRefusal(failure: WireFailure): Refusal | null {
  if (failure.verdict === "context_too_long") return readWindow(failure);
  return failure.verdict === "unsupported" && isRefusal(failure) ? readField(failure) : null;
}

function isRefusal({ status }: WireFailure): boolean {
  return status === 400 || status === 422;
}

/** How vendors and hosts tell their window; the number in brackets is it. */
const windows: readonly RegExp[] = [
  /maximum context length (?:is|of) ([\d,]+) tokens/i, // OpenAI, vLLM, OpenRouter
  /tokens? > ([\d,]+) maximum/i, // Claude
  /exceed context limit: [\d,]+ \+ [\d,]+ > ([\d,]+)/i, // Claude, with the answer's limit
  /maximum number of (?:input )?tokens allowed \(?([\d,]+)/i, // Gemini
  /available context size \(([\d,]+)/i, // llama.cpp
  /maximum model length of ([\d,]+)/i, // vLLM
  /maximum prompt length is ([\d,]+)/i, // xAI
  /model token limit: ([\d,]+)/i, // Moonshot
  /current length is [\d,]+ while limit is ([\d,]+)/i, // Cerebras
];
const LEAST_WINDOW = 256;

function readWindow({ message }: WireFailure): Refusal | null {
  for (const pattern of windows) {
    const digits = pattern.exec(message)?.[1];
    if (digits === undefined) continue;
    const tokens = Number(digits.replaceAll(",", ""));
    return tokens >= LEAST_WINDOW ? { kind: "window", tokens } : null;
  }
  return null;
}

/** `Unsupported value: 'reasoning_effort' does not support 'minimal' with this model.` */
const valueWords = /^unsupported value: '([\w.[\]]+)' does not support (.{1,80}?) with this model\.?(.*)$/is;
/** How vendors and hosts say that a member has no place; what is in brackets is its path. */
const fieldWords: readonly RegExp[] = [
  /^unsupported parameter:? [`'"]?([\w.]+)[`'"]?/i,
  /^[`'"]?([\w.]+)[`'"]? (?:is|are) (?:not supported|not enabled|unsupported|deprecated) (?:by|for|with|on|in) (?:this|the) model\b/i,
  /^(?:this|the) model does(?: not|n't) support (?:the )?[`'"]?([\w.]+)[`'"]?(?: parameter)?\.?$/i,
];
/** Features that are told by their names. */
const features: readonly (readonly [RegExp, string])[] = [
  [/^logprobs is not (?:enabled|supported)/i, "logprobs"],
  [/^(?:presence|frequency)?\s?penalty is not enabled/i, "presence_penalty"],
  [/^(?:multiple candidates|candidate count) (?:is|are) not (?:enabled|supported)/i, "n"],
  [/^(?:function calling|tool use) is not (?:enabled|supported)/i, "tools"],
  [/^image input (?:modality )?is not (?:enabled|supported)|does(?: not|n't) support image inputs?/i, "image"],
  [/^audio input (?:modality )?is not (?:enabled|supported)|does(?: not|n't) support audio inputs?/i, "audio"],
  [/does(?: not|n't) support (?:function calling|tools|tool use|tool calling)\.?$/i, "tools"],
];

function readField({ message, param, code }: WireFailure): Refusal | null {
  const valued = valueWords.exec(message);
  if (valued !== null) {
    const [, path = "", value = "", more = ""] = valued;
    const only = /only the default/i.test(more);
    return { kind: "field", path, value: only ? null : value.replaceAll(/^['"]|['"]$/g, "") };
  }
  for (const pattern of fieldWords) {
    const path = pattern.exec(message)?.[1];
    if (path !== undefined) return { kind: "field", path, value: null };
  }
  for (const [pattern, path] of features) if (pattern.test(message)) return { kind: "field", path, value: null };
  return code === "unsupported_parameter" && param !== null ? { kind: "field", path: param, value: null } : null;
}
