// A whole completion, from a vendor and to a client. A client gets only the text: the format has no field for calls or
// reasoning, and the request asked for none.
import type { ChatResponse, Choice, Part } from "../../../core/chat.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { StreamOptions } from "../../../core/protocol.ts";
import { endingWord } from "../../shared/endings.ts";
import { readAnyError } from "../../shared/foreign-error.ts";
import { plainFailure } from "../../shared/error-answer.ts";
import { isArray, isObject, numberOr, stringOr } from "../../shared/read.ts";
import { readFinish, writeFinish } from "../response/finish.ts";
import { choiceFailure } from "../response/decode.ts";
import { readUsage, writeUsage } from "../response/usage.ts";
import { readLogprobs, writeLogprobs } from "./logprobs.ts";

const envelope: ReadonlySet<string> = new Set(["id", "object", "created", "model", "choices"]);

export function decodeResponse(body: Json): ChatResponse | WireFailure {
  const inBand = readAnyError(body);
  if (inBand !== null) return inBand;
  if (!isObject(body) || !isArray(body["choices"]))
    return plainFailure("malformed", "the answer is not a completion: it has no choices");
  const choices: Choice[] = [];
  for (const [position, choice] of body["choices"].entries()) {
    if (!isObject(choice)) continue;
    const failed = choiceFailure(choice);
    if (failed !== null) return failed;
    choices.push(decodeChoice(choice, position));
  }
  if (choices.length === 0) return plainFailure("empty", "the answer has no choice");
  const fields: MutableJson = {};
  for (const key in body) if (body[key] !== null && !envelope.has(key)) fields[key] = body[key];
  return {
    id: stringOr(body["id"], ""),
    model: stringOr(body["model"], ""),
    created: numberOr(body["created"], null),
    choices,
    usage: readUsage(body["usage"]),
    extras: { protocol: "openai-completions", fields },
  };
}

function decodeChoice(choice: JsonObject, position: number): Choice {
  const text = stringOr(choice["text"], "");
  const raw = endingWord(choice["finish_reason"]);
  return {
    index: numberOr(choice["index"], position),
    parts: text === "" ? [] : [{ type: "text", text }],
    finish: raw === null ? null : readFinish(raw, false),
    rawFinish: raw,
    stopSequence: stringOr(choice["stop_reason"], null),
    logprobs: readLogprobs(choice["logprobs"]),
  };
}

export function encodeResponse(response: ChatResponse, options: StreamOptions): JsonObject {
  const usage = writeUsage(response.usage);
  const body: MutableJson = {
    id: completionId(response.id, options),
    object: "text_completion",
    created: response.created ?? options.created,
    model: response.model,
    choices: response.choices.map((choice) => ({
      text: choice.parts.map(textOf).join(""),
      index: choice.index,
      logprobs: writeLogprobs(choice.logprobs, 0),
      finish_reason: choice.finish === null ? null : finishWord(choice.finish),
    })),
  };
  if (usage !== null) body["usage"] = usage;
  return body;
}

/** A refusal is text of the model. */
function textOf(part: Part): string {
  return part.type === "text" || part.type === "refusal" ? part.text : "";
}

export function finishWord(reason: NonNullable<Choice["finish"]>): string {
  const word = writeFinish(reason, { hasCalls: false, legacy: false });
  return word === "tool_calls" ? "stop" : word;
}

/** The vendor's own id if it has the format of a completion's, otherwise the gateway's. */
export function completionId(id: string, options: Pick<StreamOptions, "id">): string {
  return id.startsWith("cmpl-") ? id : options.id;
}
