// Token counts. This protocol usually counts reasoning outside the answer, and tool prompts outside the prompt: the
// total decides. Nothing is estimated: what the vendor did not report stays null.
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { Usage } from "../../../core/usage.ts";
import { isArray, membersOf, numberOr } from "../../shared/read.ts";

/** Null if the object has no token counts (streams start with such ones). */
export function decodeUsage(metadata: JsonObject | null): Usage | null {
  if (metadata === null) return null;
  const prompt = numberOr(metadata["promptTokenCount"], null);
  const toolPrompt = numberOr(metadata["toolUsePromptTokenCount"], 0);
  const candidates = numberOr(metadata["candidatesTokenCount"], null);
  const thoughts = numberOr(metadata["thoughtsTokenCount"], null);
  const total = numberOr(metadata["totalTokenCount"], null);
  if (prompt === null && candidates === null && thoughts === null && total === null) return null;
  const input = prompt === null ? null : prompt + toolPrompt;
  const usage = {
    input,
    output: outputOf({ input, candidates, thoughts, total }),
    cacheRead: numberOr(metadata["cachedContentTokenCount"], null),
    cacheWrite: null,
    reasoning: thoughts,
  };
  const media = mediaTokensIn(metadata);
  return media === null ? usage : { ...usage, ...media };
}

/** Null, as in almost every event: no sound and no image. A model that speaks has one price for its output, so the sound in it is not apart. */
function mediaTokensIn(metadata: JsonObject): Pick<Usage, "audio" | "images"> | null {
  const prompt = metadata["promptTokensDetails"];
  const audioTokens = tokensOf(prompt, "AUDIO");
  const cacheRead = tokensOf(metadata["cacheTokensDetails"], "AUDIO");
  const imageTokens = tokensOf(metadata["candidatesTokensDetails"], "IMAGE");
  if (audioTokens <= 0 && imageTokens <= 0) return null;
  return {
    ...(audioTokens > 0
      ? { audio: { input: audioTokens, output: 0, cacheRead: Math.min(cacheRead, audioTokens) } }
      : {}),
    ...(imageTokens > 0 ? { images: { input: tokensOf(prompt, "IMAGE"), output: imageTokens } } : {}),
  };
}

/** `details`: a list of counts by modality. */
export function tokensOf(details: Json | undefined, modality: string): number {
  if (!isArray(details)) return 0;
  let sum = 0;
  for (const detail of details) {
    const members = membersOf(detail);
    if (members["modality"] === modality) sum += numberOr(members["tokenCount"], 0);
  }
  return sum;
}

interface Counts {
  readonly input: number | null;
  readonly candidates: number | null;
  readonly thoughts: number | null;
  readonly total: number | null;
}

/** Reasoning is added unless the total shows that the candidates' count contains it. */
function outputOf({ input, candidates, thoughts, total }: Counts): number | null {
  if (candidates === null && thoughts === null)
    return total === null || input === null ? null : Math.max(0, total - input);
  const answer = candidates ?? 0;
  const included =
    thoughts !== null && thoughts > 0 && thoughts <= answer && input !== null && input + answer === total;
  return included ? answer : answer + (thoughts ?? 0);
}

/** `usageMetadata` for a client; null if nothing is known. */
export function encodeUsage(usage: Usage | null): JsonObject | null {
  if (usage === null) return null;
  const reasoning = usage.reasoning ?? 0;
  const metadata: MutableJson = {};
  if (usage.input !== null) metadata["promptTokenCount"] = usage.input;
  if (usage.output !== null) metadata["candidatesTokenCount"] = Math.max(0, usage.output - reasoning);
  if (usage.input !== null || usage.output !== null)
    metadata["totalTokenCount"] = (usage.input ?? 0) + (usage.output ?? 0);
  if (usage.cacheRead !== null) metadata["cachedContentTokenCount"] = usage.cacheRead;
  if (usage.reasoning !== null) metadata["thoughtsTokenCount"] = usage.reasoning;
  return Object.keys(metadata).length === 0 ? null : metadata;
}
