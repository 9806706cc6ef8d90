// Processes an answer after its codec: restores the caller's own names of its tools, and stores the answer's state. If
// neither is needed, it adds no layer.
import type { ChatResponse, Part } from "../core/chat.ts";
import type { StreamEvent } from "../core/event.ts";
import type { JsonObject } from "../core/json.ts";
import type { StreamDecoder } from "../core/protocol.ts";
import { writeJson } from "../domain/write-json.ts";
import type { StateReader } from "./state-keeper.ts";

export interface AnswerReading {
  /** From the names on the wire to the caller's names. */
  readonly names?: ReadonlyMap<string, string> | undefined;
  readonly state: StateReader | null;
}

export function readStream(decoder: StreamDecoder, { names, state }: AnswerReading): StreamDecoder {
  if (names === undefined && state === null) return decoder;
  const read = (events: readonly StreamEvent[]): readonly StreamEvent[] => {
    const renamedEvents = names === undefined ? events : events.map((event) => renameEvent(event, names));
    if (state !== null) for (const event of renamedEvents) state.take(event);
    return renamedEvents;
  };
  return {
    step: (frame) => read(decoder.step(frame)),
    mend: () => decoder.mend?.() ?? null,
    end: () => read(decoder.end()),
  };
}

export function readWhole(response: ChatResponse, { names, state }: AnswerReading): ChatResponse {
  const renamedResponse = names === undefined ? response : renameResponse(response, names);
  state?.takeWhole(renamedResponse);
  return renamedResponse;
}

/** What clients of the vendor's own protocol get: its bytes, unless they could not read them. */
export function ownBytes(bytes: Uint8Array, mended: JsonObject | null | undefined): Uint8Array {
  return mended === null || mended === undefined ? bytes : Buffer.from(writeJson(mended));
}

function renameEvent(event: StreamEvent, names: ReadonlyMap<string, string>): StreamEvent {
  if (event.type === "tool-start") return { ...event, name: names.get(event.name) ?? event.name };
  return event.type === "part" ? { ...event, part: renamePart(event.part, names) } : event;
}

function renameResponse(response: ChatResponse, names: ReadonlyMap<string, string>): ChatResponse {
  const choices = response.choices.map((choice) => ({
    ...choice,
    parts: choice.parts.map((part) => renamePart(part, names)),
  }));
  return { ...response, choices };
}

function renamePart(part: Part, names: ReadonlyMap<string, string>): Part {
  return part.type === "tool-call" ? { ...part, name: names.get(part.name) ?? part.name } : part;
}
