// Whether a Responses request that was written for another vendor has a shape that OpenAI takes. Other vendors, and our
// own decoder, are lenient: another vendor's id, a format without a name, a part of the wrong role. OpenAI answers each
// of these with 400, for every model. It must never check requests for the caller's own vendor, which judges them
// itself.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import { arrayOr, isArray, isObject, membersOf } from "../../shared/read.ts";
import { isOpenAI } from "../../shared/tool-schema/fit.ts";
import { plainNames } from "../../shared/tool-names.ts";
import { FEWEST_TOKENS, freeCall, includable, isOwnId, isReplayable } from "../features/own-state.ts";

export function ownShapeFits(request: RawMembers, { facts, isStandIn = false }: TargetFacts): boolean {
  if (!isStandIn || !isOpenAI(facts)) return true;
  return (
    settingsFit(request) && toolsFit(request) && arrayOr<readonly Json[]>(request.read("input"), []).every(itemFits)
  );
}

function settingsFit(request: RawMembers): boolean {
  const most = request.read("max_output_tokens");
  if (typeof most === "number" && most < FEWEST_TOKENS) return false;
  if (arrayOr<readonly Json[]>(request.read("include"), []).some((word) => !includable.has(word))) return false;
  if (request.read("stream_options") != null && request.read("stream") !== true) return false;
  const { type, name } = membersOf(membersOf(request.read("text"))["format"]);
  return type !== "json_schema" || isPlain(name);
}

/** Tool options without tools are refused. */
function toolsFit(request: RawMembers): boolean {
  const find = (): boolean => arrayOr<readonly Json[]>(request.read("tools"), []).map(membersOf).every(toolFits);
  if (request.has("tools") && request.mentions("tools", "{"))
    return request.memoize?.("openai-responses shapes of tools", "tools", find) ?? find();
  const choice = request.read("tool_choice") ?? "auto";
  return choice === "auto" || choice === "none";
}

function toolFits({ type, name }: JsonObject): boolean {
  return (type !== "function" && type !== "custom") || isPlain(name);
}

function isPlain(name: Json | undefined): boolean {
  return typeof name === "string" && name.length <= plainNames.max && plainNames.pattern.test(name);
}

function itemFits(value: Json): boolean {
  const item = membersOf(value);
  const { type = "message", id } = item;
  if (typeof id === "string" && !isOwnId(type, id)) return false;
  switch (type) {
    case "message":
      return contentFits(item["content"], item["role"] === "assistant" ? answerTypes : inputTypes);
    case "function_call":
      return isPlain(item["name"]) && typeof item["arguments"] === "string";
    case "reasoning":
      return isReplayable(item);
    case "function_call_output":
    case `${freeCall}_output`:
      return contentFits(item["output"], inputTypes);
    default:
      return true;
  }
}

const inputTypes: ReadonlySet<Json | undefined> = new Set(["input_text", "input_image", "input_file"]);
const answerTypes: ReadonlySet<Json | undefined> = new Set(["output_text", "refusal"]);

/** Each role has parts of its own. */
function contentFits(content: Json | undefined, allowedTypes: ReadonlySet<Json | undefined>): boolean {
  if (!isArray(content)) return typeof content === "string";
  return content.every((part) => isObject(part) && allowedTypes.has(part["type"]) && fileFits(part));
}

/** Only the file ending tells its type. */
function fileFits({ type, filename, image_url: image }: JsonObject): boolean {
  if (type === "input_file") return typeof filename !== "string" || /\.\w{1,8}$/u.test(filename);
  return image === undefined || image === null || typeof image === "string";
}
