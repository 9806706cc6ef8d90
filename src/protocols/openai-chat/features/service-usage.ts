// Token counts of images and audio: they are named as in Responses, with the input by kind. Nothing is estimated.
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { Usage } from "../../../core/usage.ts";
import { isObject, membersOf, numberOr } from "../../shared/read.ts";
import { inputUsage } from "../../shared/ranking.ts";
import { readUsage } from "../response/usage.ts";

/** Null if the vendor counted nothing, or seconds. Some hosts count as in Chat Completions, some give the total only. */
export function readServiceUsage(usage: Json | undefined): Usage | null {
  if (!isObject(usage)) return null;
  const [input, output] = [numberOr(usage["input_tokens"], null), numberOr(usage["output_tokens"], null)];
  if (input === null && output === null) return readUsage(usage) ?? inputUsage(numberOr(usage["total_tokens"], null));
  const details = membersOf(usage["input_tokens_details"] ?? usage["input_token_details"]);
  const [image, audio] = [numberOr(details["image_tokens"], 0), numberOr(details["audio_tokens"], 0)];
  return {
    input,
    output,
    cacheRead: null,
    cacheWrite: null,
    reasoning: null,
    ...(image === 0 ? {} : { images: { input: image, output: 0 } }),
    ...(audio === 0 ? {} : { audio: { input: audio, output: 0, cacheRead: 0 } }),
  };
}

/** Null if a count is not known. `kind`: of the media that the path takes. */
export function writeServiceUsage(usage: Usage | null, kind: "image" | "audio"): JsonObject | null {
  if (usage === null || usage.input === null || usage.output === null) return null;
  const { input, output } = usage;
  const counts: MutableJson = { input_tokens: input, output_tokens: output, total_tokens: input + output };
  // A vendor that counts by kind names those that there are.
  const media = (kind === "image" ? usage.images?.input : usage.audio?.input) ?? null;
  if (media === null) return counts;
  const name = kind === "image" ? "input_tokens_details" : "input_token_details";
  counts[name] = { text_tokens: Math.max(0, input - media), [`${kind}_tokens`]: media };
  return counts;
}
