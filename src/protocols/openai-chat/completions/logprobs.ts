// Log probabilities in the format of completions: columns instead of rows, with each token's offset in the text.
import type { TokenLogprob } from "../../../core/chat.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { arrayOr, isObject, membersOf, numberOr, stringOr } from "../../shared/read.ts";

/** `offset`: the UTF-16 units of text before these tokens. Null if there are none. */
export function writeLogprobs(tokens: readonly TokenLogprob[] | null | undefined, offset: number): JsonObject | null {
  if (tokens === null || tokens === undefined) return null;
  let place = offset;
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top }) => Object.fromEntries(top.map(({ token, logprob }) => [token, logprob]))),
    text_offset: tokens.map(({ token }) => (place += token.length) - token.length),
  };
}

export function readLogprobs(value: Json | undefined): TokenLogprob[] | null {
  if (!isObject(value)) return null;
  const logprobs = arrayOr(value["token_logprobs"], []);
  const tops = arrayOr(value["top_logprobs"], []);
  return arrayOr(value["tokens"], []).flatMap((token, index) => {
    const logprob = numberOr(logprobs[index], null);
    // The first token of an echoed prompt has none.
    if (logprob === null) return [];
    const top = Object.entries(membersOf(tops[index])).flatMap(([other, its]) =>
      typeof its === "number" ? [{ token: other, logprob: its, bytes: null }] : [],
    );
    return [{ token: stringOr(token, ""), logprob, bytes: null, top }];
  });
}
