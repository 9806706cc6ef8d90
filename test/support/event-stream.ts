// Recorded streams of Amazon's binary framing as server-sent events, with the same names and data.
import { EventStreamCodec } from "@smithy/eventstream-codec";

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString(),
  (text) => Buffer.from(text),
);

/** `bytes`: whole frames. */
export function eventsOfBinary(bytes: Buffer): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const end = at + bytes.readUInt32BE(at);
    const { headers, body } = codec.decode(bytes.subarray(at, end));
    const event = String(headers[":event-type"]?.value);
    text += event === "chunk" ? chunkOf(Buffer.from(body).toString()) : eventText(event, Buffer.from(body).toString());
    at = end;
  }
  return text;
}

function chunkOf(payload: string): string {
  const { bytes } = JSON.parse(payload) as { readonly bytes: string };
  const data = Buffer.from(bytes, "base64").toString();
  return eventText((JSON.parse(data) as { readonly type: string }).type, data);
}

function eventText(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}
