// Which of the vendor's own tools a generation of models takes; any other is refused with a list of the accepted ones.
// Source: the compatibility tables on the vendor's pages of each tool. Throws a Complaint.
import { asText, type JsonRecord } from "../json-record.ts";
import { Complaint } from "./envelope.ts";
import type { ModelTraits } from "./models.ts";

interface Span {
  readonly from: number;
  /** The first generation that no longer takes it. */
  readonly until?: number;
  readonly but?: RegExp;
}

const spans: Readonly<Record<string, Span>> = {
  web_search_20250305: { from: 3.5 },
  web_search_20260209: { from: 4.6 },
  web_search_20260318: { from: 4.6 },
  web_fetch_20250910: { from: 3.5 },
  web_fetch_20260209: { from: 4.6 },
  web_fetch_20260309: { from: 4.6 },
  web_fetch_20260318: { from: 4.6 },
  computer_20250124: { from: 3.7, until: 4.6, but: /opus-4-5/ },
  computer_20251124: { from: 4.5, but: /(?:sonnet|haiku)-4-5|opus-5-5/ },
  text_editor_20250124: { from: 3.7, until: 4 },
  text_editor_20250429: { from: 4 },
  text_editor_20250728: { from: 4 },
  tool_search_tool_regex_20251119: { from: 4 },
  tool_search_tool_bm25_20251119: { from: 4 },
};

/**
 * Types that every generation takes, or whose generations no page names. Source: `BetaToolUnion` of the vendor's SDK.
 */
const others: readonly string[] =
  "advisor_20260301 bash_20241022 bash_20250124 browser_toolset_20260801 code_execution_20250522 code_execution_20250825 code_execution_20260120 code_execution_20260521 computer_20241022 computer_toolset_20260801 custom mcp_toolset memory_20250818 text_editor_20241022 tool_search_tool_bm25 tool_search_tool_regex".split(
    " ",
  );
const tags: ReadonlySet<string> = new Set([...Object.keys(spans), ...others]);

/** A completely unknown type is refused before the model is checked. */
function checkTags(tools: readonly JsonRecord[], isTaken: (type: string) => boolean): void {
  for (const [index, tool] of tools.entries()) {
    const type = asText(tool["type"]);
    if (type === undefined || tags.has(type)) continue;
    const expected = [...tags]
      .filter(isTaken)
      .toSorted()
      .map((tag) => `'${tag}'`);
    const message = `tools.${index}: Input tag '${type}' found using 'type' does not match any of the expected tags: ${expected.join(", ")}`;
    throw new Complaint(message);
  }
}

export function checkToolTypes(tools: readonly JsonRecord[], { generation }: ModelTraits, name: string): void {
  const isTaken = (type: string): boolean => {
    const span = spans[type];
    if (span === undefined) return true;
    return generation >= span.from && generation < (span.until ?? Infinity) && span.but?.test(name) !== true;
  };
  checkTags(tools, isTaken);
  const refused = tools.map((tool) => asText(tool["type"]) ?? "").filter((type) => !isTaken(type));
  if (refused.length === 0) return;
  const knownTypes = Object.keys(spans).filter(isTaken);
  const hint = knownTypes.length === 0 ? "" : ` Did you mean one of ${knownTypes.join(", ")}?`;
  throw new Complaint(`'${name}' does not support tool types: ${refused.join(", ")}.${hint}`);
}
