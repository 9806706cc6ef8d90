// Multipart forms, as the fake vendors read them: all parts at once, from the whole body.
export interface FormFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface ReceivedForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, FormFile>>;
}

/** Undefined if the body is not a form. */
export function readForm(bytes: Uint8Array, contentType: string = ""): ReceivedForm | undefined {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [, quoted, plain] = /^multipart\/form-data;.*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return undefined;
  const fields: Record<string, string> = {};
  const files: Record<string, FormFile> = {};
  const mark = Buffer.from(`--${boundary}`);
  let at = body.indexOf(mark);
  while (at >= 0) {
    const headEnd = body.indexOf("\r\n\r\n", at);
    const end = headEnd < 0 ? -1 : body.indexOf(mark, headEnd);
    if (end < 0) break;
    const head = body.toString("utf8", at, headEnd);
    const bytes = body.subarray(headEnd + 4, end - 2);
    const name = (/\bname="([^"]*)"/i.exec(head)?.[1] ?? "").replace(/\[\]$/, "");
    const file = /filename="([^"]*)"/i.exec(head)?.[1];
    if (file === undefined) fields[name] = bytes.toString("utf8");
    else files[name] = { name: file, type: /content-type:\s*(\S+)/i.exec(head)?.[1] ?? "", bytes };
    at = end;
  }
  return { fields, files };
}
