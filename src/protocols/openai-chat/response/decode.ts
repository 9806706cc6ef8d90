// Decodes a vendor's whole answer. It never throws: an invalid answer gives a WireFailure.
import { readAssessment } from "../../shared/assessment.ts";
import { guardrailIn } from "../features/guardrail.ts";
import type { ChatResponse, Choice, Citation, ForeignPart, Part, TextPart, ToolCallPart } from "../../../core/chat.ts";
import type { FoundPage } from "../../../core/search-step.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import {
  type KnownMembers,
  lostAside,
  lostBeside,
  lostMembers,
  unknownAnswerBlock,
} from "../../shared/answer-blocks.ts";
import { readAnnotations } from "../../shared/citations.ts";
import { toolId } from "../../shared/identifiers.ts";
import { endingFailure, endingWord } from "../../shared/endings.ts";
import { arrayOr, isArray, isObject, membersOf, numberOr, objectOr, placeOf, stringOr } from "../../shared/read.ts";
import { distinct, pagesOf, pagesPart, readPages } from "../../shared/searches.ts";
import { answerImage, thinkingPart } from "../request/decode-content.ts";
import { readAnyError } from "../../shared/foreign-error.ts";
import { inBandFailure, plainFailure } from "../../shared/error-answer.ts";
import { readCustom } from "../features/free-calls.ts";
import { endings, readFinish } from "./finish.ts";
import { readLogprobs } from "../../shared/logprobs.ts";
import { messageMembers, sealParts } from "../request/decode-messages.ts";
import { lostBlock } from "../../shared/unknown-block.ts";
import { readUsage } from "./usage.ts";
import { readReasoning } from "../features/past-reasoning.ts";
import { ownVendorState, readExtraContent, self } from "../features/vendor-state.ts";

const envelope: ReadonlySet<string> = new Set(["id", "object", "created", "model", "choices"]);

export function decodeResponse(body: Json): ChatResponse | WireFailure {
  const inBand = readAnyError(body);
  if (inBand !== null) return inBand;
  if (!isObject(body) || !isArray(body["choices"])) {
    return plainFailure("malformed", "the answer is not a chat completion: it has no choices");
  }
  const id = stringOr(body["id"], "");
  const choices: Choice[] = [];
  const intervention = guardrailIn(body);
  for (const [position, value] of body["choices"].entries()) {
    if (!isObject(value)) continue;
    const failed = choiceFailure(value);
    if (failed !== null) return failed;
    const choice = withPages(decodeChoice(value, { id, index: numberOr(value["index"], position) }), body);
    choices.push(withFilter(choice, value, intervention));
  }
  if (choices.length === 0) return plainFailure("empty", "the answer has no choice");
  const fields: MutableJson = {};
  for (const key in body) if (body[key] !== null && !envelope.has(key)) fields[key] = body[key];
  const usage = readUsage(body["usage"]) ?? readUsage(membersOf(body["x_groq"])["usage"]);
  const created = numberOr(body["created"], null);
  return { id, model: stringOr(body["model"], ""), created, choices, usage, extras: { protocol: self, fields } };
}

/** A filter or guardrail ended it, and may say why. */
function withFilter(choice: Choice, value: JsonObject, intervention: ReturnType<typeof guardrailIn>): Choice {
  const findings = readAssessment(value["content_filter_results"]);
  const noted = findings === undefined ? choice : { ...choice, parts: [...choice.parts, lostFindings] };
  return withEnding(noted, intervention, findings);
}

/** Findings of the vendor's filter have no place in other protocols, apart from the ending. */
export const lostFindings: ForeignPart = lostAside(self, ["answer.content_filter_results"]);

function withEnding(
  choice: Choice,
  intervention: ReturnType<typeof guardrailIn>,
  findings: string | undefined,
): Choice {
  if (choice.finish === null) return choice;
  if (intervention !== null) return { ...choice, ...intervention, finish: "content_filter" };
  return choice.finish !== "content_filter" || findings === undefined ? choice : { ...choice, explanation: findings };
}

/** Found pages come before the text that depends on them. */
function withPages(choice: Choice, body: JsonObject): Choice {
  const hasPages = body["search_results"] !== undefined || body["citations"] !== undefined;
  if (!hasPages && !choice.parts.some(({ type }) => type === "foreign")) return choice;
  const cited = choice.parts.flatMap((part) => (part.type === "foreign" ? (part.citations ?? []) : []));
  if (cited.length === 0 && !hasPages) return choice;
  const pages = foundPages(body, cited);
  if (pages.length === 0 || !choice.parts.some((part) => part.type === "text")) return choice;
  return { ...choice, parts: [pagesPart(pages, ownVendorState({})), ...choice.parts] };
}

/** A choice that ended in an error, in the format of routers and some hosts, or with a word that says that it broke. */
export function choiceFailure(choice: JsonObject): WireFailure | null {
  const error = choice["error"];
  if (error !== undefined && error !== null) return inBandFailure({ error });
  const raw = endingWord(choice["finish_reason"]);
  return raw === null ? null : endingFailure(endings, raw);
}

interface DecodePlace {
  /** The answer's id. */
  readonly id: string;
  readonly index: number;
}

