// Documents and videos as Converse names them: by a format, and a document by a name of few characters, once in a request.
// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html

const formats: ReadonlyMap<string, string> = new Map([
  ["application/pdf", "pdf"],
  ["text/csv", "csv"],
  ["application/msword", "doc"],
  ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"],
  ["application/vnd.ms-excel", "xls"],
  ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"],
  ["text/html", "html"],
  ["text/markdown", "md"],
]);

export const videoFormats: ReadonlyMap<string, string> = new Map([
  ["video/mp4", "mp4"],
  ["video/quicktime", "mov"],
  ["video/x-matroska", "mkv"],
  ["video/webm", "webm"],
  ["video/mpeg", "mpeg"],
  ["video/x-ms-wmv", "wmv"],
  ["video/3gpp", "three_gp"],
]);

/** Any other text is `txt`; null: no document of a kind that it reads. */
export function documentFormat(mediaType: string): string | null {
  const isText = mediaType.startsWith("text/") || mediaType === "application/json" || mediaType === "application/xml";
  return formats.get(mediaType) ?? (isText ? "txt" : null);
}

const MOST = 200;

export class DocumentNames {
  readonly #names = new Set<string>();

  /** A name that it takes and that no other document has. `changed`: a name that the caller gave differs. */
  fit(name: string | null, changed: (from: string, to: string) => void): string {
    const plain = (name ?? "document")
      .replaceAll(/[^\p{L}\p{N}\s()[\]-]/gu, "-")
      .replaceAll(/[^A-Za-z0-9\s()[\]-]/gu, "-")
      .replaceAll(/\s+/gu, " ")
      .trim()
      .slice(0, MOST - 8);
    const base = plain === "" ? "document" : plain;
    let fittingName = base;
    for (let count = 2; this.#names.has(fittingName); count += 1) fittingName = `${base} (${count})`;
    this.#names.add(fittingName);
    if (name !== null && fittingName !== name) changed(name, fittingName);
    return fittingName;
  }
}
