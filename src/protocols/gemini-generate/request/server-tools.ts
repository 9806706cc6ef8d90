// Tools that the vendor runs, beside functions: older models refuse them there and beside JSON output. The client needs
// those two, so the vendor's tools are dropped and reported; `x-understudy-strict` prevents that. Newer models take both
// if the calls are shown.
// Sources: "Tool combination" on ai.google.dev; the refusals in symfony/ai#803 and cloudwego/eino-ext#761.
import type { ChatRequest } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { arrayOr, membersOf } from "../../shared/read.ts";
import type { Report } from "../../shared/report.ts";

/** The option that shows their calls, which is useless without them. */
const invocationsMember = "toolConfig.includeServerSideToolInvocations";

export function withoutServerTools(
  request: ChatRequest,
  facts: ModelFacts,
  drop: (field: string) => void,
): ChatRequest {
  const { extras, tools, output } = request;
  const ownTools = arrayOr<readonly Json[]>(extras.fields["tools"], []);
  const isBeside = tools.length > 0 || (output !== null && output.kind !== "text");
  if (facts.jsonWithTools !== false || ownTools.length === 0 || !isBeside) return request;
  for (const tool of ownTools) for (const name of Object.keys(membersOf(tool))) drop(`tools.${nameOf(name)}`);
  const { tools: _tools, [invocationsMember]: _shown, ...fields } = extras.fields;
  return { ...request, extras: { ...extras, fields } };
}

/** For a client that did not ask for it: without it the whole request is refused. */
export function showCallsBeside(
  body: MutableJson,
  { facts, report }: { readonly facts: ModelFacts; readonly report: Report },
): void {
  const config = membersOf(body["toolConfig"]);
  if (facts.jsonWithTools !== true || config["includeServerSideToolInvocations"] === true) return;
  const kinds = arrayOr<readonly Json[]>(body["tools"], []).flatMap((tool) => Object.keys(membersOf(tool)));
  if (!kinds.includes(functions) || !kinds.some((kind) => kind !== functions)) return;
  body["toolConfig"] = withCallsShown(config);
  report.adapt(invocationsMember, "false", "true");
}

const functions = "functionDeclarations";

/** `AUTO` is the default there, and refused as a value. */
export function withCallsShown({ functionCallingConfig: calling, ...others }: JsonObject): JsonObject {
  const configMember = membersOf(calling)["mode"] === "AUTO" ? {} : { functionCallingConfig: calling };
  return { ...others, ...(calling === undefined ? {} : configMember), includeServerSideToolInvocations: true };
}

/** Headers contain ASCII without whitespace, and names are the caller's. */
function nameOf(name: string): string {
  return name.slice(0, 40).replaceAll(/[^\x21-\x7e]|[,;:]/gu, "?");
}