function decodeChoice(choice: JsonObject, place: DecodePlace): Choice {
  const message = isObject(choice["message"]) ? choice["message"] : membersOf(choice["delta"]);
  const calls = decodeCalls(message, place);
  const parts: Part[] = [...readReasoning(message), ...answerContent(message["content"])];
  const refusal = stringOr(message["refusal"], "");
  if (refusal !== "") parts.push({ type: "refusal", text: refusal });
  for (const value of arrayOr(message["images"], [])) {
    const image = answerImage(value);
    if (image !== null) parts.push(image);
  }
  parts.push(...calls);
  const sealed = sealParts(parts, message["extra_content"]);
  const foreign = foreignMembers(message);
  if (foreign !== null) sealed.push(foreign);
  const raw = endingWord(choice["finish_reason"]);
  const stopSequence = stringOr(choice["stop_sequence"], null) ?? stringOr(choice["stop_reason"], null);
  return {
    index: place.index,
    parts: sealed,
    finish: raw === null ? null : readFinish(raw, calls.length > 0),
    rawFinish: raw,
    stopSequence,
    logprobs: readLogprobs(choice["logprobs"]),
  };
}

/** Text as a string, or the parts that some hosts send. */
export function answerContent(content: Json | undefined): Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  const parts: Part[] = [];
  for (const value of arrayOr(content, [])) {
    if (!isObject(value)) continue;
    const text = value["text"];
    if (value["type"] === "thinking") parts.push(thinkingPart(value));
    else if (typeof text === "string") parts.push({ type: "text", text } satisfies TextPart);
    else
      parts.push(
        answerImage(value) ??
          unknownAnswerBlock(ownVendorState(value), value, placeOf("answer.content", stringOr(value["type"], ""))),
      );
    if (typeof text === "string") parts.push(...lostBeside(value, textMembers));
  }
  return parts;
}

function decodeCalls(message: JsonObject, place: DecodePlace): (ToolCallPart | ForeignPart)[] {
  const calls: (ToolCallPart | ForeignPart)[] = [];
  for (const value of arrayOr(message["tool_calls"], [])) {
    if (!isObject(value)) continue;
    const called = objectOr(value["function"], null) ?? readCustom(value);
    if (called === null) {
      const type = stringOr(value["type"], "");
      calls.push(lostBlock(ownVendorState({ tool_call: value }), placeOf(callMembers.place, type)));
    } else calls.push(decodeCall(value, called, { ...place, count: calls.length }), ...lostInCall(value));
  }
  const legacy = message["function_call"];
  if (calls.length === 0 && isObject(legacy)) calls.push(decodeCall({}, legacy, { ...place, count: 0 }));
  return calls;
}

/** Some hosts leave the id out or blank; then it is derived from the answer's id and the position in it. */
function decodeCall(call: JsonObject, inner: JsonObject, place: DecodePlace & { count: number }): ToolCallPart {
  const name = stringOr(inner["name"], "");
  const value = inner["arguments"];
  const text = typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
  const id = stringOr(call["id"], "") || mintCallId(place, place.count, name);
  const state = readExtraContent(call["extra_content"]);
  return { type: "tool-call", id, name, arguments: text, ...(state === undefined ? {} : { state }) };
}

export function mintCallId(place: DecodePlace, count: number, name: string): string {
  return toolId(`${place.id}:${place.index}:${count}:${name}`);
}

const knownInAnswers: ReadonlySet<string> = new Set([
  "role",
  "content",
  "refusal",
  "tool_calls",
  "function_call",
  "reasoning_content",
  "reasoning",
  "reasoning_details",
  "extra_content",
  "thought_signature",
  "images",
]);

const textMembers: KnownMembers = { protocol: self, names: new Set(["text", "thinking"]), place: "answer.content" };
const callMembers: KnownMembers = {
  protocol: self,
  names: new Set(["function", "custom", "extra_content"]),
  place: "answer.tool_calls",
};
const functionMembers: KnownMembers = {
  protocol: self,
  names: new Set(["name", "arguments", "input"]),
  place: "answer.tool_calls.function",
};

/** What a call has beside what all protocols have. */
export function lostInCall(call: JsonObject): readonly ForeignPart[] {
  const inner = objectOr(call["function"] ?? call["custom"], null);
  const beside = lostBeside(call, callMembers);
  return inner === null ? beside : [...beside, ...lostBeside(inner, functionMembers)];
}

/** Annotations, audio and other members of the message; an empty list does not count. */
export function foreignMembers(message: JsonObject): ForeignPart | null {
  const part = messageMembers(message, knownInAnswers);
  if (part === null) return null;
  const lostPlaces = lostMembers(message, messageKnown)?.lostPlaces;
  const citations = readAnnotations(message["annotations"]);
  return {
    ...part,
    ...(lostPlaces === undefined ? {} : { lostPlaces }),
    ...(citations.length === 0 ? {} : { citations }),
  };
}

const messageKnown: KnownMembers = { protocol: self, names: knownInAnswers, place: "answer.message" };

/** The members of a delta that nobody knows, if they have text; almost none has one. */
export function unknownInDelta(delta: JsonObject): ForeignPart | null {
  const aside = lostMembers(delta, deltaKnown);
  if (aside === null) return null;
  const rest = Object.fromEntries(Object.entries(delta).filter(([key]) => !knownInDeltas.has(key))) as JsonObject;
  const part = messageMembers(rest, knownInAnswers);
  return part === null ? null : { ...aside, state: part.state };
}

const knownInDeltas: ReadonlySet<string> = new Set([...knownInAnswers, "annotations", "audio"]);
const deltaKnown: KnownMembers = { ...messageKnown, names: knownInDeltas };

/** The pages that a host found: in the envelope, as a list of results or of URLs; otherwise the cited ones. */
export function foundPages(body: JsonObject, citations: readonly Citation[]): readonly FoundPage[] {
  const results = readPages(body["search_results"], { url: "url", age: "date" });
  if (results.length > 0) return distinct(results);
  const addresses = arrayOr<readonly Json[]>(body["citations"], []).filter((one) => typeof one === "string");
  return addresses.length > 0
    ? distinct(addresses.map((url) => ({ url, title: null, age: null })))
    : pagesOf(citations);
}
