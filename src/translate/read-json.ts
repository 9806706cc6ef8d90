// The JSON of a whole answer. It checks the form and limits the size. A body that was cut off is not valid JSON,
// so it never counts as an answer.
import type { AttemptRecord } from "../core/attempt-record.ts";
import type { WireFailure } from "../core/failure.ts";
import type { Json } from "../core/json.ts";
import type { InboundResponse } from "../core/transport.ts";
import { parseAnswer } from "../domain/parse-body.ts";
import { MOST_ANSWER, readAll } from "../domain/read-all.ts";
import type { AnswerForm } from "./answer-form.ts";
import { plainFailure } from "./failures.ts";
import { type AnswerCodec, type ErrorReader, wrongType } from "./read-error.ts";

export interface ReadJson {
  readonly bytes: Uint8Array;
  readonly body: Json;
}

export interface JsonAnswer {
  readonly attempt: AttemptRecord;
  readonly codec: AnswerCodec;
  /** By its first bytes. The content type counts only if they say nothing. */
  readonly form: AnswerForm["form"];
}

/** Not an async function: every whole answer comes through it. */
export function readJson(
  reader: ErrorReader,
  response: InboundResponse,
  { attempt, codec, form }: JsonAnswer,
): Promise<ReadJson | WireFailure> {
  const type = mediaTypeOf(response);
  if (
    form !== "document" &&
    type !== "" &&
    type !== "application/json" &&
    !/^application\/([\w.-]+\+)?json\b/iu.test(type)
  )
    return wrongType(reader, response, { type, codec });
  const { status } = response;
  return readAll(response.body, MOST_ANSWER).then(
    (bytes): ReadJson | WireFailure => {
      attempt.bytesIn = bytes.byteLength;
      const body = parseAnswer(bytes);
      return body === undefined ? plainFailure("malformed", "the answer is not valid JSON", status) : { bytes, body };
    },
    (error: unknown) => tooLarge(error, status),
  );
}

/** The failure of an answer beyond the limit of `readAll`. Any other error is thrown again. */
export function tooLarge(error: unknown, status: number): WireFailure {
  if (!(error instanceof RangeError)) throw error;
  return plainFailure("malformed", `the answer is too large: ${error.message}`, status);
}

/** Lower-cased; empty if the vendor does not send it. */
export function mediaTypeOf({ headers }: InboundResponse): string {
  return (headers["content-type"] ?? "").toLowerCase();
}
