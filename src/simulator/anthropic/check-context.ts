// Anthropic's checks of context edits: which exist, and that thinking can be cleared only if thinking is on. Source:
// the vendor's page "Context editing", and its answers to such requests. Throws a Complaint.
import { asRecord, asText, recordsOf, type JsonRecord } from "../json-record.ts";
import { Complaint } from "./envelope.ts";
import type { ModelTraits } from "./models.ts";

const edits: readonly string[] = ["clear_tool_uses_20250919", "clear_thinking_20251015", "compact_20260112"];

export function checkContext(body: JsonRecord, { generation }: ModelTraits): void {
  const management = asRecord(body["context_management"]);
  const thinking = asText(asRecord(body["thinking"])?.["type"]);
  for (const [index, edit] of recordsOf(management?.["edits"]).entries()) {
    const kind = asText(edit["type"]) ?? "";
    if (!edits.includes(kind)) {
      throw new Complaint(
        `context_management.edits.${index}: Input tag '${kind}' found using 'type' does not match any of the expected tags: ${edits.map((one) => `'${one}'`).join(", ")}`,
      );
    }
    if (kind === "clear_thinking_20251015" && thinking !== "enabled" && thinking !== "adaptive")
      throw new Complaint("`clear_thinking_20251015` strategy requires `thinking` to be enabled or adaptive");
    // The list of models says which ones lack it; this message is not the vendor's.
    if (kind === "compact_20260112" && generation < 4.6)
      throw new Complaint("`compact_20260112` strategy is not supported on this model");
  }
}
