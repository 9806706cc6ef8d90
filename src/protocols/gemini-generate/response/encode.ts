// Encodes a whole neutral answer in this protocol. An answer from this protocol keeps its extra members; an answer from
// another one gets none.
import type { ChatResponse, Choice, Part, TokenLogprob, VendorState } from "../../../core/chat.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import type { StreamOptions } from "../../../core/protocol.ts";
import { foreignCitations, lengthOf } from "../../shared/citations.ts";
import { membersOf } from "../../shared/read.ts";
import { searchesIn } from "../../shared/searches.ts";
import { finishWord } from "./finish.ts";
import { type GroundedText, writeGrounding } from "./grounding.ts";
import { objectsInMembers } from "../features/members.ts";
import { encodeSource, isOwnState, ownSignature } from "../features/own-state.ts";
import { toolArgumentsAsObject } from "../../shared/tool-arguments.ts";
import { encodeUsage } from "./usage.ts";

export function encodeResponse(response: ChatResponse, options: StreamOptions): JsonObject {
  // This protocol's own grounding is there, and takes precedence.
  const own: JsonObject = response.extras.protocol === "gemini-generate" ? response.extras.fields : {};
  const { candidates: extras, usageMetadata, ...fields } = own;
  const beside = objectsInMembers(extras);
  const body: MutableJson = {
    candidates: response.choices.map((choice, position) => ({ ...encodeChoice(choice), ...beside[position] })),
  };
  const usage = usageMetadata ?? encodeUsage(response.usage);
  if (usage !== null) body["usageMetadata"] = usage;
  body["modelVersion"] = response.model;
  body["responseId"] = response.id || options.id;
  return { ...body, ...fields };
}

function encodeChoice(choice: Choice): JsonObject {
  const parts = choice.parts.map(encodePart).filter((part) => part !== null);
  const candidate: MutableJson = { content: { ...(parts.length > 0 ? { parts } : {}), role: "model" } };
  const refused = choice.finish === "stop" && choice.parts.some((part) => part.type === "refusal");
  const finish = refused ? "content_filter" : choice.finish;
  if (finish !== null) candidate["finishReason"] = finishWord(finish, choice.rawFinish);
  candidate["index"] = choice.index;
  const logprobs = encodeLogprobs(choice.logprobs);
  if (logprobs !== null) candidate["logprobsResult"] = logprobs;
  const cited = foreignCitations(choice.parts, "gemini-generate");
  const searches = searchesIn(choice.parts, "gemini-generate");
  if (cited.length === 0 && searches.isEmpty) return candidate;
  const grounding = writeGrounding(cited, textsOf(parts), searches);
  if (grounding !== null) candidate["groundingMetadata"] = grounding;
  return candidate;
}

function textsOf(parts: readonly JsonObject[]): GroundedText[] {
  let before = 0;
  return parts.flatMap(({ text, thought }, part) => {
    if (typeof text !== "string" || thought === true) return [];
    before += lengthOf(text);
    return [{ part, text, before: before - lengthOf(text) }];
  });
}

/** Null for a part that this protocol cannot express. */
export function encodePart(part: Part): JsonObject | null {
  switch (part.type) {
    case "text":
      return { text: part.text, ...ownSignature(part.state) };
    case "refusal":
      return { text: part.text };
    case "reasoning":
      return { text: part.text, thought: true, ...ownSignature(part.state) };
    case "tool-call":
      return {
        functionCall: { id: part.id, name: part.name, args: toolArgumentsAsObject(part.arguments) },
        ...ownSignature(part.state),
      };
    case "image":
    case "file":
      return { ...encodeSource(part.source), ...ownSignature(part.state) };
    case "foreign":
      return isReplayable(part.state) ? membersOf(part.state.value) : null;
    case "tool-result":
      return null;
  }
}

/** A foreign part that is a part in this protocol; one about a whole candidate is not. */
function isReplayable(state: VendorState): boolean {
  const value = membersOf(state.value);
  return isOwnState(state) && Object.keys(value).length > 0 && value["candidate"] === undefined;
}

export function encodeLogprobs(logprobs: readonly TokenLogprob[] | null): JsonObject | null {
  if (logprobs === null) return null;
  return {
    chosenCandidates: logprobs.map(({ token, logprob }) => ({ token, logProbability: logprob })),
    topCandidates: logprobs.map(({ top }) => ({
      candidates: top.map(({ token, logprob }) => ({ token, logProbability: logprob })),
    })),
  };
}
