// Whether a Messages request that was written for another vendor has a shape that Anthropic takes. Other vendors, and
// our own decoder, are lenient: text before a result, a blank text, a name with dots. Anthropic answers each of these
// with 400, for every model. It must never check requests for the caller's own vendor, which judges them itself.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import { MOST_MARKS } from "../../shared/cache-marks.ts";
import { isPlainImage } from "../../shared/data-url.ts";
import { arrayOr, isArray, isObject, membersOf } from "../../shared/read.ts";
import { objectsOf } from "../features/own-state.ts";
import { threadRules } from "../features/threads.ts";
import { imageTypes } from "./encode-parts.ts";

export function ownShapeFits(request: RawMembers, { isStandIn = false }: TargetFacts): boolean {
  if (!isStandIn) return true;
  return settingsFit(request) && toolsFit(request) && instructionsFit(request) && historyFits(request);
}

/** The limit, blank stop strings and top_p, within the bounds of the Messages API's reference. */
function settingsFit(request: RawMembers): boolean {
  const stops = arrayOr<readonly Json[]>(request.read("stop_sequences"), []);
  if (stops.some((stop) => typeof stop !== "string" || stop.trim() === "")) return false;
  const limit = request.read("max_tokens");
  if (typeof limit === "number" && limit < 1) return false;
  const share = request.read("top_p");
  return typeof share !== "number" || (share >= 0 && share <= 1);
}

/** Tool options without tools are refused. */
function toolsFit(request: RawMembers): boolean {
  const find = (): boolean => objectsOf(request.read("tools")).every(toolFits);
  const isOffered = request.has("tools") && request.mentions("tools", "{");
  if (isOffered) return request.memoize?.("anthropic-messages shapes of tools", "tools", find) ?? find();
  const { type } = membersOf(request.read("tool_choice"));
  return type === undefined || type === "none";
}

/** "String should match pattern". */
const nameShape = /^[a-zA-Z0-9_-]{1,128}$/;

/** The vendor judges its own tools. A function of Chat Completions is nested. */
function toolFits({ type, name, ...others }: JsonObject): boolean {
  if (type === "function" || others["function"] !== undefined) return false;
  return typeof name === "string" && nameShape.test(name);
}

function instructionsFit(request: RawMembers): boolean {
  return objectsOf(request.read("system")).every(isWorded);
}

function historyFits(request: RawMembers): boolean {
  const messages = objectsOf(request.read("messages"));
  const marks = ["tools", "system"].flatMap((name) => marksIn(request.read(name)));
  // The stored conversation comes before these.
  const goesOn = threadRules.previousIn(request) !== null;
  for (const [index, { role, content }] of messages.entries()) {
    const isLast = index === messages.length - 1;
    if (isEmpty(content) && !(isLast && role === "assistant")) return false;
    const blocks = objectsOf(content);
    if (!blocks.every(blockFits) || endsOnThoughts(blocks) || (!goesOn && !resultsComeFirst(blocks))) return false;
    marks.push(...marksIn(content));
  }
  return marksFit(marks) && !endsOnBlanks(messages.at(-1));
}

function isEmpty(content: Json | undefined): boolean {
  return typeof content === "string" ? content.trim() === "" : !isArray(content) || content.length === 0;
}

function isWorded({ type, text }: JsonObject): boolean {
  return type !== "text" || (typeof text === "string" && text.trim() !== "");
}

function blockFits(block: JsonObject): boolean {
  const { type, signature, input, content } = block;
  switch (type) {
    case "text":
      return isWorded(block);
    case "thinking":
      return typeof signature === "string";
    case "tool_use":
      return isObject(input);
    case "tool_result":
      return (
        content === undefined ||
        typeof content === "string" ||
        (isArray(content) && objectsOf(content).every(blockFits))
      );
    case "image":
      return imageFits(membersOf(block["source"]));
    // An image in the format of Chat Completions.
    case "image_url":
      return false;
    default:
      return true;
  }
}

function imageFits({ type, media_type: mediaType, url, data }: JsonObject): boolean {
  if (type === "url") return typeof url === "string" && url.startsWith("https://");
  if (type !== "base64") return true;
  return typeof mediaType === "string" && typeof data === "string" && isPlainImage(mediaType, data, imageTypes);
}

function endsOnThoughts(blocks: readonly JsonObject[]): boolean {
  const { type } = membersOf(blocks.at(-1));
  return type === "thinking" || type === "redacted_thinking";
}

/** "ids were found without `tool_result` blocks immediately after": a result after other blocks does not count. */
function resultsComeFirst(blocks: readonly JsonObject[]): boolean {
  const last = blocks.findLastIndex(({ type }) => type === "tool_result");
  return blocks.slice(0, last + 1).every(({ type }) => type === "tool_result");
}

/** "final assistant content cannot end with trailing whitespace". */
function endsOnBlanks(message: JsonObject | undefined): boolean {
  if (message?.["role"] !== "assistant") return false;
  const { content } = message;
  const text = typeof content === "string" ? content : membersOf(objectsOf(content).at(-1))["text"];
  return typeof text === "string" && text !== text.trimEnd();
}

/** The blocks' marks, in prompt order. */
function marksIn(list: Json | undefined): JsonObject[] {
  return objectsOf(list).flatMap(({ type, content, cache_control: mark }) => [
    ...(type === "tool_result" ? marksIn(content) : []),
    ...(isObject(mark) ? [mark] : []),
  ]);
}

/** "A maximum of 4 blocks with cache_control may be provided", "a ttl='1h' cache_control block must not come after a ttl='5m'" one. */
function marksFit(marks: readonly JsonObject[]): boolean {
  const firstShort = marks.findIndex(({ ttl }) => ttl !== "1h");
  const lastLong = marks.findLastIndex(({ ttl }) => ttl === "1h");
  return marks.length <= MOST_MARKS && (firstShort < 0 || lastLong < firstShort);
}
