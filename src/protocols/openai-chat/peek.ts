// What of a chat client's request decides by which way it goes to a model, read in its bytes: most requests to such a
// model pass untouched, so nothing is built for the question.
import { efforts } from "../../core/chat.ts";
import type { RawMembers, Wishes } from "../../core/protocol.ts";
import { membersOf } from "../read.ts";

/** Each is looked for when it is asked for. */
export function peek(request: RawMembers): Wishes {
  return {
    get tools() {
      return request.mentions("tools", '"function"') || request.mentions("functions", '"name"');
    },
    get effort() {
      const said = request.has("reasoning_effort")
        ? request.read("reasoning_effort")
        : membersOf(request.has("reasoning") ? request.read("reasoning") : null)["effort"];
      return efforts.find((effort) => effort === said) ?? null;
    },
    get search() {
      return request.has("web_search_options") && request.read("web_search_options") !== null;
    },
  };
}
