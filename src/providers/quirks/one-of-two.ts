// Two members that say the same in two ways, of which a host takes only one in a request: Fireworks' `thinking` and
// `reasoning_effort`, Groq's `reasoning_format` and `include_reasoning`. The second is dropped and reported.
import type { Quirk } from "../../core/provider.ts";
import { unchanged, withFields } from "./change.ts";

export function oneOfTwo(first: string, second: string): Quirk {
  return {
    name: `${first}-or-${second}`.replaceAll("_", "-"),
    fields: [second],
    request(body) {
      if (body[first] === undefined || body[second] === undefined) return unchanged(body);
      return { body: withFields(body, { [second]: undefined }), dropped: [second], adapted: [] };
    },
  };
}
