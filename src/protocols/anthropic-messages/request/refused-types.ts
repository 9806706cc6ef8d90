// The vendor's own tools and context edits that a model of another generation refuses: a tool becomes its earlier
// version if that does the same; everything else is dropped and reported; if the request cannot work without it, the
// target is unfit.
import type { ChatRequest, ToolChoice } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import type { Report } from "../../shared/report.ts";
import { isObject, membersOf, stringOr } from "../../shared/read.ts";
import { objectsOf, ownMembers, unsupported } from "../features/own-state.ts";

interface Context {
  readonly facts: ModelFacts;
  readonly report: Report;
}

/** The version for all models that take the tool at all, and its members. Source: the vendor's pages of these tools. */
const firstForms: readonly (readonly [kind: RegExp, type: string, members: ReadonlySet<string>])[] = [
  [/^web_search_\d+$/, "web_search_20250305", words("name max_uses allowed_domains blocked_domains user_location")],
  [
    /^web_fetch_\d+$/,
    "web_fetch_20250910",
    words("name max_uses allowed_domains blocked_domains citations max_content_tokens"),
  ],
];

function words(list: string): ReadonlySet<string> {
  return new Set(["type", "cache_control", ...list.split(" ")]);
}

function isRefused(type: string, { refusedTypes = [] }: ModelFacts): boolean {
  return refusedTypes.some((beginning) => type.startsWith(beginning));
}

/** A tool in the request's extras, where functions left a null; null if it is dropped. */
export function fitHostedTool(tool: Json, choice: ToolChoice | null, { facts, report }: Context): readonly Json[] {
  const type = isObject(tool) ? stringOr(tool["type"], "") : "";
  if (!isObject(tool) || !isRefused(type, facts)) return [tool];
  const match = firstForms.find(([kind, first]) => kind.test(type) && first !== type);
  if (match === undefined && choice?.kind === "tool" && choice.name === tool["name"])
    throw unsupported("tools", `tools: this model does not support ${type}, which the request requires.`);
  if (match === undefined) {
    report.drop(`tools.${type}`);
    return [];
  }
  const [, first, members] = match;
  const fitted: MutableJson = {};
  for (const [name, value] of Object.entries(tool)) {
    if (members.has(name)) fitted[name] = value;
    else if (value !== null) report.drop(`tools.${name}`);
  }
  report.adapt("tools.type", type, first);
  return [{ ...fitted, type: first }];
}

/** `context_management` without the edits that the model refuses. */
export function fitEditTypes(fields: JsonObject, { facts, report }: Context): JsonObject {
  if (fields["context_management"] === undefined) return fields;
  const management = membersOf(fields["context_management"]);
  const edits = objectsOf(management["edits"]);
  const keptEdits = edits.filter((edit) => !isRefused(stringOr(edit["type"], ""), facts));
  if (keptEdits.length === edits.length) return fields;
  for (const { type } of edits)
    if (isRefused(stringOr(type, ""), facts)) report.drop(`context_management.${stringOr(type, "")}`);
  const { context_management: _gone, ...others } = fields;
  return keptEdits.length === 0 ? others : { ...others, context_management: { ...management, edits: keptEdits } };
}

/** A summary replaces the whole earlier conversation: a model that cannot read one would answer without the history. */
export function refuseCompaction({ messages }: ChatRequest, facts: ModelFacts): void {
  if (!isRefused("compact_", facts)) return;
  const isCompacted = messages.some(({ parts }) =>
    parts.some((part) => part.type === "foreign" && ownMembers(part.state)["type"] === "compaction"),
  );
  if (isCompacted) throw unsupported("compaction", "messages: this model does not support a compacted conversation.");
}
