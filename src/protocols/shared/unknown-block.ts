// Reads a block that only its own protocol knows, as neutral parts: one rule for all decoders. Text, images and
// documents come out as such; anything else (bytes, links to them, seals) is named by its path, so that its loss can be
// reported. It must never throw, nor guess at the meaning of bytes.
import type { ContentPart, FilePart, ForeignPart, ImagePart, VendorState } from "../../core/chat.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { TextFallback } from "../../core/search-step.ts";
import { markLast } from "./cache-marks.ts";
import { isMeaningless } from "./stray-members.ts";
import { isArray, isObject, membersOf, placeOf, stringOr, numberIn } from "./read.ts";

export interface BlockContext {
  /** The path of the block in the caller's request. */
  readonly place: string;
  /**
   * It is from the model. Then text of a vendor's own tools stays out of the model's turn, because models imitate it.
   */
  readonly fromAssistant?: boolean | undefined;
  /** Reads an image or a document of this protocol; null for anything else. */
  readonly media?: ((block: JsonObject, place: string) => ImagePart | FilePart | null) | undefined;
}

/** The part for a whole block. `state` is what its own protocol gets back. */
export function unknownBlock(state: VendorState, block: JsonObject, context: BlockContext): ForeignPart {
  const emptyBlock = lostBlock(state, context.place);
  const type = stringOr(block["type"], "");
  if (context.fromAssistant === true && ofTools.test(type))
    return toolBlock(state, block, { kind: type, place: context.place });
  const gleaning: Gleaning = { parts: [], lines: [], lostPlaces: [], speaks: false, isVendorTool: false, context };
  gleanMembers(block, { label: "", place: context.place }, gleaning);
  closeText(gleaning);
  const { speaks, parts } = gleaning;
  if (!speaks) return emptyBlock;
  if (membersOf(block["citations"])["enabled"] === true) gleaning.lostPlaces.push("citations");
  markLast(parts, block);
  return {
    type: "foreign",
    state,
    instead: parts,
    ...(gleaning.lostPlaces.length === 0 ? {} : { lostPlaces: gleaning.lostPlaces }),
  };
}

/** The part for a block without text, or without text that other protocols could use. */
export function lostBlock(state: VendorState, place: string): ForeignPart {
  return { type: "foreign", state, lostPlaces: [place] };
}

/** The part for a call or a result of a vendor's own tool in an answer. */
export function toolBlock(state: VendorState, block: JsonObject, at: ToolPlace): ForeignPart {
  const textFallback = describeMembers(block, at);
  const emptyBlock = lostBlock(state, at.place);
  return textFallback.text === "" ? emptyBlock : { ...emptyBlock, textFallback };
}

export interface ToolPlace {
  /** The kind of block. */
  readonly kind: string;
  readonly place: string;
}

function describeMembers(members: JsonObject, { kind, place }: ToolPlace): TextFallback {
  const gleaning: Gleaning = {
    parts: [],
    lines: [],
    lostPlaces: [],
    speaks: false,
    isVendorTool: true,
    context: { place },
  };
  gleanMembers(members, { label: "", place }, gleaning);
  return { kind, text: gleaning.lines.join("\n"), lostPlaces: gleaning.lostPlaces };
}

/** The sources of a text, one line each: `citations`, `annotations`. Undefined if the list is missing or empty. */
export function describeCitations(list: Json | undefined, place: string): { readonly textFallback?: TextFallback } {
  if (!isArray(list) || list.length === 0) return {};
  const each = list.map((one, index) =>
    describeMembers(isObject(one) ? one : { content: one }, { kind: "citations", place: `${place}[${index}]` }),
  );
  const lines = new Set(each.map(({ text }) => text.replaceAll("\n", "; ")).filter((line) => line !== ""));
  return {
    textFallback: {
      kind: "citations",
      text: [...lines].join("\n"),
      lostPlaces: each.flatMap(({ lostPlaces }) => lostPlaces),
    },
  };
}

/**
 * The part for members beside a message's content. They are not text; they are reported if other protocols care about
 * them.
 */
export function unknownMembers(state: VendorState, members: JsonObject, place: string): ForeignPart {
  const emptyBlock = Object.keys(members).filter((name) => !isMeaningless(name));
  return {
    type: "foreign",
    state,
    instead: [],
    ...(emptyBlock.length === 0 ? {} : { lostPlaces: emptyBlock.map((name) => placeOf(place, name)) }),
  };
}

