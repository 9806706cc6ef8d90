// Writes server-sent events. JSON never contains a raw line break, so one `data:` line is always enough; never put
// anything else into a frame here.
import type { Json, JsonObject } from "../../core/json.ts";

/** `data: {…}` and the blank line. */
export function dataFrame(json: Json | JsonObject): string {
  return `data: ${JSON.stringify(json)}\n\n`;
}

/** `event: name`, `data: {…}` and the blank line. */
export function sseTextFrame(event: string, json: Json | JsonObject): string {
  return `event: ${event}\ndata: ${JSON.stringify(json)}\n\n`;
}

/** A comment, which readers of server-sent events skip (WHATWG HTML, section 9.2.6). */
export const keepAliveComment = ": keep-alive\n\n";
