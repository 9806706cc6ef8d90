// The text of server-sent events. JSON never holds a raw line break, so one `data:` line always does; nothing else may
// be put into a frame here.
import type { Json, JsonObject } from "../../core/json.ts";

/** `data: {…}` and the blank line. */
export function dataFrame(json: Json | JsonObject): string {
  return `data: ${JSON.stringify(json)}\n\n`;
}

/** `event: name`, `data: {…}` and the blank line. */
export function eventFrame(event: string, json: Json | JsonObject): string {
  return `event: ${event}\ndata: ${JSON.stringify(json)}\n\n`;
}
