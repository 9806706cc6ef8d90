// The parts of a chat client's request that decide its protocol at a model, read from the bytes: most requests to such
// a model pass untouched, so nothing is parsed for this.
import { type Effort, efforts } from "../../../core/chat.ts";
import type { Wishes } from "../../../core/protocol.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import { membersOf } from "../../shared/read.ts";

/** Tools that the client runs, including free-text tools. */
const kinds = ['"function"', '"custom"'] as const;

/** Each is searched only when it is read. */
export function peek(request: RawMembers): Wishes {
  return new Peek(request);
}

class Peek implements Wishes {
  readonly #request: RawMembers;

  constructor(request: RawMembers) {
    this.#request = request;
  }

  get tools(): boolean {
    const request = this.#request;
    return kinds.some((kind) => request.mentions("tools", kind)) || request.mentions("functions", '"name"');
  }

  get effort(): Effort | null {
    const request = this.#request;
    const effortMember = request.has("reasoning_effort")
      ? request.read("reasoning_effort")
      : membersOf(request.has("reasoning") ? request.read("reasoning") : null)["effort"];
    return efforts.find((effort) => effort === effortMember) ?? null;
  }

  get search(): boolean {
    return this.#request.has("web_search_options") && this.#request.read("web_search_options") !== null;
  }
}
