// Finds the parts of a multipart form in the held beginning of its bytes: names, and where their values stand. It copies no
// value. A part whose end is not held has no value yet. Source: RFC 7578, and RFC 2046, section 5.1.
import type { FieldSpan } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import { viewBytes } from "../domain/view-bytes.ts";

/** A form of a vendor's service has fewer than twenty. */
const MOST_PARTS = 1_000;
const LONGEST_HEAD = 16 * 1024;

export interface FormPart extends FieldSpan {
  readonly name: string;
  /** Of a file; null: it is a field. */
  readonly file: { readonly name: string; readonly type: string } | null;
}

export interface Form {
  /** The first field of each name. */
  readonly fields: ReadonlyMap<string, FieldSpan>;
  /** All fields and files, in their order. */
  readonly parts: readonly FormPart[];
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
  const parts = partsFrom(body, body.indexOf(mark, first) + mark.length, mark);
  const fields = new Map<string, FieldSpan>();
  for (const { name, file, start, end } of parts)
    if (file === null && !fields.has(name)) fields.set(name, { start, end });
  return { fields, parts, boundary };
}

function boundaryOf(type: string): string | null {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/iu.exec(type) ?? [];
  return quoted ?? plain ?? null;
}

function partsFrom(body: Buffer, start: number, mark: string): FormPart[] {
  const parts: FormPart[] = [];
  const delimiter = Buffer.from(`\r\n${mark}`);
  let at = start;
  for (let count = 0; count < MOST_PARTS; count += 1) {
    const headEnd = body.indexOf("\r\n\r\n", at);
    // Two dashes end the form.
    if (headEnd === -1 || headEnd - at > LONGEST_HEAD || body.toString("latin1", at, at + 2) === "--") return parts;
    const end = body.indexOf(delimiter, headEnd + 2);
    if (end === -1) return parts;
    const head = partHead(body.toString("utf8", at, headEnd));
    if (head !== null) parts.push({ ...head, start: Math.min(headEnd + 4, end), end });
    at = end + delimiter.length;
  }
  return parts;
}

/** Null for a part without a name. */
function partHead(head: string): Pick<FormPart, "name" | "file"> | null {
  const [, disposition = ""] = /^content-disposition:([^\r\n]*)/imu.exec(head) ?? [];
  const [, quoted, plain] = /;\s*name=(?:"([^"]*)"|([^\s;"]+))/iu.exec(disposition) ?? [];
  const name = quoted ?? plain;
  if (name === undefined) return null;
  const [isFile, quotedFile, plainFile] = /;\s*filename\*?=(?:"([^"]*)"|([^\s;"]*))/iu.exec(disposition) ?? [];
  if (isFile === undefined) return { name, file: null };
  const [, type = ""] = /^content-type:\s*([^\r\n;]*)/imu.exec(head) ?? [];
  return { name, file: { name: quotedFile ?? plainFile ?? "", type: type.trim().toLowerCase() } };
}

function broken(words: string): GatewayFailure {
  const message = `The multipart form in the request cannot be read: ${words}.`;
  return new GatewayFailure(message, { code: "bad_request", status: 400, param: "content-type" });
}
