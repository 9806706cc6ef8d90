// Decodes a whole answer. It never throws: an invalid answer is a failure as a value.
import type { ChatResponse, Choice } from "../../../core/chat.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { readAssessment } from "../../shared/assessment.ts";
import { endingFailure, endingWord } from "../../shared/endings.ts";
import { plainFailure } from "../../shared/error-answer.ts";
import { readAnyError } from "../../shared/foreign-error.ts";
import { isObject, kindOf, membersOf } from "../../shared/read.ts";
import { objectsOf, self } from "../features/own.ts";
import { decodeBlock, lostInBlock } from "./decode-blocks.ts";
import { decodeFinish, endings, isBlocked } from "./finish.ts";
import { decodeUsage } from "./usage.ts";

export function decodeResponse(body: Json): ChatResponse | WireFailure {
  if (!isObject(body)) return plainFailure("malformed", `expected an answer of Converse, got ${kindOf(body)}`);
  const error = readAnyError(body);
  if (error !== null) return error;
  const message = membersOf(membersOf(body["output"])["message"]);
  if (!Array.isArray(message["content"])) return plainFailure("malformed", "expected a message with content, got none");
  const word = endingWord(body["stopReason"]);
  const endingError = word === null ? null : endingFailure(endings, word);
  if (endingError !== null) return endingError;
  return {
    id: "",
    model: "",
    created: null,
    choices: [{ ...decodeChoice(message, word), ...explanationIn(word, body["trace"]) }],
    usage: decodeUsage(body["usage"]),
    extras: { protocol: self, fields: {} },
  };
}

/** What a guardrail found is in the trace, if the operator asked for it. */
export function explanationIn(raw: string | null, trace: Json | undefined): { readonly explanation?: string } {
  const explanation = raw !== null && isBlocked(raw) ? readAssessment(trace) : undefined;
  return explanation === undefined ? {} : { explanation };
}

function decodeChoice(message: JsonObject, raw: string | null): Choice {
  const parts = objectsOf(message["content"]).flatMap((block) => [...lostInBlock(block), decodeBlock(block)]);
  const hasCalls = parts.some((part) => part.type === "tool-call");
  return {
    index: 0,
    parts,
    finish: raw === null ? null : decodeFinish(raw, hasCalls),
    rawFinish: raw,
    stopSequence: null,
    logprobs: null,
  };
}
