// Finds the fields of a multipart form in the held beginning of its bytes: names, and where their values stand. It copies no
// value, and skips files. A part whose end is not held has no value yet. Source: RFC 7578, and RFC 2046, section 5.1.
import type { FieldSpan } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import { viewBytes } from "../domain/view-bytes.ts";

/** A form of a vendor's service has fewer than twenty. */
const MOST_PARTS = 1_000;
const LONGEST_HEAD = 16 * 1024;

export interface Form {
  readonly fields: ReadonlyMap<string, FieldSpan>;
  /** Between two parts. */
  readonly boundary: string;
}

/** Null: not a multipart form. Throws GatewayFailure(`bad_request`, 400) for a form without a boundary. */
export function formFields(bytes: Uint8Array, type: string): Form | null {
  if (!/^\s*multipart\/form-data\b/iu.test(type)) return null;
  const boundary = boundaryOf(type);
  if (boundary === null)
    throw broken(`its content-type has no boundary; let your HTTP library write that header ("${type.slice(0, 80)}")`);
  const body = viewBytes(bytes);
  const mark = `--${boundary}`;
  const first = body.subarray(0, mark.length).equals(Buffer.from(mark)) ? 0 : body.indexOf(`\r\n${mark}`);
  if (first === -1) throw broken("it does not begin with the boundary of its content-type");
  return { fields: fieldsFrom(body, body.indexOf(mark, first) + mark.length, mark), boundary };
}

function boundaryOf(type: string): string | null {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/iu.exec(type) ?? [];
  return quoted ?? plain ?? null;
}

function fieldsFrom(body: Buffer, start: number, mark: string): Map<string, FieldSpan> {
  const fields = new Map<string, FieldSpan>();
  const delimiter = Buffer.from(`\r\n${mark}`);
  let at = start;
  for (let count = 0; count < MOST_PARTS; count += 1) {
    const headEnd = body.indexOf("\r\n\r\n", at);
    // Two dashes end the form.
    if (headEnd === -1 || headEnd - at > LONGEST_HEAD || body.toString("latin1", at, at + 2) === "--") return fields;
    const end = body.indexOf(delimiter, headEnd + 2);
    if (end === -1) return fields;
    const name = fieldName(body.toString("utf8", at, headEnd));
    if (name !== null && !fields.has(name)) fields.set(name, { start: Math.min(headEnd + 4, end), end });
    at = end + delimiter.length;
  }
  return fields;
}

/** Null for a file. */
function fieldName(head: string): string | null {
  const [, disposition = ""] = /^content-disposition:([^\r\n]*)/imu.exec(head) ?? [];
  if (/;\s*filename\*?=/iu.test(disposition)) return null;
  const [, quoted, plain] = /;\s*name=(?:"([^"]*)"|([^\s;"]+))/iu.exec(disposition) ?? [];
  return quoted ?? plain ?? null;
}

function broken(words: string): GatewayFailure {
  const message = `The multipart form in the request cannot be read: ${words}.`;
  return new GatewayFailure(message, { code: "bad_request", status: 400, param: "content-type" });
}
