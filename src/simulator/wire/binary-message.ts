// Amazon's event stream as the fake service writes it: each message with its headers, its payload and two checksums
// (docs.aws.amazon.com/AmazonS3/latest/API, "Appendix: event stream encoding"). Written by hand, so that the gateway's
// reader is tested against another hand.
import { crc32 } from "node:zlib";

export interface BinaryMessage {
  /** All of them are strings. */
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
}

const STRING = 7;

export function encodeBinaryMessage({ headers, payload }: BinaryMessage): Uint8Array {
  const headerBytes = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)));
  const body = Buffer.from(payload);
  const total = 12 + headerBytes.length + body.length + 4;
  const lengths = Buffer.concat([inFourBytes(total), inFourBytes(headerBytes.length)]);
  const message = Buffer.concat([lengths, inFourBytes(crc32(lengths)), headerBytes, body]);
  return Buffer.concat([message, inFourBytes(crc32(message))]);
}

function encodeHeader(name: string, value: string): Buffer {
  const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)];
  const length = Buffer.alloc(2);
  length.writeUInt16BE(valueBytes.length);
  return Buffer.concat([Buffer.from([nameBytes.length]), nameBytes, Buffer.from([STRING]), length, valueBytes]);
}

function inFourBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
