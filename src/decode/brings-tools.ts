// Whether a request offers tools to the model, in the words of its protocol: what asks twice for a call could make something
// happen twice, and not every model takes them. Told from the bytes: nothing is parsed, since agents' tools are long.
import type { Ingress } from "../core/ingress.ts";
import type { FieldSpan } from "../core/exchange.ts";

/** Of all protocols: functions, tools of free text and those of the vendor's own stand there. */
const lists = ["tools", "functions"] as const;
const LIST = 0x5b;

export function bringsTools(
  { toolOffers }: Pick<Ingress, "toolOffers">,
  body: Uint8Array,
  fields: ReadonlyMap<string, FieldSpan>,
): boolean {
  for (const name of lists) {
    const span = fields.get(name);
    // `[]` and `null` are none.
    if (span !== undefined && span.end - span.start > 2 && body[span.start] === LIST) return true;
  }
  const list = toolOffers === undefined ? undefined : fields.get(toolOffers.member);
  if (toolOffers === undefined || list === undefined || body[list.start] !== LIST) return false;
  const bytes = Buffer.from(body.buffer, body.byteOffset + list.start, list.end - list.start);
  return toolOffers.words.some((word) => bytes.includes(word, 0, "latin1"));
}
