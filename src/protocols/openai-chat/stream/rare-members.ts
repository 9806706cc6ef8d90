// The rare members of a delta: signatures on the message, images, annotations, audio, and members of this host only. A usual
// delta has none of them, and costs a few reads.
import { pushParts } from "../../shared/answer-blocks.ts";
import type { StreamEvent } from "../../../core/event.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { readAssessment } from "../../shared/assessment.ts";
import { arrayOr, isObject } from "../../shared/read.ts";
import { pagesOf, pagesPart } from "../../shared/searches.ts";
import { readExtraContent } from "../features/vendor-state.ts";
import { answerImage } from "../request/decode-content.ts";
import { foreignMembers, lostFindings, lostInCall, unknownInDelta } from "../response/decode.ts";

interface ChoiceSink {
  readonly choice: number;
  readonly out: StreamEvent[];
}

export function pushRareMembers(delta: JsonObject, sink: ChoiceSink): void {
  if (hasMore(delta)) pushRest(delta, sink);
  const unknownPart = unknownInDelta(delta);
  if (unknownPart !== null) pushParts([unknownPart], sink.choice, sink.out);
}

/** What calls have beside what all protocols have. */
export function pushLostOfCalls(calls: readonly Json[], sink: ChoiceSink): void {
  for (const call of calls) if (isObject(call)) pushParts(lostInCall(call), sink.choice, sink.out);
}

/** The members that `pushRest` reads. Read by name: iterating over an object's members costs several times as much. */
function hasMore({ extra_content, images, annotations, audio }: JsonObject): boolean {
  return extra_content !== undefined || images !== undefined || annotations !== undefined || audio !== undefined;
}

/** Rare members: signatures on the message, images, annotations, audio, and members of this host only. */
function pushRest(delta: JsonObject, { choice, out }: ChoiceSink): void {
  const signature = readExtraContent(delta["extra_content"]);
  if (signature !== undefined) out.push({ type: "text-delta", choice, text: "", state: signature });
  for (const value of arrayOr(delta["images"], [])) {
    const image = answerImage(value);
    if (image !== null) out.push({ type: "part", choice, part: image });
  }
  const { annotations, audio } = delta;
  if (annotations === undefined && audio === undefined) return;
  const part = foreignMembers({ annotations: annotations ?? null, audio: audio ?? null });
  if (part === null) return;
  const { citations = [] } = part;
  const search = citations.length === 0 ? {} : { search: pagesPart(pagesOf(citations), part.state).search };
  out.push({ type: "part", choice, part: { ...part, ...search } });
}

/** What the vendor's filter found in this choice; false: nothing, so far. */
export function pushFindings(value: JsonObject, { choice, out }: ChoiceSink): boolean {
  const results = value["content_filter_results"];
  if (results === undefined || readAssessment(results) === undefined) return false;
  out.push({ type: "part", choice, part: lostFindings });
  return true;
}
