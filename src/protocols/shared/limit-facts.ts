// The limits and modalities in vendors' lists of models, by the vendors' several names, for all readers of such lists.
import type { Json, JsonObject } from "../../core/json.ts";
import type { ListedFacts, Modality } from "../../core/models.ts";
import { isArray } from "./read.ts";

/** The first of these members that is a positive number; null: none is. */
export function positiveIn(object: JsonObject, names: readonly string[]): number | null {
  for (const name of names) {
    const value = object[name];
    if (typeof value === "number" && value > 0) return value;
  }
  return null;
}

/** The limits that are known. */
export function limitFacts(contextTokens: number | null, outputTokens: number | null): ListedFacts {
  return { ...(contextTokens === null ? {} : { contextTokens }), ...(outputTokens === null ? {} : { outputTokens }) };
}

const modalityNames: ReadonlyMap<string, Modality> = new Map([
  ["text", "text"],
  ["image", "image"],
  ["images", "image"],
  ["audio", "audio"],
  ["speech", "audio"],
  ["video", "video"],
  ["file", "file"],
  ["pdf", "file"],
  ["document", "file"],
]);

/** A list of modalities in one form; null: it is none. Others than the usual ones are left out. */
export function modalitiesIn(value: Json | undefined): readonly Modality[] | null {
  if (!isArray(value) || value.length === 0) return null;
  const names = value.flatMap((one) => (typeof one === "string" ? (modalityNames.get(one.toLowerCase()) ?? []) : []));
  return [...new Set(names)];
}

/** The facts in a vendor's list of what goes in; none without one. */
export function factsOfInput(input: readonly Modality[] | null): ListedFacts {
  if (input === null) return {};
  return { images: input.includes("image"), audio: input.includes("audio"), pdf: input.includes("file") };
}
