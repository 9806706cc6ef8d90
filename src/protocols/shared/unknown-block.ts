// What is said inside of a block that only its own protocol knows, in neutral parts: one rule for all decoders. Words arrive
// as text, images and documents as such; what is neither (bytes, links to them, what is sealed) is named by its place, so
// that its loss can be reported. Never throws, never guesses at what bytes mean.
import type { ContentPart, FilePart, ForeignPart, ImagePart, VendorState } from "../../core/chat.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { ToldWords } from "../../core/search-step.ts";
import { markLast } from "./cache-marks.ts";
import { isMeaningless } from "./stray-members.ts";
import { isArray, isObject, membersOf, placeOf, stringOr } from "./read.ts";

export interface BlockContext {
  /** Where the block stands in the caller's request. */
  readonly place: string;
  /** The model said it. Then the words of a vendor's own tools stay out of its turn, where models imitate them. */
  readonly said?: boolean | undefined;
  /** Reads an image or a document of this protocol; null for anything else. */
  readonly media?: ((block: JsonObject, place: string) => ImagePart | FilePart | null) | undefined;
}

/** The part for a whole block. `state` is what its own protocol gets back. */
export function unknownBlock(state: VendorState, block: JsonObject, context: BlockContext): ForeignPart {
  const lost = lostBlock(state, context.place);
  const type = stringOr(block["type"], "");
  if (context.said === true && ofTools.test(type)) return toolBlock(state, block, { kind: type, place: context.place });
  const gleaning: Gleaning = { parts: [], lines: [], lost: [], speaks: false, told: false, context };
  gleanMembers(block, { label: "", place: context.place }, gleaning);
  closeText(gleaning);
  const { speaks, parts } = gleaning;
  if (!speaks) return lost;
  if (membersOf(block["citations"])["enabled"] === true) gleaning.lost.push("citations");
  markLast(parts, block);
  return { type: "foreign", state, instead: parts, ...(gleaning.lost.length === 0 ? {} : { lost: gleaning.lost }) };
}

/** The part for a block in which there are no words, or none that could be said elsewhere. */
export function lostBlock(state: VendorState, place: string): ForeignPart {
  return { type: "foreign", state, lost: [place] };
}

/** The part for what a vendor's own tool was asked, or gave, while the model answered. */
export function toolBlock(state: VendorState, block: JsonObject, at: ToolPlace): ForeignPart {
  const told = tellMembers(block, at);
  const lost = lostBlock(state, at.place);
  return told.text === "" ? lost : { ...lost, told };
}

export interface ToolPlace {
  /** What the block is. */
  readonly kind: string;
  readonly place: string;
}

function tellMembers(members: JsonObject, { kind, place }: ToolPlace): ToldWords {
  const gleaning: Gleaning = { parts: [], lines: [], lost: [], speaks: false, told: true, context: { place } };
  gleanMembers(members, { label: "", place }, gleaning);
  return { kind, text: gleaning.lines.join("\n"), lost: gleaning.lost };
}

/** Where words were found, a line for each place: `citations`, `annotations`. Undefined where the list is none or empty. */
export function tellCitations(list: Json | undefined, place: string): { readonly told?: ToldWords } {
  if (!isArray(list) || list.length === 0) return {};
  const each = list.map((one, index) =>
    tellMembers(isObject(one) ? one : { content: one }, { kind: "citations", place: `${place}[${index}]` }),
  );
  const lines = new Set(each.map(({ text }) => text.replaceAll("\n", "; ")).filter((line) => line !== ""));
  return { told: { kind: "citations", text: [...lines].join("\n"), lost: each.flatMap(({ lost }) => lost) } };
}

/** The part for members beside a message's content. They are no words: they are named where they mean something elsewhere. */
export function unknownMembers(state: VendorState, members: JsonObject, place: string): ForeignPart {
  const lost = Object.keys(members).filter((name) => !isMeaningless(name));
  return {
    type: "foreign",
    state,
    instead: [],
    ...(lost.length === 0 ? {} : { lost: lost.map((name) => placeOf(place, name)) }),
  };
}

const ofTools = /(?:_use|_call|_result|_output|_request|_response|_listing|_list_tools)$/u;

interface Gleaning {
  readonly parts: ContentPart[];
  /** Of the text that is being put together. */
  lines: string[];
  readonly lost: string[];
  /** Something was found that a reader would call content. */
  speaks: boolean;
  /** Of a vendor's own tools and citations, where names and ids of a vendor's own are many, and media are none. */
  readonly told: boolean;
  readonly context: BlockContext;
}

interface Spot {
  /** The names on the way, for values that do not explain themselves. */
  readonly label: string;
  readonly place: string;
}

