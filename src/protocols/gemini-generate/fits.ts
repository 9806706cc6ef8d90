// Whether a client's own bytes can go to a target of this protocol. Says no only where the target is known to refuse
// something in them: calls that another vendor made and did not sign, what the model does not take. Then the request is
// decoded and encoded anew, which mends that and reports it.
import type { Json, JsonObject } from "../../core/json.ts";
import type { RawMembers, TargetFacts } from "../../core/protocol.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { membersOf } from "../read.ts";
import { objectsOf } from "./members.ts";
import { camelMembers } from "./spelling.ts";

export function fits(request: RawMembers, target: TargetFacts): boolean {
  return settingsFit(request, target) && signaturesFit(request, target);
}

function settingsFit(request: RawMembers, { facts }: TargetFacts): boolean {
  const given = request.read("generationConfig") ?? request.read("generation_config");
  if (given === undefined) return true;
  const config = camelMembers(membersOf(given));
  if (facts.penalties === false && (config["presencePenalty"] ?? config["frequencyPenalty"]) != null) return false;
  const most = config["maxOutputTokens"];
  if (facts.outputTokens !== null && typeof most === "number" && most > facts.outputTokens) return false;
  const thinking = camelMembers(membersOf(config["thinkingConfig"]));
  const level = thinking["thinkingLevel"];
  return typeof level !== "string" || takesLevel(facts, level);
}

function takesLevel({ reasoning }: ModelFacts, level: string): boolean {
  if (reasoning.style === "level") return reasoning.levels.includes(level.toLowerCase());
  return reasoning.style !== "budget";
}

/** The first call of each step of the current turn must come back signed. */
function signaturesFit(request: RawMembers, { facts }: TargetFacts): boolean {
  if (!facts.signatures) return true;
  const calls = request.mentions("contents", "functionCall") || request.mentions("contents", "function_call");
  if (!calls) return true;
  const contents = objectsOf(request.read("contents")).map((content) => ({
    isModel: content["role"] === "model",
    parts: objectsOf(content["parts"]).map(camelMembers),
  }));
  const start = contents.findLastIndex(({ isModel, parts }) => !isModel && !parts.some(isResult));
  return contents.slice(start + 1).every(({ isModel, parts }) => !isModel || isSigned(parts.find(isCall)));
}

function isSigned(call: JsonObject | undefined): boolean {
  return call === undefined || isText(call["thoughtSignature"]);
}

function isText(value: Json | undefined): boolean {
  return typeof value === "string" && value !== "";
}

function isCall(part: JsonObject): boolean {
  return part["functionCall"] !== undefined;
}

function isResult(part: JsonObject): boolean {
  return part["functionResponse"] !== undefined;
}
