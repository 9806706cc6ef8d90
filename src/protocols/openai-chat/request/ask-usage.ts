// A stream of this protocol reports its tokens only on request, and without them the gateway knows neither usage nor
// cost. So the gateway always asks; a client that did not ask does not get the chunk with them.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import { isObject } from "../../shared/read.ts";

/**
 * The member to add to a caller's own body; null if the caller asks itself. The vendor refuses an option of the wrong
 * type. Source: https://platform.openai.com/docs/api-reference/chat/create#stream_options
 */
export function askUsage(request: RawMembers): JsonObject | null {
  const options: Json | undefined = request.has("stream_options") ? request.read("stream_options") : null;
  if (options !== null && !isObject(options)) return null;
  if (options?.["include_usage"] === true) return null;
  return { stream_options: { ...options, include_usage: true } };
}