const ofTools = /(?:_use|_call|_result|_output|_request|_response|_listing|_list_tools)$/u;

interface Gleaning {
  readonly parts: ContentPart[];
  /** The lines of the current text. */
  lines: string[];
  readonly lostPlaces: string[];
  /** It contains something that a reader would call content. */
  speaks: boolean;
  /** Of a vendor's own tools and citations, which have many vendor-specific names and ids, and no media. */
  readonly isVendorTool: boolean;
  readonly context: BlockContext;
}

interface Spot {
  /** The names on the path, for values that do not explain themselves. */
  readonly label: string;
  readonly place: string;
}

/** The name of a block comes before its content. */
function gleanMembers(object: JsonObject, { label, place }: Spot, gleaning: Gleaning): void {
  const { title, context, ...others } = object;
  for (const [name, value] of Object.entries({ title, context, ...others })) {
    if (value === undefined || value === null || isSilent(name, value, { label, gleaning })) continue;
    const at = placeOf(place, name);
    const isPlain =
      plain.has(name) || wrappers.has(name) || (name === "source" && isObject(value)) || isTextOf(name, object);
    if (isOpaque(name, value, object) || (gleaning.isVendorTool && isVendors(name, value)))
      gleaning.lostPlaces.push(at);
    else glean(value, { label: isPlain ? label : placeOf(label, name), place: at }, gleaning);
  }
}

function glean(value: Json, spot: Spot, gleaning: Gleaning): void {
  // A long integer is no object, and keeps its digits.
  if (numberIn(value) !== undefined) {
    if (spot.label !== "") gleaning.lines.push(`${spot.label}: ${JSON.stringify(value)}`);
  } else if (isArray(value)) {
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
    gleaning.lostPlaces.push(place);
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

/** The text of a text source. */
function isTextOf(name: string, { type }: JsonObject): boolean {
  return name === "data" && type === "text";
}

function isSilent(
  name: string,
  value: Json,
  { label, gleaning: { isVendorTool } }: { readonly label: string; readonly gleaning: Gleaning },
): boolean {
  // A list of them contains sources; an object is an option.
  if (name === "citations") return !isArray(value);
  if (!isVendorTool) return silent.has(name);
  if (name === "type") return !/(?:^|\.)action$/u.test(label);
  if (name === "status") return value === "completed";
  return silent.has(name) || silentWhereTold.has(name) || (typeof value === "number" && positions.test(name));
}

/** In a vendor's own tools: ids at that vendor, and the type of its text. */
const silentWhereTold: ReadonlySet<string> = new Set([
  "id",
  "caller",
  "media_type",
  "mime_type",
  "mimeType",
  "logprobs",
]);

/** Offsets that are valid only at that vendor. */
const positions = /(?:^|_)(?:index|number)$/u;

/** An id, or the schema of a tool that only its vendor can call. */
function isVendors(name: string, value: Json): boolean {
  return /(?:_ids?|Ids?)$/u.test(name) || (isObject(value) && schemas.has(name));
}

const schemas: ReadonlySet<string> = new Set(["input_schema", "inputSchema", "output_schema", "parameters"]);

/** Members that are named after the type. */
const wrappers: ReadonlySet<string> = new Set(["url_citation", "file_citation"]);

/** What a block is, whose it is, or how to handle it: no content for a reader. */
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

/** The last name of a label whose value is only a hint or a pointer, not yet content. */
const pointers =
  /(?:^|[._])(?:id|url|uri|href|link|source|status|format|language|detail|mode|media_type|mime_?type|file_?name)$/iu;

/** Members with media, pointers to media, or seals. */
const opaque =
  /^(?:image|video|audio|input_audio|input_image|inline_?data|file_?data|file_?uri|file_id|b64_json|\w*_(?:url|b64)|\w*encrypted\w*|\w*signature)$/iu;

/** A data URL, or text too long for a word. */
const bytes = /^(?:data:[^,\s]{0,200};base64,|[\w+/=-]{160,}$)/u;

function isOpaque(name: string, value: Json, object: JsonObject): boolean {
  const { type } = object;
  if (opaque.test(name) || (name === "result" && type === "image_generation_call")) return true;
  const holdsBytes = typeof value === "string" && (name === "data" || name === "bytes" || name === "blob");
  return holdsBytes && !isTextOf(name, object) && (type === "base64" || !/\s/u.test(value));
}
