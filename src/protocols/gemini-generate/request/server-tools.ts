// Tools that the vendor runs, in a request of its own client: older models refuse them beside functions and beside JSON
// output. The client needs those two, so the vendor's tools are dropped and reported; `x-understudy-strict` prevents
// that. It must never change another protocol's request. Sources: "Tool combination" on ai.google.dev; the refusals in
// symfony/ai#803.
import type { ChatRequest } from "../../../core/chat.ts";
import type { Json } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { arrayOr, membersOf } from "../../shared/read.ts";

/** The option that shows their calls, which is useless without them. */
const shown = "toolConfig.includeServerSideToolInvocations";

export function withoutServerTools(
  request: ChatRequest,
  facts: ModelFacts,
  drop: (field: string) => void,
): ChatRequest {
  const { extras, tools, output } = request;
  const given = arrayOr<readonly Json[]>(extras.fields["tools"], []);
  const isBeside = tools.length > 0 || (output !== null && output.kind !== "text");
  if (facts.jsonWithTools !== false || given.length === 0 || !isBeside) return request;
  for (const tool of given) for (const name of Object.keys(membersOf(tool))) drop(`tools.${nameOf(name)}`);
  const { tools: _tools, [shown]: _shown, ...fields } = extras.fields;
  return { ...request, extras: { ...extras, fields } };
}

/** Headers contain ASCII without whitespace, and names are the caller's. */
function nameOf(name: string): string {
  return name.slice(0, 40).replaceAll(/[^\x21-\x7e]|[,;:]/gu, "?");
}
