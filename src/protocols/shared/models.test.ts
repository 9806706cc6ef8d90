// The three formats in which clients read lists of models, and their pages.
import { describe, expect, test } from "vitest";
import type { KnownModel } from "../../core/models.ts";
import { models as inAnthropics } from "../anthropic-messages/features/models.ts";
import { models as inGeminis } from "../gemini-generate/features/models.ts";
import { models as inOpenais } from "../openai-chat/features/models.ts";

const unknown = {
  contextTokens: null,
  outputTokens: null,
  models: ["small"],
  title: null,
  created: null,
  input: null,
  output: null,
};
const known: readonly KnownModel[] = [
  { ...unknown, id: "assistant", provider: null, contextTokens: 1000, outputTokens: 100 },
  { ...unknown, id: "a/small", provider: "a" },
  { ...unknown, id: "a/text-embed", provider: "a", models: ["text-embed"] },
];
const [assistant] = known as [KnownModel];

test("OpenAI's form has all in one list", () => {
  expect(inOpenais.list(known, new URLSearchParams(), 7)).toEqual({
    object: "list",
    data: [
      {
        id: "assistant",
        object: "model",
        created: 7,
        owned_by: "understudy",
        context_window: 1000,
        max_output_tokens: 100,
      },
      { id: "a/small", object: "model", created: 7, owned_by: "a" },
      { id: "a/text-embed", object: "model", created: 7, owned_by: "a" },
    ],
  });
});

describe("Anthropic's form", () => {
  const page = (query: string) => inAnthropics.list(known, new URLSearchParams(query), 7);
  const ids = (query: string) => (page(query)["data"] as unknown as { id: string }[]).map(({ id }) => id);

  test("has limits, null where they are not known", () => {
    expect(inAnthropics.one(assistant, 7)).toMatchObject({
      type: "model",
      id: "assistant",
      max_input_tokens: 1000,
      max_tokens: 100,
      capabilities: null,
    });
    expect(page("")).toMatchObject({ has_more: false, first_id: "assistant", last_id: "a/text-embed" });
  });

  test.each([
    ["limit=2", ["assistant", "a/small"], true],
    ["limit=2&after_id=a%2Fsmall", ["a/text-embed"], false],
    ["limit=1&before_id=a/text-embed", ["a/small"], true],
    ["limit=5&before_id=a/text-embed", ["assistant", "a/small"], false],
    ["after_id=a/text-embed", [], false],
    ["limit=0", ["assistant", "a/small", "a/text-embed"], false],
  ])("%s", (...[query, expected, more]) => {
    expect(ids(query)).toEqual(expected);
    expect(page(query)).toMatchObject({ has_more: more, first_id: expected[0] ?? null });
  });

  test.each([
    ["limit=many", "limit"],
    ["limit=-1", "limit"],
    ["after_id=gone", "after_id"],
    ["before_id=gone", "before_id"],
  ])("%s is no page", (query, param) => {
    expect(() => page(query)).toThrow(expect.objectContaining({ code: "bad_request", status: 400, param }));
  });
});

describe("Gemini's form", () => {
  const page = (query: string) => inGeminis.list(known, new URLSearchParams(query), 7);

  test("has limits where they are known, and what each is for", () => {
    expect(page("")).toEqual({
      models: [
        {
          name: "models/assistant",
          displayName: "assistant",
          description: "The route assistant",
          inputTokenLimit: 1000,
          outputTokenLimit: 100,
          supportedGenerationMethods: ["generateContent", "streamGenerateContent", "countTokens"],
          ownedBy: "understudy",
        },
        expect.objectContaining({ name: "models/a/small", description: "small at a" }),
        expect.objectContaining({ supportedGenerationMethods: ["embedContent", "batchEmbedContents"] }),
      ],
    });
  });

  test("turns pages by a token", () => {
    const first = page("pageSize=2");
    expect(first["models"]).toHaveLength(2);
    expect(first["nextPageToken"]).toBe("a/small");
    const next = page("page_size=2&pageToken=a%2Fsmall");
    expect(next["models"]).toMatchObject([{ name: "models/a/text-embed" }]);
    expect(next["nextPageToken"]).toBeUndefined();
    expect(() => page("pageToken=gone")).toThrow(expect.objectContaining({ status: 400, param: "pageToken" }));
  });
});

test("what is known beyond the format's own members is told in further ones", () => {
  const told: KnownModel = {
    ...unknown,
    id: "a/seer",
    provider: "a",
    title: "Seer",
    created: 1_700_000_000,
    input: ["text", "image"],
    output: ["text"],
  };
  const modalities = { input_modalities: ["text", "image"], output_modalities: ["text"] };
  expect(inOpenais.one(told, 7)).toEqual({
    id: "a/seer",
    object: "model",
    created: 1_700_000_000,
    owned_by: "a",
    display_name: "Seer",
    ...modalities,
  });
  expect(inAnthropics.one(told, 7)).toMatchObject({
    display_name: "Seer",
    created_at: "2023-11-14T22:13:20Z",
    owned_by: "a",
    ...modalities,
  });
  expect(inGeminis.one(told, 7)).toMatchObject({
    displayName: "Seer",
    ownedBy: "a",
    inputModalities: ["text", "image"],
    outputModalities: ["text"],
  });
});
