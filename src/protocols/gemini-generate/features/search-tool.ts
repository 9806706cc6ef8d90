// The vendor's own search as a tool: an empty object under its name. Stands apart, since all protocols ask for it.
import type { JsonObject } from "../../../core/json.ts";
import { objectOr } from "../../shared/read.ts";

export const searchTool: JsonObject = { googleSearch: {} };

/** The form of earlier models, which may say how sure the model must be to do without: no other vendor asks that. */
const earlier: ReadonlySet<string> = new Set(["googleSearchRetrieval", "google_search_retrieval"]);

/** Nothing but a search, and nothing said of it. */
export function isBareSearch(tool: JsonObject): boolean {
  const [key, other] = Object.keys(tool);
  if (key !== undefined && other === undefined && earlier.has(key)) return objectOr(tool[key], null) !== null;
  if (other !== undefined || (key !== "googleSearch" && key !== "google_search")) return false;
  const given = objectOr(tool[key], null);
  return given !== null && Object.keys(given).length === 0;
}
