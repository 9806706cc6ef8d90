// Fields that only the caller's own protocol knows, and whose loss would change what comes back, not only how. A target of
// another protocol that is asked without them would answer another question: it is refused instead.
import type { Json } from "../../core/json.ts";
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
  // A list of items, which no other protocol takes for instructions.
  "instructions",
]);

/** Whether a field among another protocol's extras must not be left out. An empty one asks for nothing. */
export function isNeeded(field: string, value: Json | undefined): boolean {
  if (value === undefined || value === null || (isArray(value) && value.length === 0)) return false;
  if (field === "background") return value === true;
  // One that begins is but a wish; one that goes on leaves its history to the vendor.
  if (field === "thread") return membersOf(value)["type"] !== "create";
  if (!isArray(value)) return needed.has(field);
  if (field === "modalities") return !value.every(isText);
  // Here the list says what may come back, not what must.
  if (field.endsWith("responseModalities")) return !value.some(isText);
  return needed.has(field);
}

/** The name under which its loss is reported; null where it says what these targets do anyway: nothing is lost then. */
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

/** Fields whose loss changes no answer, whatever they hold. */
const alwaysUsual: ReadonlySet<string> = new Set([
  // How a vendor finds its own caches again. Those of others have their own ways.
  "prompt_cache_key",
  "prompt_cache_retention",
  "prompt_cache_options",
  // What a client tells of itself.
  "client_metadata",
  // A mark of the gateway's own.
  "added_tools",
  // How the vendor's own tools are told of, which is each vendor's own.
  "toolConfig.includeServerSideToolInvocations",
]);

/** Fields that say what these targets do anyway where their value passes the check. */
const usualChecks: ReadonlyMap<string, (value: Json) => boolean> = new Map([
  ["modalities", isTextOnly],
  // Thoughts come sealed, as far as their vendor seals them.
  ["include", (value) => isArray(value) && value.every((word) => word === "reasoning.encrypted_content")],
  // A wish to see thoughts is understood by all; how they are told is each vendor's own.
  ["reasoning", (value) => hasOnly(value, summaryWords)],
  // What it asks for is read by whoever decodes it, and said by an effort or a budget.
  ["thinking", (value) => hasOnly(value, thinkingWords)],
  // Said by each image; a medium one has no word elsewhere.
  ["generationConfig.mediaResolution", (value) => detailOfLevel(value) !== "medium"],
  // How a stream's pieces are padded.
  ["stream_options", (value) => hasOnly(value, paddingWords)],
  // Thoughts of earlier turns go to no other vendor, so there are none to be cleared.
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

/** Beside the summary: how far back a vendor keeps its own thoughts. Each has its own rule for that. */
const summaryWords: ReadonlySet<string> = new Set(["summary", "generate_summary", "context"]);
const thinkingWords: ReadonlySet<string> = new Set(["type", "budget_tokens", "display"]);
const paddingWords: ReadonlySet<string> = new Set(["include_obfuscation"]);
/** What each vendor does where nothing is said. */
const usual: Readonly<Record<string, Json>> = {
  truncation: "disabled",
  verbosity: "medium",
  speed: "standard",
  inference_geo: "global",
};
const usualTiers: ReadonlySet<Json> = new Set(["auto", "default", "standard_only"]);

/** Settings of one answer that say what is done anyway: nothing is lost where a target does not take them. */
export function isDefault(field: string, value: Json): boolean {
  return defaults[field] === value;
}

const defaults: Readonly<Record<string, Json>> = {
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
};

function clearsThoughts(edit: Json): boolean {
  return stringOr(membersOf(edit)["type"], "").startsWith("clear_thinking");
}

function isText(modality: Json): boolean {
  return typeof modality === "string" && modality.toLowerCase() === "text";
}
