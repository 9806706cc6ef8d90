// A multipart form for a target: the fields, then the files, whose bytes are not copied. Source: RFC 7578.
import { createHash } from "node:crypto";
import type { Json, JsonObject } from "../core/json.ts";
import type { FormFile } from "../core/medium.ts";
import { viewBytes } from "../domain/view-bytes.ts";

export interface WrittenForm {
  readonly type: string;
  readonly body: readonly Uint8Array[];
}

export function writeForm(fields: JsonObject, files: readonly FormFile[]): WrittenForm {
  const texts = fieldsOf(fields);
  const boundary = boundaryFor(texts, files);
  const body: Uint8Array[] = [];
  const fieldParts = texts.map(([name, value]) => `--${boundary}\r\n${disposition(name)}\r\n\r\n${value}\r\n`);
  let before = fieldParts.join("");
  for (const { field, name, type, bytes } of files) {
    const head = `${disposition(field)}; filename="${quoted(name)}"\r\ncontent-type: ${oneLine(type)}`;
    body.push(Buffer.from(`${before}--${boundary}\r\n${head}\r\n\r\n`), bytes);
    before = "\r\n";
  }
  body.push(Buffer.from(`${before}--${boundary}--\r\n`));
  return { type: `multipart/form-data; boundary=${boundary}`, body };
}

/** A list is the field repeated, with brackets behind its name. */
function fieldsOf(fields: JsonObject): readonly (readonly [name: string, value: string])[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return (value as readonly Json[]).map((one) => [`${name}[]`, textOf(one)] as const);
    return [[name, textOf(value)] as const];
  });
}

function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The same for the same content, and in none of it. */
function boundaryFor(texts: readonly (readonly [string, string])[], files: readonly FormFile[]): string {
  const seed = JSON.stringify([texts, files.map(({ name, bytes }) => [name, bytes.byteLength])]);
  for (let count = 0; ; count += 1) {
    const hash = createHash("sha256").update(`${count} ${seed}`).digest("hex").slice(0, 32);
    const boundary = `understudy-${hash}`;
    const isWithin =
      texts.some(([, value]) => value.includes(boundary)) ||
      files.some(({ bytes }) => viewBytes(bytes).includes(boundary));
    if (!isWithin) return boundary;
  }
}

function disposition(name: string): string {
  return `content-disposition: form-data; name="${quoted(name)}"`;
}

/** As browsers escape them: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
function quoted(name: string): string {
  return name.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]/gu, "") || "application/octet-stream";
}
