// Recorded traffic of the real vendors, if present: the simulator's answers are compared with it.
import { existsSync, readdirSync, readFileSync } from "node:fs";

import { asRecord, type JsonRecord } from "./json-record.ts";

const root = new URL("../../../shared/recordings/", import.meta.url);

export interface Recording {
  readonly id: string;
  readonly request: { readonly body: JsonRecord | null; readonly url: string };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly bodyText?: string;
  };
  readonly stream: boolean;
  readonly features: readonly string[];
}

/** Exact recordings of one vendor's API whose name contains the text; undefined if this machine has none. */
export function recordings(api: string, vendor: string, contains: string = ""): Recording[] | undefined {
  const folder = new URL(`${api}/`, root);
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${api}.${vendor}.`) && name.includes(contains))
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Recording);
}

/** Every path of keys in a JSON value; list members share one path. */
export function shapeOf(value: unknown, path: string = ""): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((member) => shapeOf(member, `${path}[]`)))];
  const record = asRecord(value);
  if (record === undefined) return [path];
  return [path, ...Object.entries(record).flatMap(([key, member]) => shapeOf(member, `${path}.${key}`))];
}