/** What a block is called comes before what it says. */
function gleanMembers(object: JsonObject, { label, place }: Spot, gleaning: Gleaning): void {
  const { title, context, ...others } = object;
  for (const [name, value] of Object.entries({ title, context, ...others })) {
    if (value === undefined || value === null || isSilent(name, value, { label, gleaning })) continue;
    const at = placeOf(place, name);
    const isPlain =
      plain.has(name) || wrappers.has(name) || (name === "source" && isObject(value)) || isTextOf(name, object);
    if (isOpaque(name, value, object) || (gleaning.told && isVendors(name, value))) gleaning.lost.push(at);
    else glean(value, { label: isPlain ? label : placeOf(label, name), place: at }, gleaning);
  }
}

function glean(value: Json, spot: Spot, gleaning: Gleaning): void {
  if (isArray(value)) {
    for (const [index, item] of value.entries()) glean(item, { ...spot, place: `${spot.place}[${index}]` }, gleaning);
  } else if (isObject(value)) gleanObject(value, spot, gleaning);
  else if (typeof value === "string") gleanText(value, spot, gleaning);
  else if (value !== null && spot.label !== "") gleaning.lines.push(`${spot.label}: ${value}`);
}

function gleanObject(object: JsonObject, spot: Spot, gleaning: Gleaning): void {
  const media = gleaning.context.media?.(object, spot.place) ?? null;
  if (media === null) return gleanMembers(object, spot, gleaning);
  closeText(gleaning);
  gleaning.parts.push(media);
  gleaning.speaks = true;
}

function gleanText(text: string, { label, place }: Spot, gleaning: Gleaning): void {
  if (text.trim() === "") return;
  if (bytes.test(text)) {
    gleaning.lost.push(place);
    return;
  }
  gleaning.lines.push(label === "" ? text : `${label}: ${text}`);
  if (label === "" || !pointers.test(label)) gleaning.speaks = true;
}

function closeText(gleaning: Gleaning): void {
  if (gleaning.lines.length === 0) return;
  gleaning.parts.push({ type: "text", text: gleaning.lines.join("\n") });
  gleaning.lines = [];
}

/** The words of a source of text. */
function isTextOf(name: string, { type }: JsonObject): boolean {
  return name === "data" && type === "text";
}

function isSilent(
  name: string,
  value: Json,
  { label, gleaning: { told } }: { readonly label: string; readonly gleaning: Gleaning },
): boolean {
  // A list of them is a list of places; an object is a wish for them.
  if (name === "citations") return !isArray(value);
  if (!told) return silent.has(name);
  if (name === "type") return !/(?:^|\.)action$/u.test(label);
  if (name === "status") return value === "completed";
  return silent.has(name) || silentWhereTold.has(name) || (typeof value === "number" && positions.test(name));
}

/** Of a vendor's own tools: what names the thing at that vendor, and of what type its words are. */
const silentWhereTold: ReadonlySet<string> = new Set([
  "id",
  "caller",
  "media_type",
  "mime_type",
  "mimeType",
  "logprobs",
]);

/** Places in a text that nobody else has. */
const positions = /(?:^|_)(?:index|number)$/u;

/** An id, or the form of a tool that only its vendor can call. */
function isVendors(name: string, value: Json): boolean {
  return /(?:_ids?|Ids?)$/u.test(name) || (isObject(value) && schemas.has(name));
}

const schemas: ReadonlySet<string> = new Set(["input_schema", "inputSchema", "output_schema", "parameters"]);

/** Members that are named as the type is. */
const wrappers: ReadonlySet<string> = new Set(["url_citation", "file_citation"]);

/** These say what a block is, to whom it belongs or what shall be done with it: nothing for a reader. */
const silent: ReadonlySet<string> = new Set([
  "type",
  "role",
  "tool_use_id",
  "tool_call_id",
  "call_id",
  "cache_control",
  "prompt_cache_breakpoint",
]);

/** Values of these explain themselves. */
const plain: ReadonlySet<string> = new Set(["text", "content", "parts"]);

/** The last name of a label under which there is a hint or a way to something, and not yet anything said. */
const pointers =
  /(?:^|[._])(?:id|url|uri|href|link|source|status|format|language|detail|mode|media_type|mime_?type|file_?name)$/iu;

/** Members that hold or point at media, or are sealed. */
const opaque =
  /^(?:image|video|audio|input_audio|input_image|inline_?data|file_?data|file_?uri|file_id|b64_json|\w*_(?:url|b64)|\w*encrypted\w*|\w*signature)$/iu;

/** A data URL, or what is too long for a word. */
const bytes = /^(?:data:[^,\s]{0,200};base64,|[\w+/=-]{160,}$)/u;

function isOpaque(name: string, value: Json, object: JsonObject): boolean {
  const { type } = object;
  if (opaque.test(name) || (name === "result" && type === "image_generation_call")) return true;
  const holdsBytes = typeof value === "string" && (name === "data" || name === "bytes" || name === "blob");
  return holdsBytes && !isTextOf(name, object) && (type === "base64" || !/\s/u.test(value));
}
