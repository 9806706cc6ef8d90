// Changes top-level members in the bytes of a JSON object and keeps every other byte: order, whitespace, unknown
// members and number spellings reach the vendor as the caller wrote them.
import { viewBytes } from "../domain/view-bytes.ts";
import type { FieldSpan } from "../core/exchange.ts";
import type { JsonObject } from "../core/json.ts";

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** From this size on, a changed body is sent in pieces instead of copied; below, one write is cheaper. */
export const IN_PIECES: number = 64 * 1024;

/** `bytes` with the members of `changes` set; new members come first. */
export function spliceFields(
  bytes: Uint8Array,
  fields: ReadonlyMap<string, FieldSpan>,
  changes: JsonObject,
): Uint8Array | readonly Uint8Array[] {
  const edits: Edit[] = [];
  const added: string[] = [];
  for (const name in changes) {
    const value = changes[name];
    if (value === undefined) continue;
    const span = fields.get(name);
    if (span) edits.push({ start: span.start, end: span.end, text: JSON.stringify(value) });
    else added.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
  }
  if (added.length > 0) {
    const open = bytes.indexOf(123) + 1;
    edits.push({ start: open, end: open, text: added.join(",") + (fields.size > 0 ? "," : "") });
  }
  if (edits.length > 1) edits.sort((one, other) => one.start - other.start);
  return apply(bytes, edits);
}

function apply(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array | readonly Uint8Array[] {
  if (edits.length === 0) return bytes;
  return bytes.byteLength < IN_PIECES ? copyWith(bytes, edits) : piecesWith(bytes, edits);
}

function piecesWith(bytes: Uint8Array, edits: readonly Edit[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let read = 0;
  for (const edit of edits) {
    if (edit.start > read) pieces.push(bytes.subarray(read, edit.start));
    pieces.push(Buffer.from(edit.text));
    read = edit.end;
  }
  if (read < bytes.byteLength) pieces.push(bytes.subarray(read));
  return pieces;
}

function copyWith(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const source = viewBytes(bytes);
  let size = bytes.byteLength;
  for (const edit of edits) size += Buffer.byteLength(edit.text) - (edit.end - edit.start);
  const result = Buffer.allocUnsafe(size);
  let read = 0;
  let written = 0;
  for (const edit of edits) {
    written += source.copy(result, written, read, edit.start);
    written += result.write(edit.text, written);
    read = edit.end;
  }
  source.copy(result, written, read);
  return result;
}
