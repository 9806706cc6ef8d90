// A member that a vendor refused as unknown, because a client wrote it with the names of another protocol, in the target's
// own. The protocol's table for a route's params knows them. What the client said in the own words stays.
import type { Json, JsonObject, MutableJson } from "../core/json.ts";
import type { RequestCodec } from "../core/protocol.ts";
import { isObject } from "../domain/is-object.ts";

export interface Reworded {
  readonly body: JsonObject;
  readonly dropped: readonly string[];
  readonly adapted: readonly string[];
}

/** Other names of what Chat Completions calls so. */
const usualNames: Readonly<Record<string, string>> = {
  max_output_tokens: "max_tokens",
  maxOutputTokens: "max_tokens",
  stop_sequences: "stop",
  stopSequences: "stop",
  topP: "top_p",
  topK: "top_k",
};

/** Its words depend on the model. */
const byModel: ReadonlySet<string> = new Set(["reasoning_effort"]);

/** `name`: in snake case. Null: the protocol has no words of its own for it, or the body has no such member. */
export function inOwnWords(
  body: JsonObject,
  name: string | undefined,
  placeParams: RequestCodec["placeParams"],
): Reworded | null {
  if (name === undefined || placeParams === undefined || byModel.has(name)) return null;
  const key = [name, inCamelCase(name)].find((one) => body[one] !== undefined);
  if (key === undefined) return null;
  const { [key]: value = null, ...others } = body;
  const placement = placeParams({ [usualNames[key] ?? key]: value }, (own) => others[own]);
  const places = Object.entries(placement);
  const isSame = places.some(([own]) => own === key || own === usualNames[key]);
  if (value === null || places.length === 0 || isSame) return null;
  const rewordedBody: MutableJson = { ...others };
  let isNews = false;
  for (const [own, words = null] of places) {
    rewordedBody[own] = withOwn(others[own], words);
    if (!isIn(others[own], words)) isNews = true;
  }
  const report = `${key}:${key}>${places.map(([own]) => own).join(" ")}`;
  return isNews
    ? { body: rewordedBody, dropped: [], adapted: [report] }
    : { body: others, dropped: [name], adapted: [] };
}

/** The client's own words go first. */
function withOwn(own: Json | undefined, words: Json): Json {
  return isObject(own) && isObject(words) ? { ...words, ...own } : (own ?? words);
}

/** Nothing of `words` would be new. */
function isIn(own: Json | undefined, words: Json): boolean {
  if (isObject(own) && isObject(words)) return Object.keys(words).every((name) => own[name] !== undefined);
  return own !== undefined;
}

function inCamelCase(name: string): string {
  return name.replaceAll(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase());
}
