// The detail level of images. Some protocols set it per image, with OpenAI's values; one sets it for the whole request,
// as a level. This file converts both directions.
import type { Part } from "../../core/chat.ts";
import type { Json } from "../../core/json.ts";
import type { ModelFacts } from "../../core/provider.ts";

const prefix = "MEDIA_RESOLUTION_";
/** Lowest first. */
const levels = ["low", "medium", "high", "ultra_high"] as const;

/** The detail for a level; null for none, and for unknown values. */
export function detailOfLevel(level: Json | undefined): string | null {
  const word = typeof level === "string" ? level.replace(prefix, "").toLowerCase() : "";
  if (word === "ultra_high") return "original";
  return levels.find((one) => one === word) ?? null;
}

/** The level for one detail; null if unset. */
export function levelOfDetail(detail: string | null): string | null {
  const word = detail === "original" ? "ultra_high" : detail;
  const level = levels.find((one) => one === word);
  return level === undefined ? null : prefix + level.toUpperCase();
}

/** A target of a protocol that sets it per image. */
export interface DetailTaker {
  readonly facts: ModelFacts;
  /** Unknown facts: the value of the target's own clients stays unchanged. */
  readonly isOwn: boolean;
  readonly adapted: Set<string>;
}

/**
 * These have nothing between low and high; above high only newer models have a value, and others answer 400
 * (farion1231/cc-switch#7555).
 */
export function imageDetailWord(detail: string | null, { facts, isOwn, adapted }: DetailTaker): string | null {
  if (detail === "medium") return "auto";
  if (detail !== "original" || (facts.originalDetail ?? isOwn)) return detail;
  adapted.add("image_url.detail:original>high");
  return "high";
}

/**
 * One level for all images: the highest requested one, so that no image gets less than it should. An image without a
 * detail excludes levels below high. `exact` is false if some image asked for another level.
 */
export function levelForAll(parts: readonly Part[]): { readonly level: string | null; readonly exact: boolean } {
  const details = parts.flatMap((part) => (part.type === "image" ? [part.detail] : []));
  const words = details.map((detail) => (detail === "original" ? "high" : (detail ?? "auto")));
  const closest = levels.findLast((level) => words.includes(level));
  if (closest === undefined) return { level: null, exact: true };
  const same = words.every((word) => word === closest) && !details.includes("original");
  if (closest !== "high" && words.includes("auto")) return { level: null, exact: false };
  return { level: prefix + closest.toUpperCase(), exact: same };
}
