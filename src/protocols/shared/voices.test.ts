import { expect, test } from "vitest";
import { voices as geminiVoices } from "../gemini-generate/features/voices.ts";
import { voices as openaiVoices } from "../openai-chat/features/voices.ts";
import { createReport } from "./report.ts";
import { voiceFor, voiceIn } from "./voices.ts";

const kinds = ["high", "low"].flatMap((register) =>
  ["bright", "calm", "firm", "soft"].map((mood) => `${register} ${mood}`),
);

test.each([openaiVoices, geminiVoices])("a table has a voice of each kind, and each voice once", (...table) => {
  const voices = table as unknown as typeof openaiVoices;
  expect(new Set(voices.map(([, register, mood]) => `${register} ${mood}`))).toEqual(new Set(kinds));
  expect(new Set(voices.map(([name]) => name)).size).toBe(voices.length);
});

test.each([
  ["alloy", "Erinome", "voice:alloy>Erinome"],
  ["ballad", "Algieba", "voice:ballad>Algieba"],
  ["kore", "Kore", undefined],
  ["nobody", "Kore", "voice:nobody>Kore"],
])("%s becomes %s", (name, expected, entry) => {
  const report = createReport();
  expect(voiceFor(geminiVoices, voiceIn(openaiVoices, name), report)).toBe(expected);
  expect(report.adapted[0]).toBe(entry);
});
