// Voices by what they are like, so that a protocol's table has its own voices only, and any two of them meet. It must never
// change a voice that the target has.
import type { Voice, VoiceKind } from "../../core/speech.ts";
import type { Report } from "./report.ts";

export type VoiceTable = readonly (readonly [name: string, register: VoiceKind["register"], mood: VoiceKind["mood"]])[];

/** A client's voice. */
export function voiceIn(table: VoiceTable, name: string): Voice {
  const entry = entryOf(table, name);
  return { name, kind: entry === undefined ? null : { register: entry[1], mood: entry[2] } };
}

/** The target's voice, and the report of a change. The first of its table if nothing is known of the caller's. */
export function voiceFor(table: VoiceTable, { name, kind }: Voice, report: Report): string {
  const own = entryOf(table, name);
  if (own !== undefined) return own[0];
  const alike = table.find(([, register, mood]) => register === kind?.register && mood === kind.mood) ?? table[0];
  const [ownName = ""] = alike ?? [];
  report.adapt("voice", name.slice(0, 64), ownName);
  return ownName;
}

function entryOf(table: VoiceTable, name: string): VoiceTable[number] | undefined {
  const lower = name.toLowerCase();
  return table.find(([own]) => own.toLowerCase() === lower);
}
