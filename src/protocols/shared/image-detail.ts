// How closely an image is looked at. Some protocols say it with each image, in OpenAI's words; one says it for the whole
// request, as a level. This is the way from one to the other, in one place for both directions.
import type { Part } from "../../core/chat.ts";
import type { Json } from "../../core/json.ts";
import type { ModelFacts } from "../../core/provider.ts";

const prefix = "MEDIA_RESOLUTION_";
/** Weakest first. */
const levels = ["low", "medium", "high", "ultra_high"] as const;

/** The detail that a level asks for; null for none, and for words that are not known. */
export function detailOfLevel(level: Json | undefined): string | null {
  const word = typeof level === "string" ? level.replace(prefix, "").toLowerCase() : "";
  if (word === "ultra_high") return "original";
  return levels.find((one) => one === word) ?? null;
}

/** The level for one detail; null where it says nothing of it. */
export function levelOfDetail(detail: string | null): string | null {
  const word = detail === "original" ? "ultra_high" : detail;
  const level = levels.find((one) => one === word);
  return level === undefined ? null : prefix + level.toUpperCase();
}

/** What is said of an image to a target of the protocols that say it with each one. */
export interface DetailTaker {
  readonly facts: ModelFacts;
  /** What is not known of the target goes as its own clients said it. */
  readonly isOwn: boolean;
  readonly adapted: Set<string>;
}

/**
 * These have nothing between low and high; above high only the newer ones have a word, and others answer 400 to it
 * (farion1231/cc-switch#7555).
 */
export function detailWord(detail: string | null, { facts, isOwn, adapted }: DetailTaker): string | null {
  if (detail === "medium") return "auto";
  if (detail !== "original" || (facts.originalDetail ?? isOwn)) return detail;
  adapted.add("image_url.detail:original>high");
  return "high";
}

/**
 * One level for all images: the closest look that is asked for, so that nothing is seen less well than it should be. An
 * image that says nothing rules out a level below high. `exact` is false where some image is looked at otherwise.
 */
export function levelForAll(parts: readonly Part[]): { readonly level: string | null; readonly exact: boolean } {
  const asked = parts.flatMap((part) => (part.type === "image" ? [part.detail] : []));
  const words = asked.map((detail) => (detail === "original" ? "high" : (detail ?? "auto")));
  const closest = levels.findLast((level) => words.includes(level));
  if (closest === undefined) return { level: null, exact: true };
  const same = words.every((word) => word === closest) && !asked.includes("original");
  if (closest !== "high" && words.includes("auto")) return { level: null, exact: false };
  return { level: prefix + closest.toUpperCase(), exact: same };
}
