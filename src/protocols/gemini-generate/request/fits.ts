// Whether a client's own bytes can go to a target of this protocol. It says no only if the target is known to refuse
// something in them: unsigned calls of another vendor, features that the model lacks. Then the request is decoded and
// encoded, which corrects and reports it.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { neverThinks } from "../../shared/effort.ts";
import { membersOf } from "../../shared/read.ts";
import { objectsInMembers } from "../features/members.ts";
import { ownSchemasFit } from "./own-schemas.ts";
import { ownShapeFits } from "./own-shape.ts";
import { withCamelSpelling } from "../features/spelling.ts";

export function fits(request: RawMembers, target: TargetFacts): boolean {
  return checks.every((check) => check(request, target));
}

/** The history comes last: it is the longest. */
const checks: readonly ((request: RawMembers, target: TargetFacts) => boolean)[] = [
  settingsFit,
  toolsFit,
  namesFit,
  ownSchemasFit,
  detailFits,
  historyFits,
  ownShapeFits,
];

/** Older models take only one of: functions, the vendor's own tools, JSON output. */
function toolsFit(request: RawMembers, { facts: { jsonWithTools: mixes } }: TargetFacts): boolean {
  if (typeof mixes !== "boolean" || !request.has("tools")) return true;
  const { functions, others } = kindsOf(request);
  if (mixes) return !functions || !others || showsCalls(request);
  return !others ? !functions || !asksForJson(request) : !functions && !asksForJson(request);
}

/** Newer models refuse functions beside the vendor's tools if the calls of these are not shown. */
function showsCalls(request: RawMembers): boolean {
  const config = withCamelSpelling(membersOf(request.read("toolConfig") ?? request.read("tool_config")));
  return config["includeServerSideToolInvocations"] === true;
}

/** The tools are parsed only if a word in them may be a tool of the vendor's own. */
function kindsOf(request: RawMembers): { readonly functions: boolean; readonly others: boolean } {
  const functions = functionWords.some((word) => request.mentions("tools", `"${word}"`));
  if (functions && !serverWord(request)) return { functions, others: false };
  const kinds = objectsInMembers(request.read("tools")).flatMap((tool) => Object.keys(withCamelSpelling(tool)));
  return {
    functions: kinds.includes("functionDeclarations"),
    others: kinds.some((kind) => kind !== "functionDeclarations"),
  };
}

const functionWords = ["functionDeclarations", "function_declarations"] as const;
/** All of them. Source: `Tool` of `@google/genai` 3.1.0. */
const serverWords = [
  "googleSearch",
  "google_search",
  "codeExecution",
  "code_execution",
  "urlContext",
  "url_context",
  "googleMaps",
  "google_maps",
  "fileSearch",
  "file_search",
  "computerUse",
  "computer_use",
] as const;

/** `googleSearch` is a prefix of `googleSearchRetrieval`. */
function serverWord(request: RawMembers): boolean {
  return serverWords.some((word) => request.mentions("tools", `"${word}`));
}

function asksForJson(request: RawMembers): boolean {
  return configOf(request)["responseMimeType"] === "application/json";
}

/** The detail of single images, if the model has only one setting for all. */
function detailFits(request: RawMembers, { facts }: TargetFacts): boolean {
  if (facts.mediaDetail !== false) return true;
  return !request.mentions("contents", '"mediaResolution"') && !request.mentions("contents", '"media_resolution"');
}

function configOf(request: RawMembers): JsonObject {
  return withCamelSpelling(membersOf(request.read("generationConfig") ?? request.read("generation_config")));
}

/** The tools are parsed only if a name could be a duplicate. */
function namesFit(request: RawMembers): boolean {
  if (!isRepeated(request.texts("tools", "name"))) return true;
  const tools = objectsInMembers(request.read("tools")).map(withCamelSpelling);
  const declared = tools.flatMap(({ functionDeclarations }) => objectsInMembers(functionDeclarations));
  return !isRepeated(declared.map(({ name }) => name));
}

function isRepeated(names: readonly (Json | undefined)[]): boolean {
  return new Set(names).size < names.length;
}

