// Token counts of images and audio: they are named as in Responses, with the input by kind. Nothing is estimated.
import type { Usage } from "../../../core/chat.ts";
import type { InputTokens } from "../../../core/medium.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { isObject, membersOf, numberOr } from "../../shared/read.ts";
import { inputUsage } from "../../shared/ranking.ts";
import { readUsage } from "../response/usage.ts";

/** Null if the vendor counted nothing, or seconds. Some hosts count as in Chat Completions, some give the total only. */
export function readServiceUsage(usage: Json | undefined): Usage | null {
  if (!isObject(usage)) return null;
  const [input, output] = [numberOr(usage["input_tokens"], null), numberOr(usage["output_tokens"], null)];
  if (input === null && output === null) return readUsage(usage) ?? inputUsage(numberOr(usage["total_tokens"], null));
  return { input, output, cacheRead: null, cacheWrite: null, reasoning: null };
}

/** Null if the vendor does not say of which kind they are. */
export function readInputTokens(usage: Json | undefined): InputTokens | null {
  const counts = membersOf(usage);
  const details = membersOf(counts["input_tokens_details"] ?? counts["input_token_details"]);
  const [text, image, audio] = ["text_tokens", "image_tokens", "audio_tokens"].map((name) =>
    numberOr(details[name], null),
  );
  if (text == null && image == null && audio == null) return null;
  return { text: text ?? null, image: image ?? null, audio: audio ?? null };
}

/** Null if a count is not known. */
export function writeServiceUsage(
  usage: Usage | null,
  { inputTokens, detail }: { readonly inputTokens: InputTokens | null; readonly detail: string },
): JsonObject | null {
  if (usage === null || usage.input === null || usage.output === null) return null;
  const { input, output } = usage;
  const counts: MutableJson = { input_tokens: input, output_tokens: output, total_tokens: input + output };
  const details = Object.entries(inputTokens ?? {}).filter(([, count]) => count !== null);
  if (details.length > 0)
    counts[detail] = Object.fromEntries(details.map(([kind, count]) => [`${kind}_tokens`, count as number]));
  return counts;
}
