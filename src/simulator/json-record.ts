// Typed readers for outside input, mostly JSON: each returns the value in its type, or undefined. Never throws.

export type JsonRecord = Record<string, unknown>;

export function asRecord(value: unknown): JsonRecord | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonRecord) : undefined;
}

export function asList(value: unknown): unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** The objects in a list; empty if it is not a list. */
export function recordsOf(value: unknown): JsonRecord[] {
  return (asList(value) ?? []).map((member) => asRecord(member) ?? {});
}

export function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function asNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A member by its name in snake_case or camelCase: some vendors accept both. */
export function eitherCase(record: JsonRecord, camelCase: string): unknown {
  return record[camelCase] ?? record[toSnakeCase(camelCase)];
}

export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The type of a JSON value, in the vendors' terms. */
export function nameOfType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "decimal";
  return typeof value === "object" ? "object" : typeof value;
}

/** The value in an error message: a string unchanged, everything else as JSON. */
export function show(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
}

/** A percent-decoded part of a path; unchanged if it is invalid. */
export function decodePathPiece(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}

/** The offset of a lone surrogate in JSON text; undefined if there is none. */
export function loneSurrogateIn(text: string): number | undefined {
  if (!/\\ud/iu.test(text)) return undefined;
  let high: number | undefined;
  for (const escape of text.matchAll(/\\(?:u([0-9a-f]{4})|[^])/giu)) {
    const unit = Number.parseInt(escape[1] ?? "0", 16);
    const isLow = unit >= 0xdc00 && unit <= 0xdfff;
    if (high !== undefined && !(isLow && escape.index === high + 6)) return high;
    if (high === undefined && isLow) return escape.index;
    high = unit >= 0xd800 && unit < 0xdc00 ? escape.index : undefined;
  }
  return high;
}
