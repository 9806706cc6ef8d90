// Fields that exist only in the caller's own protocol and whose loss would change the content of the answer. A target
// of another protocol would answer another question without them, so it is refused.
import type { Json } from "../../core/json.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { detailOfLevel } from "./image-detail.ts";
import { arrayOr, isArray, membersOf, stringOr } from "./read.ts";

const needed: ReadonlySet<string> = new Set([
  "audio",
  "cachedContent",
  "continuationToken",
  "previous_response_id",
  "conversation",
  "prompt",
  "item_reference",
  "compaction",
  // A list of items, which no other protocol takes as instructions.
  "instructions",
]);

/** Whether a field among another protocol's extras must not be dropped for this target. An empty one asks for nothing. */
export function isNeeded(field: string, value: Json | undefined, facts: Pick<ModelFacts, "region">): boolean {
  if (value === undefined || value === null || (isArray(value) && value.length === 0)) return false;
  if (field === regionMember) return demandsRegion(value, facts);
  if (field === "background") return value === true;
  // A new thread is only a wish; a continued one has its history at the vendor.
  if (field === "thread") return membersOf(value)["type"] !== "create";
  if (!isArray(value)) return field !== "instructions" && needed.has(field);
  if (field === "modalities") return !value.every(isText);
  // Here the list says what the answer may contain, not what it must.
  if (field.endsWith("responseModalities")) return !value.some(isText);
  return needed.has(field);
}

/** The member with which a caller requires a region. */
export const regionMember = "inference_geo";

/** Whether a target without this member could run elsewhere: the operator vouches for the region, or not. */
export function demandsRegion(value: Json | undefined, { region }: Pick<ModelFacts, "region">): boolean {
  return value !== undefined && value !== null && value !== "global" && value !== region;
}

/**
 * The name under which its loss is reported; null if it asks for what these targets do anyway: then nothing is lost.
 */
export function lossOf(field: string, value: Json | undefined): string | null {
  if (isUsual(field, value)) return null;
  return field === "text" && Object.keys(membersOf(value)).every((name) => name === "verbosity") ? "verbosity" : field;
}

function isUsual(field: string, value: Json | undefined): boolean {
  if (value === undefined || value === null || (isArray(value) && value.length === 0)) return true;
  if (alwaysUsual.has(field)) return true;
  if (field.endsWith("responseModalities")) return isTextOnly(value);
  const check = usualChecks.get(field);
  return check === undefined ? usual[field] === value : check(value);
}

/** Fields whose loss changes no answer, whatever their value. */
const alwaysUsual: ReadonlySet<string> = new Set([
  // How a vendor finds its own caches. Other vendors have their own ways.
  "prompt_cache_key",
  "prompt_cache_retention",
  "prompt_cache_options",
  // The client's description of itself.
  "client_metadata",
  // A marker of the gateway itself.
  "added_tools",
  // Dropped only if the target runs in the region anyway.
  regionMember,
  // How the vendor reports its own tools; every vendor has its own format.
  "toolConfig.includeServerSideToolInvocations",
]);

/** Fields that ask for what these targets do anyway if their value passes the check. */
const usualChecks: ReadonlyMap<string, (value: Json) => boolean> = new Map([
  ["modalities", isTextOnly],
  // Reasoning comes sealed, if its vendor seals it.
  ["include", (value) => isArray(value) && value.every((word) => word === "reasoning.encrypted_content")],
  // All targets understand the wish to see reasoning; each vendor shows it in its own format.
  ["reasoning", (value) => hasOnly(value, summaryWords)],
  // The decoder reads it, and an effort or a budget expresses it.
  ["thinking", (value) => hasOnly(value, thinkingWords)],
  // Each image has it as `detail`; a medium level has no other name.
  ["generationConfig.mediaResolution", (value) => detailOfLevel(value) !== "medium"],
  // The padding of a stream's pieces.
  ["stream_options", (value) => hasOnly(value, paddingWords)],
  // Reasoning of earlier turns never goes to another vendor, so there is none to clear.
  ["context_management", (value) => arrayOr(membersOf(value)["edits"], [false]).every(clearsThoughts)],
  ["text", (value) => Object.entries(membersOf(value)).every(([name, word]) => usual[name] === word)],
  ["metadata", (value) => Object.keys(membersOf(value)).length === 0],
  ["service_tier", (value) => usualTiers.has(value)],
  ["store", (value) => value === false],
  ["background", (value) => value === false],
]);

function isTextOnly(value: Json): boolean {
  return isArray(value) && value.every(isText);
}

function hasOnly(value: Json, names: ReadonlySet<string>): boolean {
  return Object.keys(membersOf(value)).every((name) => names.has(name));
}

/** Beside the summary: how long a vendor keeps its own reasoning. Each vendor has its own rule. */
const summaryWords: ReadonlySet<string> = new Set(["summary", "generate_summary", "context"]);
const thinkingWords: ReadonlySet<string> = new Set(["type", "budget_tokens", "display"]);
const paddingWords: ReadonlySet<string> = new Set(["include_obfuscation"]);
/** The vendors' defaults. */
const usual: Readonly<Record<string, Json>> = {
  truncation: "disabled",
  verbosity: "medium",
  speed: "standard",
};
const usualTiers: ReadonlySet<Json> = new Set(["auto", "default", "standard_only"]);

/** Settings of one answer that ask for the default: nothing is lost if a target does not take them. */
export function isDefault(field: string, value: Json): boolean {
  return defaults[field] === value;
}

const defaults: Readonly<Record<string, Json>> = {
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  top_logprobs: 0,
};

function clearsThoughts(edit: Json): boolean {
  return stringOr(membersOf(edit)["type"], "").startsWith("clear_thinking");
}

function isText(modality: Json): boolean {
  return typeof modality === "string" && modality.toLowerCase() === "text";
}
