// A request of the target's own protocol as it came, with the route's params laid over it, read a member at a time: what
// a codec needs to tell whether the bytes can go as they are, without building the whole of it.
import type { Call } from "../core/exchange.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { RawMembers } from "../core/protocol.ts";

export function rawMembers(call: Call, params: JsonObject): RawMembers {
  const { body, fields } = call;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return {
    has: (name) => params[name] !== undefined || fields.has(name),
    read(name) {
      if (params[name] !== undefined) return params[name];
      const span = fields.get(name);
      return span === undefined ? undefined : parse(bytes.toString("utf8", span.start, span.end));
    },
    mentions(name, word) {
      if (params[name] !== undefined) return JSON.stringify(params[name]).includes(word);
      const span = fields.get(name);
      return span !== undefined && bytes.subarray(span.start, span.end).includes(word, 0, "latin1");
    },
  };
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
