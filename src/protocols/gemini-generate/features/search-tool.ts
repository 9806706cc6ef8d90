// The vendor's own search as a tool: an empty object under its name. In a file of its own, because all protocols need
// it.
import type { JsonObject } from "../../../core/json.ts";
import { objectOr } from "../../shared/read.ts";

export const searchTool: JsonObject = { googleSearch: {} };

/** The form of earlier models, with a threshold for searching that no other vendor has. */
const earlier: ReadonlySet<string> = new Set(["googleSearchRetrieval", "google_search_retrieval"]);

/** A search only, without options. */
export function isBareSearch(tool: JsonObject): boolean {
  const [key, other] = Object.keys(tool);
  if (key !== undefined && other === undefined && earlier.has(key)) return objectOr(tool[key], null) !== null;
  if (other !== undefined || (key !== "googleSearch" && key !== "google_search")) return false;
  const settings = objectOr(tool[key], null);
  return settings !== null && Object.keys(settings).length === 0;
}
