// Log probabilities, both directions. Only those of the content: those of a refusal or of reasoning have no neutral
// form.
import type { TokenLogprob } from "../../core/chat.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { arrayOr, isArray, isObject, numberOr, stringOr } from "./read.ts";

type Alternative = TokenLogprob["top"][number];

/** Null if there are none; entries without a token or a number are left out. */
export function readLogprobs(value: Json | undefined): TokenLogprob[] | null {
  if (!isObject(value)) return null;
  const content = value["content"];
  if (!isArray(content)) return null;
  const tokens: TokenLogprob[] = [];
  for (const entry of content) {
    const token = readAlternative(entry);
    if (token === null || !isObject(entry)) continue;
    const top: Alternative[] = [];
    for (const other of arrayOr(entry["top_logprobs"], [])) {
      const alternative = readAlternative(other);
      if (alternative !== null) top.push(alternative);
    }
    tokens.push({ ...token, top });
  }
  return tokens;
}

function readAlternative(entry: Json): Alternative | null {
  if (!isObject(entry)) return null;
  const token = stringOr(entry["token"], null);
  const logprob = numberOr(entry["logprob"], null);
  if (token === null || logprob === null) return null;
  const bytes = entry["bytes"];
  return { token, logprob, bytes: isArray(bytes) ? bytes.filter((byte) => typeof byte === "number") : null };
}

export function writeLogprobs(tokens: readonly TokenLogprob[]): JsonObject {
  return {
    content: tokens.map((token) => ({ ...alternative(token), top_logprobs: token.top.map(alternative) })),
    refusal: null,
  };
}

function alternative(entry: Alternative): JsonObject {
  return { token: entry.token, logprob: entry.logprob, bytes: entry.bytes };
}
