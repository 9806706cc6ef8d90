// Decodes the parts of an answer, whole or streamed. An unknown part is kept as foreign, byte for byte, and every
// signature stays on its own part.
import type { ForeignPart, Part, TokenLogprob, VendorState } from "../../../core/chat.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { writeJson } from "../../../domain/write-json.ts";
import { lostBeside, unknownAnswerBlock } from "../../shared/answer-blocks.ts";
import { toolId } from "../../shared/identifiers.ts";
import { arrayOr, isObject, membersOf, numberOr, objectOr, placeOf, stringOr } from "../../shared/read.ts";
import { lostBlock } from "../../shared/unknown-block.ts";
import { objectsInMembers } from "../features/members.ts";
import { answerOf } from "../request/names.ts";

const protocol = "gemini-generate";

/** What one choice contained so far; grows with its parts. */
export interface ChoiceProgress {
  readonly index: number;
  /** All calls, including synthetic ones: ids count on. */
  minted: number;
  calls: number;
  content: boolean;
  hasAnswered: boolean;
}

export function newProgress(index: number): ChoiceProgress {
  return { index, minted: 0, calls: 0, content: false, hasAnswered: false };
}

/** State for a later request, if the part has a signature. */
export function signatureOf(part: JsonObject): VendorState | undefined {
  const value = part["thoughtSignature"] ?? part["thought_signature"];
  return typeof value === "string" && value !== "" ? { protocol, value } : undefined;
}

/** The neutral part, or null if it is empty. `seed` makes generated ids specific to this answer. */
export function decodeAnswerPart(part: JsonObject, progress: ChoiceProgress, seed: string): Part | null {
  const call = objectOr(part["functionCall"] ?? part["function_call"], null);
  if (call !== null) return decodeCall(call, { progress, seed, state: signatureOf(part) });
  const blob = objectOr(part["inlineData"] ?? part["inline_data"], null);
  if (blob !== null && part["thought"] !== true) {
    progress.content = true;
    return decodeBlob(blob, signatureOf(part));
  }
  const text = stringOr(part["text"], null);
  if (text !== null || isSignatureOnly(part)) return decodeText(part, text ?? "", progress);
  if (Object.keys(part).length === 0) return null;
  progress.content = true;
  return unknownPart(part);
}

/** Code that the vendor ran, its own tools and their results; its searches come again, as grounding. */
const vendorTools: ReadonlySet<string> = new Set(
  "executableCode executable_code codeExecutionResult code_execution_result toolCall tool_call toolResponse tool_response".split(
    " ",
  ),
);

function unknownPart(part: JsonObject): Part {
  const state = { protocol, value: part } as const;
  const names = Object.keys(part).filter((name) => !besideContent.has(name));
  const tool = names.find((name) => vendorTools.has(name));
  const [name = ""] = names;
  const inner = part[name];
  if (tool === undefined) {
    const isWrapped = names.length === 1 && isObject(inner);
    return isWrapped ? unknownAnswerBlock(state, inner, placeOf(PLACE, name)) : unknownAnswerBlock(state, part, PLACE);
  }
  const isSearch = /SEARCH/u.test(stringOr(membersOf(part[tool])["toolType"], ""));
  return isSearch ? { type: "foreign", state } : lostBlock(state, placeOf(PLACE, tool));
}

/** How the report names the parts of an answer. */
const PLACE = "answer.parts";

const besideContent: ReadonlySet<string> = new Set(["thought", "thoughtSignature", "thought_signature"]);

/** The members of the parts that all protocols have. */
const knownInParts: ReadonlySet<string> = new Set([
  ...besideContent,
  ..."text functionCall function_call inlineData inline_data partMetadata part_metadata".split(" "),
]);
const knownInCalls: ReadonlySet<string> = new Set(
  "id name args partialArgs partial_args willContinue will_continue".split(" "),
);

/** What a known part has beside them. */
export function lostInPart(part: JsonObject): readonly ForeignPart[] {
  const call = objectOr(part["functionCall"] ?? part["function_call"], null);
  if (call === null && typeof part["text"] !== "string") return NONE;
  const beside = lostBeside(part, { protocol, names: knownInParts, place: PLACE });
  if (call === null) return beside;
  return [...beside, ...lostBeside(call, { protocol, names: knownInCalls, place: "answer.parts.functionCall" })];
}

const NONE: readonly ForeignPart[] = [];

/** Facts about a candidate, and what is read of it. */
const knownInCandidates: ReadonlySet<string> = new Set(
  "content finishReason finishMessage index safetyRatings groundingMetadata avgLogprobs logprobsResult tokenCount".split(
    " ",
  ),
);

/** Its sources beside a search, and what is new. */
export function lostInCandidate(candidate: JsonObject): readonly ForeignPart[] {
  return lostBeside(candidate, { protocol, names: knownInCandidates, place: "answer" });
}

function isSignatureOnly(part: JsonObject): boolean {
  return signatureOf(part) !== undefined && Object.keys(part).every((key) => /^thought(_?s|S|$)/.test(key));
}

function decodeText(part: JsonObject, text: string, progress: ChoiceProgress): Part | null {
  const state = signatureOf(part);
  if (text === "" && state === undefined) return null;
  if (part["thought"] === true) return { type: "reasoning", text, state };
  if (text !== "") progress.content = true;
  return { type: "text", text, state };
}

function decodeBlob(blob: JsonObject, state: VendorState | undefined): Part {
  const mediaType = stringOr(blob["mimeType"] ?? blob["mime_type"], "application/octet-stream");
  const source = { kind: "data", mediaType, data: stringOr(blob["data"], "") } as const;
  if (mediaType.startsWith("image/")) return { type: "image", source, detail: null, state };
  return { type: "file", source, filename: stringOr(blob["displayName"], null), state };
}

interface CallPlace {
  readonly progress: ChoiceProgress;
  readonly seed: string;
  readonly state: VendorState | undefined;
}

/** Every call is a new one, even of the same tool with the same arguments; only a synthetic answer is read once. */
function decodeCall(call: JsonObject, { progress, seed, state }: CallPlace): Part | null {
  const args = membersOf(call["args"]);
  const wireName = stringOr(call["name"], "");
  const answer = answerOf(wireName, args);
  if (answer !== null) {
    if (progress.hasAnswered) return null;
    progress.hasAnswered = true;
    progress.content = true;
    return { type: "text", text: answer, state };
  }
  const text = writeJson(args);
  const id = stringOr(call["id"], "") || toolId([seed, progress.index, progress.minted, wireName, text].join("\n"));
  progress.minted += 1;
  progress.calls += 1;
  return { type: "tool-call", id, name: wireName, arguments: text, state };
}

/** Source: LogprobsResult of `@google/genai` 3.1.0. Null if the candidate has none. */
export function decodeLogprobs(result: Json | undefined): readonly TokenLogprob[] | null {
  if (!isObject(result)) return null;
  const chosen = objectsInMembers(result["chosenCandidates"]);
  const top = arrayOr(result["topCandidates"], []);
  return chosen.map((candidate, position) => {
    const others = objectsInMembers(membersOf(top[position])["candidates"]);
    return { ...decodeToken(candidate), top: others.map(decodeToken) };
  });
}

function decodeToken(candidate: JsonObject): { token: string; logprob: number; bytes: readonly number[] } {
  const token = stringOr(candidate["token"], "");
  return { token, logprob: numberOr(candidate["logProbability"], 0), bytes: [...new TextEncoder().encode(token)] };
}
