// The parts of a Messages request that decide its protocol at a model, read from the bytes: agents' requests are long,
// and almost none of them contain anything relevant, so nothing is parsed for this.
import { efforts } from "../../../core/chat.ts";
import type { Wishes } from "../../../core/protocol.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import { membersOf, numberOr } from "../../shared/read.ts";
import { asksToSearch } from "../../shared/web-search.ts";
import { self } from "../features/own-state.ts";

/** Functions, and tools that the client runs by a known schema: in other protocols these are functions. */
const clientKinds = ['"input_schema"', '"bash_', '"text_editor_', '"memory_'] as const;

/** Each is searched only when it is read. */
export function peek(request: RawMembers): Wishes {
  const read = (name: string): ReturnType<typeof membersOf> => membersOf(request.has(name) ? request.read(name) : null);
  return {
    get tools() {
      return clientKinds.some((kind) => request.mentions("tools", kind));
    },
    /** A budget counts as an effort, whatever level it becomes. */
    get effort() {
      const { type, budget_tokens: budget } = read("thinking");
      if (type === "disabled" || type === "between_tools") return "none";
      const { effort: word } = read("output_config");
      const match = efforts.find((effort) => effort === word);
      if (match !== undefined) return match;
      const tokens = type === "enabled" ? numberOr(budget, -1) : -1;
      return tokens < 0 ? null : tokens === 0 ? "none" : "medium";
    },
    get search() {
      if (!request.mentions("tools", '"web_search')) return false;
      return asksToSearch({ protocol: self, fields: { tools: request.read("tools") ?? null } });
    },
  };
}
