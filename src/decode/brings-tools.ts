// Whether a request offers tools to the model, in its protocol: asking twice for a call could cause side effects twice,
// and some models take no tools. Read from the bytes without parsing, because agents' tools are long.
import type { Ingress } from "../core/ingress.ts";
import type { FieldSpan } from "../core/exchange.ts";

/** For all protocols: functions, free-text tools and those of the vendor's own are there. */
const lists = ["tools", "functions"] as const;
const LIST = 0x5b;

export function bringsTools(
  { toolOffers }: Pick<Ingress, "toolOffers">,
  body: Uint8Array,
  fields: ReadonlyMap<string, FieldSpan>,
): boolean {
  for (const name of lists) {
    const span = fields.get(name);
    // `[]` and `null` do not count.
    if (span !== undefined && span.end - span.start > 2 && body[span.start] === LIST) return true;
  }
  const list = toolOffers === undefined ? undefined : fields.get(toolOffers.member);
  if (toolOffers === undefined || list === undefined || body[list.start] !== LIST) return false;
  const bytes = Buffer.from(body.buffer, body.byteOffset + list.start, list.end - list.start);
  return toolOffers.words.some((word) => bytes.includes(word, 0, "latin1"));
}
