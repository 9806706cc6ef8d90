// Decodes a vendor's whole answer. It never throws: an invalid answer gives a WireFailure.
import type { ChatResponse, Part } from "../../../core/chat.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { placeCitations } from "../../shared/citations.ts";
import { readAnyError } from "../../shared/foreign-error.ts";
import { plainFailure } from "../../shared/error-answer.ts";
import { arrayOr, isArray, isObject, numberOr, stringOr } from "../../shared/read.ts";
import { brokenEnding, readFinish } from "./finish.ts";
import { decodeItems, outputLogprobs } from "./decode-output.ts";
import { ownState, self } from "../features/own-state.ts";
import { withSearches } from "../features/searches.ts";
import { readUsage } from "./usage.ts";

export function decodeResponse(body: Json): ChatResponse | WireFailure {
  const failed = responseFailure(body);
  if (failed !== null) return failed;
  if (!isObject(body) || !isArray(body["output"])) {
    return plainFailure("malformed", "the answer is not a response: it has no output");
  }
  const endingError = brokenEnding(body);
  if (endingError !== null) return endingError;
  const id = stringOr(body["id"], "");
  const output: readonly Json[] = body["output"];
  const parts: Part[] = [...placeCitations(decodeItems(output, id))];
  const ending = readFinish(body, parts.some(isCall));
  const status = stringOr(body["status"], "");
  // A background response that is still running has no content yet.
  if (ending === null) parts.push({ type: "foreign", state: ownState({ status }) });
  return {
    id,
    model: stringOr(body["model"], ""),
    created: numberOr(body["created_at"], null),
    choices: [
      {
        index: 0,
        parts,
        finish: ending?.reason ?? "stop",
        rawFinish: ending?.raw ?? status,
        stopSequence: null,
        logprobs: outputLogprobs(output),
      },
    ],
    usage: withSearches(readUsage(body["usage"]), body),
    // All of it: removing the known members costs more than half of the reading, and only the encoder needs them
    // removed.
    extras: { protocol: self, fields: body },
  };
}

function isCall(part: Part): boolean {
  return part.type === "tool-call";
}

/** The error in a 200 answer, or in the response that ends a stream; null if there is none. */
export function responseFailure(body: Json | undefined): WireFailure | null {
  const inBand = readAnyError(body);
  if (inBand !== null || !isObject(body)) return inBand;
  const { status } = body;
  if (status !== "failed" && status !== "cancelled") return null;
  const verdict = status === "cancelled" ? "cut" : "server_error";
  return plainFailure(verdict, `the vendor ended the answer with status "${status}"`);
}

/** The items of a response object at the end of a stream. */
export function outputOf(response: JsonObject): readonly Json[] {
  return arrayOr(response["output"], []);
}
