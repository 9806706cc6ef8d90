// The answer of a model that draws or speaks: the media in an ordinary answer of this protocol, and such an answer for a
// client. What blocked it is a verdict here as in a conversation.
import type { ChatResponse, Usage } from "../../../core/chat.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { plainFailure } from "../failure/decode.ts";
import { decodeResponse } from "../response/decode.ts";
import { encodeUsage } from "../response/usage.ts";

export interface MediaAnswer {
  readonly model: string;
  /** In base64. */
  readonly media: readonly { readonly type: string; readonly data: string }[];
  readonly text: string;
  readonly usage: Usage | null;
}

export function readMediaAnswer(body: Json): MediaAnswer | WireFailure {
  const answer = decodeResponse(body);
  if ("verdict" in answer) return answer;
  const failure = endingOf(answer);
  if (failure !== null) return failure;
  const media: { type: string; data: string }[] = [];
  const texts: string[] = [];
  for (const part of answer.choices.flatMap(({ parts }) => parts)) {
    if (part.type === "text") texts.push(part.text);
    if (part.type !== "image" && part.type !== "file") continue;
    if (part.source.kind === "data") media.push({ type: part.source.mediaType, data: part.source.data });
  }
  const { model, usage } = answer;
  return { model, media, text: texts.join(""), usage };
}

/** Null for a good ending. */
function endingOf({ choices }: ChatResponse): WireFailure | null {
  const hasContent = choices.some(({ parts }) => parts.some(({ type }) => type !== "reasoning"));
  for (const { finish, rawFinish, elsewhere } of choices) {
    if (finish === "content_filter" && elsewhere === true)
      return plainFailure("unsupported", `the model withheld its own answer (${rawFinish ?? "no reason given"})`);
    if (finish === "content_filter")
      return plainFailure("policy_blocked", `the vendor blocked the answer (${rawFinish ?? "no reason given"})`);
    if (finish === null) return plainFailure("cut", "the answer is incomplete: it has no finish reason");
    if (finish === "length") return plainFailure("cut", "the answer is incomplete: it reached the limit of its tokens");
  }
  return hasContent ? null : plainFailure("empty", "the answer has no content");
}

export function writeMediaAnswer(parts: readonly JsonObject[], model: string, usage: Usage | null): JsonObject {
  const body: MutableJson = {
    candidates: [{ content: { parts, role: "model" }, finishReason: "STOP", index: 0 }],
  };
  const metadata = encodeUsage(usage);
  if (metadata !== null) body["usageMetadata"] = metadata;
  body["modelVersion"] = model;
  return body;
}
