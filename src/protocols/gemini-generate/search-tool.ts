// The vendor's own search as a tool: an empty object under its name. Stands apart, since all protocols ask for it.
import type { JsonObject } from "../../core/json.ts";
import { objectOr } from "../read.ts";

export const searchTool: JsonObject = { googleSearch: {} };

/** Nothing but a search, and nothing said of it. */
export function isBareSearch(tool: JsonObject): boolean {
  const [key, other] = Object.keys(tool);
  if (other !== undefined || (key !== "googleSearch" && key !== "google_search")) return false;
  const given = objectOr(tool[key], null);
  return given !== null && Object.keys(given).length === 0;
}
