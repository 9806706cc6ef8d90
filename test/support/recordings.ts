// Reads recorded vendor traffic, if present: `../shared/recordings/<api>/*.json`, one exchange per file. Data only,
// read in place; without it, tests that need it skip with a message.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { SseFrame } from "../../src/core/protocol.ts";
import { eventsOfBinary } from "./event-stream.ts";
import { createSseParser } from "../../src/domain/sse.ts";

/** One exchange with a vendor. */
export interface Recording {
  readonly id: string;
  readonly provider: string;
  readonly api: string;
  readonly model: string | null;
  readonly stream: boolean;
  readonly fidelity: readonly string[];
  readonly features: readonly string[];
  readonly request: { readonly url: string; readonly body: JsonObject | null };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: Json;
    /** Server-sent events, or raw text. */
    readonly bodyText?: string;
  };
}

const root = fileURLToPath(new URL("../../../shared/recordings/", import.meta.url));

/** Why tests on recordings are skipped; empty if they run. */
export const recordingsMissing: string = existsSync(root)
  ? ""
  : "recorded traffic is not present at ../shared/recordings";

/** All exchanges of an API, by id; none if the recordings are absent. */
export function readRecordings(api: string): Recording[] {
  if (recordingsMissing !== "") return [];
  const folder = `${root}${api}/`;
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return names.toSorted().map((name) => withText(JSON.parse(readFileSync(folder + name, "utf8")) as BinaryRecording));
}

type BinaryRecording = Recording & { readonly response: { readonly bodyBase64?: string } };

/** Binary frames as server-sent events, which is how the gateway reads them, too. */
function withText(recording: BinaryRecording): Recording {
  const { bodyBase64 } = recording.response;
  if (bodyBase64 === undefined) return recording;
  return {
    ...recording,
    response: { ...recording.response, bodyText: eventsOfBinary(Buffer.from(bodyBase64, "base64")) },
  };
}

/** The answer's text on the wire. */
export function bodyText(recording: Recording): string {
  const { body, bodyText: text } = recording.response;
  return text ?? JSON.stringify(body ?? null);
}

/** The events of a recorded stream. */
export function framesOf(text: string): SseFrame[] {
  const parser = createSseParser();
  const { frames } = parser.push(new TextEncoder().encode(text));
  return [...frames, ...parser.end().frames].map(({ event, data }) => ({ event, data }));
}
