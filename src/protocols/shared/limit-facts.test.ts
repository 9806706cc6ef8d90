// The lists in which vendors name their models, as recorded, and the forms of hosts that have no recording: what is known of
// limits, modalities and abilities, and that nothing is guessed.
import { describe, expect, test } from "vitest";
import { readRecordings, recordingsMissing } from "../../../test/support/recordings.ts";
import type { Json } from "../../core/json.ts";
import type { ListedModel, ModelsReader } from "../../core/models.ts";
import { protocols } from "../index.ts";

const readerOf = (name: keyof typeof protocols): ModelsReader => {
  const reader = protocols[name].egress.models;
  if (reader === undefined) throw new Error(`${name} has no list`);
  return reader;
};
const openai = readerOf("openai-chat");
const anthropic = readerOf("anthropic-messages");
const gemini = readerOf("gemini-generate");
const recorded = (provider: string, part: string): Json =>
  readRecordings("models").find((one) => one.provider === provider && one.id.includes(part))?.response.body ?? null;
const find = (models: readonly ListedModel[] | undefined, id: string): ListedModel | undefined =>
  models?.find((one) => one.id === id);
const unsaid = { title: null, created: null, input: null, output: null };

describe.skipIf(recordingsMissing !== "")("as recorded", () => {
  test("Anthropic's, with limits and capabilities", () => {
    const page = anthropic.read(recorded("anthropic", "smoke"));
    expect(page?.next).toBeNull();
    expect(page?.models).toHaveLength(9);
    expect(find(page?.models, "claude-opus-4-7")).toEqual({
      id: "claude-opus-4-7",
      title: "Claude Opus 4.7",
      created: null,
      input: ["text", "image", "file"],
      output: ["text"],
      facts: { contextTokens: 1_000_000, outputTokens: 128_000, images: true, pdf: true, jsonSchema: true },
    });
  });

  test("Gemini's, the first of several pages", () => {
    const page = gemini.read(recorded("gemini", "cli"));
    expect(page?.models).toHaveLength(50);
    expect(page?.next).toMatch(/^Ch9tb2RlbHM/u);
    expect(gemini.path(page?.next ?? null)).toMatch(/^\/models\?pageSize=1000&pageToken=Ch9tb2RlbHM/u);
    expect(find(page?.models, "gemini-2.5-flash")).toEqual({
      ...unsaid,
      id: "gemini-2.5-flash",
      title: "Gemini 2.5 Flash",
      facts: { contextTokens: 1_048_576, outputTokens: 65_536 },
    });
  });

  test("OpenRouter's, with modalities and parameters", () => {
    const page = openai.read(recorded("openrouter", "reasoning"));
    expect(find(page?.models, "openai/gpt-5-nano")).toEqual({
      id: "openai/gpt-5-nano",
      title: "OpenAI: GPT-5 Nano",
      created: 1_754_587_402,
      input: ["text", "image", "file"],
      output: ["text"],
      facts: {
        contextTokens: 400_000,
        outputTokens: 128_000,
        images: true,
        audio: false,
        pdf: true,
        tools: true,
      },
    });
  });

  test.each([
    ["openai", "retrieve"],
    ["anthropic", "rejected"],
    ["gemini", "rejected"],
    ["groq", "rejected"],
    ["mistral", "rejected"],
  ])("%s: what is no list is told as such (%s)", (provider, part) => {
    const body = recorded(provider, part);
    expect(body).not.toBeNull();
    for (const reader of [openai, anthropic, gemini]) expect(reader.read(body)).toBeNull();
  });
});

describe("hosts of OpenAI's protocol", () => {
  test.each<[string, Json, Partial<ListedModel>]>([
    ["OpenAI has names only", { data: [{ id: "m", object: "model", created: 5, owned_by: "system" }] }, { created: 5 }],
    [
      "Groq",
      { data: [{ id: "m", active: true, context_window: 131_072, max_completion_tokens: 32_768 }] },
      { facts: { contextTokens: 131_072, outputTokens: 32_768 } },
    ],
    [
      "Mistral",
      { data: [{ id: "m", max_context_length: 32_768, capabilities: { vision: false, function_calling: true } }] },
      { facts: { contextTokens: 32_768, images: false, tools: true } },
    ],
    [
      "Together has an array",
      [{ id: "m", type: "chat", display_name: "M", context_length: 4_096, created: 0 }],
      { title: "M", facts: { contextTokens: 4_096 } },
    ],
    [
      "Fireworks",
      { data: [{ id: "m", context_length: 8_192, supports_image_input: true, supports_tools: false }] },
      { facts: { contextTokens: 8_192, images: true, tools: false } },
    ],
    ["vLLM", { object: "list", data: [{ id: "m", max_model_len: 40_960 }] }, { facts: { contextTokens: 40_960 } }],
    [
      "what a host serves, not what the model could",
      { data: [{ id: "m", context_length: 1_000_000, top_provider: { context_length: 200_000 } }] },
      { facts: { contextTokens: 200_000 } },
    ],
    ["limits that are none", { data: [{ id: "m", context_length: "many", max_output_tokens: 0 }] }, {}],
  ])("%s", (_name, body, told) => {
    expect(openai.read(body)).toEqual({ models: [{ ...unsaid, id: "m", facts: {}, ...told }], next: null });
  });

  test.each<[Json]>([[null], ["list"], [{}], [{ data: {} }], [{ models: [] }]])("%j is no list", (body) => {
    expect(openai.read(body)).toBeNull();
  });

  test("entries without a name are left out", () => {
    expect(openai.read({ data: [null, 5, {}, { id: 5 }, { id: "" }] })).toEqual({ models: [], next: null });
  });
});

test("Anthropic's next page starts after the last model; a retired model is not served", () => {
  const page = anthropic.read({
    data: [
      { id: "a", lifecycle: "active", created_at: "2026-02-01T00:00:00Z" },
      { id: "b", lifecycle: "retired" },
    ],
    has_more: true,
    last_id: "b",
  });
  expect(page).toEqual({
    models: [{ ...unsaid, id: "a", created: Date.UTC(2026, 1, 1) / 1000, output: ["text"], facts: {} }],
    next: "b",
  });
  expect(anthropic.path("b/c")).toBe("/models?limit=1000&after_id=b%2Fc");
});

test("the output limit of Gemini's embedding models is none of answers", () => {
  const methods = { supportedGenerationMethods: ["embedContent"] };
  const page = gemini.read({ models: [{ name: "models/e", inputTokenLimit: 2048, outputTokenLimit: 1, ...methods }] });
  expect(page?.models).toEqual([{ ...unsaid, id: "e", facts: { contextTokens: 2048 } }]);
});
