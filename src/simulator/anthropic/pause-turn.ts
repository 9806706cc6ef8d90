// Turns that the vendor's own tools make long: they end with `pause_turn` after a call of such a tool, and continue if
// that turn is sent back unchanged, with the call's result and the rest. Other turns never pause.
import type { Slice } from "../answers/slice-answer.ts";
import { asText, recordsOf, type JsonRecord } from "../json-record.ts";
import { BASE_58, type Random } from "../random.ts";
import type { AnswerWish } from "../vocabulary.ts";

export interface Pause {
  readonly slice: Slice;
  /** The vendor's tool. */
  readonly tool: string;
  /** The call whose result this answer begins with. */
  readonly open: string | undefined;
}

/** Undefined: the turn comes in one piece. */
export function turnPauseFor(body: JsonRecord, wish: AnswerWish): Pause | undefined {
  const tool = recordsOf(body["tools"]).find(({ type }) => type !== undefined && type !== "custom");
  if (tool === undefined) return undefined;
  const name = asText(tool["name"]) ?? "web_search";
  const open = openCall(body);
  const [, at, of] = /^srvtoolu_(\d+)of(\d+)x/.exec(open ?? "") ?? [];
  if (at !== undefined && of !== undefined) return { slice: { at: Number(at), of: Number(of) }, tool: name, open };
  return wish.pauses === undefined ? undefined : { slice: { at: 0, of: wish.pauses + 1 }, tool: name, open: undefined };
}

/** The id of the tool call at the end of this part. */
export function callId({ at, of }: Slice, random: Random): string {
  return `srvtoolu_${at + 1}of${of}x${random.characters(16, BASE_58)}`;
}

/** The last call of a turn that is sent back. */
export function openCall(body: JsonRecord): string | undefined {
  const last = recordsOf(body["messages"]).at(-1);
  const block = recordsOf(last?.["content"]).at(-1);
  return last?.["role"] === "assistant" && block?.["type"] === "server_tool_use" ? asText(block["id"]) : undefined;
}
