// Speech from text, in neutral form.
import type { Usage } from "./chat.ts";
import type { JsonObject } from "./json.ts";

export type SoundFormat = "mp3" | "opus" | "aac" | "flac" | "wav" | "pcm";

/** What a voice is like. Each protocol has a voice of each kind. */
export interface VoiceKind {
  readonly register: "high" | "low";
  readonly mood: "bright" | "calm" | "firm" | "soft";
}

export interface Voice {
  /** By the caller's name of it. */
  readonly name: string;
  /** Null: the caller's protocol has no such voice. */
  readonly kind: VoiceKind | null;
}

export interface SpeechRequest {
  /** The text to read. Never empty. */
  readonly text: string;
  /** Null leaves it to the vendor. */
  readonly voice: Voice | null;
  /** How to read it: tone, accent. */
  readonly instructions: string | null;
  readonly format: SoundFormat;
  /** 1 is usual. */
  readonly speed: number | null;
  /** As events. */
  readonly stream: boolean;
  /** The caller's other fields, by their wire names: dropped and reported across protocols. */
  readonly extras: JsonObject;
}

export interface SpeechResult {
  /** See `OperationResult`. */
  readonly model: string;
  readonly sound: Uint8Array;
  /** The sound's own format, whatever was asked for. */
  readonly format: SoundFormat;
  /** Samples per second: of `pcm` only, which is mono, 16 bit, little-endian. */
  readonly rate: number;
  readonly usage: Usage | null;
}
