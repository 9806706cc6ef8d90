// Decompresses a request body, so that the later stages see JSON. The decompressed size has the same limit as a plain
// body, whatever the compressed size: a zip bomb must not fill the memory.
import { promisify } from "node:util";
// As a whole: an old Node has no zstd, and a missing name would be its SyntaxError before check-node.ts can speak.
import zlib, { type InputType } from "node:zlib";
import { GatewayFailure } from "../core/failure.ts";

type Decode = (body: InputType, options: { readonly maxOutputLength: number }) => Promise<Uint8Array>;

const decoders: Readonly<Record<string, Decode>> = {
  gzip: promisify(zlib.gunzip),
  "x-gzip": promisify(zlib.gunzip),
  deflate: promisify(zlib.inflate),
  br: promisify(zlib.brotliDecompress),
  zstd: promisify(zlib.zstdDecompress),
};
/** Nobody encodes more than twice. */
const MOST_ENCODINGS = 2;

/** Throws GatewayFailure: 415 for an unknown encoding, 413 if the decoded body is too large, 400 if it is broken. */
export async function decodeBody(body: Uint8Array, encoding: string, limit: number): Promise<Uint8Array> {
  const names = encoding
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  let decoded = body;
  for (const name of names.toReversed()) {
    const decode = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
    if (decode === undefined || names.length > MOST_ENCODINGS) throw unknownEncoding(encoding);
    decoded = await decodeOne(decoded, { name, decode, limit });
  }
  return decoded;
}

async function decodeOne(
  body: Uint8Array,
  { name, decode, limit }: { readonly name: string; readonly decode: Decode; readonly limit: number },
): Promise<Uint8Array> {
  try {
    return await decode(body, { maxOutputLength: Math.max(1, limit) });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(limit);
    throw new GatewayFailure(`the request body is not valid ${name}, its content-encoding`, {
      code: "bad_request",
      status: 400,
      param: "content-encoding",
      cause,
    });
  }
}

/** For a body in any encoding. `limit`: bytes. */
export function tooLarge(limit: number): GatewayFailure {
  return new GatewayFailure(
    `the request body is larger than ${limit} bytes; send less, or raise server.max_body in the gateway's configuration`,
    { code: "request_too_large", status: 413 },
  );
}

function unknownEncoding(encoding: string): GatewayFailure {
  const hint = "send it plain, or as gzip, deflate, br or zstd";
  return new GatewayFailure(
    `the request body has the content-encoding "${encoding.slice(0, 80)}", which this gateway does not support; ${hint}`,
    { code: "bad_request", status: 415, param: "content-encoding" },
  );
}
