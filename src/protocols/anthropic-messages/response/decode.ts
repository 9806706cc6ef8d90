// Decodes a vendor's whole answer. It never throws: an invalid answer is a failure as a value.
import type { ChatResponse, Choice, Part } from "../../../core/chat.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { lengthOf, placeCitations } from "../../shared/citations.ts";
import { endingFailure, endingWord } from "../../shared/endings.ts";
import { readForeignError } from "../../shared/foreign-error.ts";
import { isObject, kindOf, objectOr, stringOr } from "../../shared/read.ts";
import { decodeBlock, lostInBlock } from "./decode-blocks.ts";
import { readCitations } from "../features/citations.ts";
import { guardrailIn } from "../features/guardrail.ts";
import { inBandFailure, plainFailure } from "../failure/decode.ts";
import { decodeFinish, endings } from "./finish.ts";
import { objectsOf, self, without } from "../features/own-state.ts";
import { decodeUsage, usageExtras } from "./usage.ts";

const envelope = ["id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"];

export function decodeResponse(body: Json): ChatResponse | WireFailure {
  if (!isObject(body)) return plainFailure("malformed", `expected a message, got ${kindOf(body)}`);
  if (body["type"] === "error" || isObject(body["error"])) return inBandFailure(body);
  const foreign = readForeignError(body);
  if (foreign !== null) return foreign;
  if (!Array.isArray(body["content"])) return plainFailure("malformed", "expected a message with content, got none");
  const word = endingWord(body["stop_reason"]);
  const endingError = word === null ? null : endingFailure(endings, word);
  if (endingError !== null) return endingError;
  const usage = objectOr(body["usage"], null);
  const extra = usage === null ? {} : usageExtras(usage);
  return {
    id: stringOr(body["id"], ""),
    model: stringOr(body["model"], ""),
    created: null,
    choices: [decodeChoice(body)],
    usage: usage === null ? null : decodeUsage(usage),
    extras: {
      protocol: self,
      fields: { ...without(body, envelope), ...(Object.keys(extra).length > 0 ? { usage: extra } : {}) },
    },
  };
}

function decodeChoice(body: JsonObject): Choice {
  const parts = placeCitations(
    objectsOf(body["content"]).flatMap((block) => [...lostInBlock(block), cite(decodeBlock(block), block)]),
  );
  const raw = endingWord(body["stop_reason"]);
  const hasCalls = parts.some((part) => part.type === "tool-call");
  const intervention = guardrailIn(body);
  return {
    index: 0,
    parts,
    finish: raw === null ? null : intervention === null ? decodeFinish(raw, hasCalls) : "content_filter",
    ...intervention,
    rawFinish: raw,
    stopSequence: stringOr(body["stop_sequence"], null),
    logprobs: null,
  };
}

function cite(part: Part, block: JsonObject): Part {
  const citations = part.type === "text" ? readCitations(block["citations"], lengthOf(part.text)) : undefined;
  return part.type !== "text" || citations === undefined ? part : { ...part, citations };
}
