// Whether a request offers tools to the model, in the words of its protocol: what asks twice for a call could make something
// happen twice, and not every model takes them. Told from the bytes: nothing is parsed, since agents' tools are long.
import type { ProtocolName } from "../core/chat.ts";
import type { FieldSpan } from "../core/exchange.ts";

/** Of all protocols: functions, tools of free text and those of the vendor's own stand there. */
const lists = ["tools", "functions"] as const;
/** Items of a Responses input that offer tools, quoted: never found inside a text, where quotes are escaped. */
const offers = ['"additional_tools"', '"tool_search_output"'] as const;
const LIST = 0x5b;

export function bringsTools(protocol: ProtocolName, body: Uint8Array, fields: ReadonlyMap<string, FieldSpan>): boolean {
  for (const name of lists) {
    const span = fields.get(name);
    // `[]` and `null` are none.
    if (span !== undefined && span.end - span.start > 2 && body[span.start] === LIST) return true;
  }
  const input = protocol === "openai-responses" ? fields.get("input") : undefined;
  if (input === undefined || body[input.start] !== LIST) return false;
  const bytes = Buffer.from(body.buffer, body.byteOffset + input.start, input.end - input.start);
  return offers.some((word) => bytes.includes(word, 0, "latin1"));
}
