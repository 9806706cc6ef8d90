// A streamed answer of this protocol tells its tokens only where it is asked to, and a gateway without them knows neither
// usage nor cost. So they are always asked for; a caller that did not ask is not shown the chunk that tells them.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import { isObject } from "../../shared/read.ts";

/**
 * The member to add to a caller's own body; null where it asks by itself. An option of the wrong kind is the vendor's to
 * refuse. Source: https://platform.openai.com/docs/api-reference/chat/create#stream_options
 */
export function askUsage(request: RawMembers): JsonObject | null {
  const given: Json | undefined = request.has("stream_options") ? request.read("stream_options") : null;
  if (given !== null && !isObject(given)) return null;
  if (given?.["include_usage"] === true) return null;
  return { stream_options: { ...given, include_usage: true } };
}