function settingsFit(request: RawMembers, { facts }: TargetFacts): boolean {
  const config = configOf(request);
  if (facts.penalties === false && (config["presencePenalty"] ?? config["frequencyPenalty"]) != null) return false;
  const { responseLogprobs: likely, candidateCount: choices } = config;
  if (facts.logprobs === false && likely === true) return false;
  if (facts.multipleChoices === false && typeof choices === "number" && choices > 1) return false;
  const most = config["maxOutputTokens"];
  if (facts.outputTokens !== null && typeof most === "number" && most > facts.outputTokens) return false;
  const thinking = withCamelSpelling(membersOf(config["thinkingConfig"]));
  const { thinkingLevel: level, thinkingBudget: budget } = thinking;
  if (typeof level !== "string") return typeof budget !== "number" || takesBudget(facts, budget);
  return typeof budget !== "number" && takesLevel(facts, level);
}

function takesLevel(facts: ModelFacts, level: string): boolean {
  const { reasoning } = facts;
  if (reasoning.style === "level") return reasoning.levels.includes(level.toLowerCase());
  return reasoning.style !== "budget" && !neverThinks(facts);
}

/** The largest budget of models with levels: "Please choose a value between 0 and 32768". */
const LARGEST = 32_768;

/** -1 leaves it to the model. */
function takesBudget(facts: ModelFacts, budget: number): boolean {
  const { reasoning } = facts;
  // Models that always think refuse 0, as do those without the lowest level.
  if (reasoning.style === "level")
    return reasoning.budgets !== false && budget <= LARGEST && (budget !== 0 || reasoning.levels.includes("minimal"));
  if (reasoning.style !== "budget") return !neverThinks(facts);
  if (budget === -1 || budget === reasoning.off) return true;
  return budget >= reasoning.minimum && budget <= reasoning.maximum;
}

interface Turn {
  readonly isModel: boolean;
  readonly parts: readonly JsonObject[];
}

const callWords = ["functionCall", "function_call", "functionResponse", "function_response"] as const;

/** Only a history with calls is parsed. */
function historyFits(request: RawMembers, { facts }: TargetFacts): boolean {
  if (!callWords.some((word) => request.mentions("contents", word))) return true;
  const turns = objectsInMembers(request.read("contents")).map((content) => ({
    isModel: content["role"] === "model",
    parts: objectsInMembers(content["parts"]).map(withCamelSpelling),
  }));
  if (!isPaired(turns)) return false;
  if (facts.mediaInResults === false && turns.some(({ parts }) => parts.some(holdsMedia))) return false;
  return !facts.signatures || (turns.every(standsAlone) && isSignedAll(turns));
}

/**
 * As many results as calls, in the next content; adjacent contents of the model are one turn, which follows the user's.
 */
function isPaired(turns: readonly Turn[]): boolean {
  let open = 0;
  for (const [index, { isModel, parts }] of turns.entries()) {
    const calls = parts.filter(isCall).length;
    const goesOn = isModel && calls > 0 && open > 0;
    if (!goesOn && parts.filter(isResult).length !== open) return false;
    if (!goesOn && calls > 0 && turns[index - 1]?.isModel !== false) return false;
    open = goesOn ? open + calls : calls;
  }
  return true;
}

/** Models from 3 on answer nothing, or 400, to text beside results. */
function standsAlone({ parts }: Turn): boolean {
  return !parts.some(isResult) || parts.every(isResult);
}

/** The first call of each step of the current turn must have its signature. */
function isSignedAll(turns: readonly Turn[]): boolean {
  const start = turns.findLastIndex(({ isModel, parts }) => !isModel && !parts.some(isResult));
  return turns.slice(start + 1).every(({ isModel, parts }) => !isModel || isSigned(parts.find(isCall)));
}

function isSigned(call: JsonObject | undefined): boolean {
  return call === undefined || isText(call["thoughtSignature"]);
}

function isText(value: Json | undefined): boolean {
  return typeof value === "string" && value !== "";
}

/** A function's result that contains media. */
function holdsMedia({ functionResponse }: JsonObject): boolean {
  return objectsInMembers(membersOf(functionResponse)["parts"]).length > 0;
}

function isCall(part: JsonObject): boolean {
  return part["functionCall"] !== undefined;
}

function isResult(part: JsonObject): boolean {
  return part["functionResponse"] !== undefined;
}
