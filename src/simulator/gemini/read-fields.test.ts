// What Gemini's JSON takes and refuses by the kind of a field: a lone value for a list, but no list for a lone value.
import { expect, test } from "vitest";
import { readFields } from "./read-fields.ts";

const complaintOf = (body: Record<string, unknown>): string => {
  try {
    readFields(body);
    return "taken";
  } catch (error) {
    return (error as Error).message;
  }
};
const contents = [{ role: "user", parts: [{ text: "Hi" }] }];

test("a lone value where a list is due is a list of one", () => {
  expect(
    readFields({
      contents: { role: "user", parts: { text: "Hi" } },
      system_instruction: { parts: { text: "Be brief." } },
      tools: { functionDeclarations: { name: "f" } },
      generationConfig: { stopSequences: "x" },
    }),
  ).toEqual({
    contents,
    system_instruction: { parts: [{ text: "Be brief." }] },
    tools: [{ functionDeclarations: [{ name: "f" }] }],
    generationConfig: { stopSequences: ["x"] },
  });
});

test("null is nothing, numbers may be texts, and what has no kind here stays", () => {
  const body = {
    contents,
    generationConfig: { temperature: "0.5", maxOutputTokens: "9", seed: null, speechConfig: [1] },
  };
  expect(readFields(body)).toEqual(body);
});

test.each([
  [
    { systemInstruction: [{ parts: [] }] },
    'Unknown name "systemInstruction": Proto field is not repeating, cannot start list.',
  ],
  [
    { contents, generation_config: { top_p: [0.5] } },
    `Unknown name "top_p" at 'generation_config': Proto field is not repeating, cannot start list.`,
  ],
  [
    { contents: ["Hi"] },
    `Invalid value at 'contents[0]' (type.googleapis.com/google.ai.generativelanguage.v1beta.Content), "Hi"`,
  ],
  [{ contents: [{ parts: [{ text: 5 }] }] }, "Invalid value at 'contents[0].parts[0].text' (TYPE_STRING), 5"],
  [
    { contents: [{ parts: [{ text: "a", thought: "yes" }] }] },
    `Invalid value at 'contents[0].parts[0].thought' (TYPE_BOOL), "yes"`,
  ],
  [
    { generationConfig: { temperature: "hot" } },
    `Invalid value at 'generation_config.temperature' (TYPE_FLOAT), "hot"`,
  ],
  [
    { generationConfig: { maxOutputTokens: 1.5 } },
    "Invalid value at 'generation_config.max_output_tokens' (TYPE_INT32), 1.5",
  ],
  [
    { generationConfig: { stopSequences: [{}] } },
    "Invalid value at 'generation_config' (stop_sequences), Starting an object on a scalar field",
  ],
])("%j: %s", (body, expected) => {
  expect(complaintOf(body)).toContain(expected);
});
