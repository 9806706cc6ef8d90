// OpenAI's voices. Names from the type of the speech request in `openai` 7.57; what they are like: its guide "Text to speech".
import type { VoiceTable } from "../../shared/voices.ts";

export const voices: VoiceTable = [
  ["alloy", "high", "calm"],
  ["nova", "high", "bright"],
  ["coral", "high", "bright"],
  ["sage", "high", "firm"],
  ["shimmer", "high", "soft"],
  ["marin", "high", "soft"],
  ["echo", "low", "calm"],
  ["cedar", "low", "calm"],
  ["fable", "low", "bright"],
  ["verse", "low", "bright"],
  ["onyx", "low", "firm"],
  ["ash", "low", "firm"],
  ["ballad", "low", "soft"],
];
