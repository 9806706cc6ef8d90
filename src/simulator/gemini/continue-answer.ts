// Answers of Gemini 4 in several requests: the client's token gives the position. Tokens of other requests are refused.
import type { Slice } from "../answers/slice-answer.ts";
import { asText, eitherCase, type JsonRecord } from "../json-record.ts";
import { hashText } from "../random.ts";
import type { AnswerWish } from "../vocabulary.ts";
import { Complaint } from "./envelope.ts";
import type { ModelTraits } from "./models.ts";

/** Undefined: the answer comes in one piece. */
export function continuedAnswer(body: JsonRecord, wish: AnswerWish, { generation }: ModelTraits): Slice | undefined {
  const token = asText(eitherCase(body, "continuationToken"));
  if (token !== undefined) return readToken(token, body);
  return generation >= 4 && wish.pauses !== undefined ? { at: 0, of: wish.pauses + 1 } : undefined;
}

/** The token that returns the part after this one. */
export function tokenAfter({ at, of }: Slice, body: JsonRecord): string {
  return Buffer.from(`${at + 1}/${of}/${promptOf(body)}`).toString("base64");
}

function readToken(token: string, body: JsonRecord): Slice {
  const [at, of, prompt] = Buffer.from(token, "base64").toString().split("/");
  if (Number(at) >= 1 && Number(of) > Number(at) && prompt === String(promptOf(body)))
    return { at: Number(at), of: Number(of) };
  throw new Complaint("Invalid continuation token. Send it with the request that it was given for.");
}

/** The conversation must be the same. */
function promptOf(body: JsonRecord): number {
  return hashText(JSON.stringify([body["contents"], eitherCase(body, "systemInstruction")]));
}
