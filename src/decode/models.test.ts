import { describe, expect, test, vi } from "vitest";
import { listedModel, plainRow, provider, target } from "../../test/support/engine-rig.ts";
import type { ModelLists } from "../core/models.ts";
import type { RouteNode, Rules, TargetNode } from "../core/rules.ts";
import { cacheModelFacts } from "../domain/model-facts-cache.ts";
import { rememberServed } from "../domain/served-models.ts";
import { protocols } from "../protocols/index.ts";
import { openaiChat } from "../protocols/openai-chat/protocol.ts";
import { createEndpoints } from "./endpoint.ts";
import { findModel, knownModels } from "./known-models.ts";
import { ModelsBook, modelsAt } from "./models.ts";

const row = plainRow("a", { models: ["small", "text-embed"] });
const limits = { "a/small": [1000, 100], "a/large": [8000, 800] } as const;
const limited = (name: keyof typeof limits): TargetNode => {
  const [contextTokens, outputTokens] = limits[name];
  const node = target(name);
  const facts = () => ({ ...row.facts(""), contextTokens, outputTokens });
  return { ...node, provider: { ...node.provider, row: { ...row, facts } } };
};
const both: RouteNode = {
  kind: "fallback",
  path: "r",
  children: [limited("a/large"), limited("a/small"), target("a/unknown")],
  trigger: { kind: "any-failure" },
};
const rules = {
  routes: new Map([["assistant", { node: both }]]),
  providers: new Map([["a", provider("a", { row })]]),
  direct: (name: string, model: string) => (name === "a" ? { node: target(`a/${model}`) } : null),
  match: () => null,
} as unknown as Rules;
const lists: Pick<ModelLists, "version" | "find" | "listOf"> & { version: number } = {
  version: 0,
  find: () => null,
  listOf: () => null,
};
const partsWith = (some: ModelLists) => ({
  servedBy: rememberServed(some),
  factsOf: cacheModelFacts((asked, model) => some.find(asked, model)),
  lists: some,
  created: 7,
});
const parts = partsWith({ ...lists, wake: () => {} });
const asked = { rules, query: "", routes: null, allows: () => true };
const unsaid = { title: null, created: null, input: null, output: null };

describe("what is there", () => {
  test("routes first, with what the smallest of their targets takes; then the models of the providers", () => {
    expect(knownModels(rules, parts)).toEqual([
      {
        id: "assistant",
        provider: null,
        contextTokens: 1000,
        outputTokens: 100,
        models: ["large", "small", "unknown"],
        ...unsaid,
      },
      { id: "a/small", provider: "a", contextTokens: null, outputTokens: null, models: ["small"], ...unsaid },
      { id: "a/text-embed", provider: "a", contextTokens: null, outputTokens: null, models: ["text-embed"], ...unsaid },
    ]);
  });

  test.each(["assistant", "a/small", "a/unlisted", "a/with/slash"])("%s is found by its name", (id) => {
    expect(findModel(rules, id, parts)).toMatchObject({ id });
  });

  test.each(["", "a", "a/", "/a", "b/small"])("%j is not", (id) => {
    expect(findModel(rules, id, parts)).toBeNull();
  });
});

const place = { protocols, endpoints: createEndpoints(protocols) };

describe("whose list", () => {
  test.each([
    ["/v1/models", {}, "openai-chat", null],
    ["/models", { authorization: "Bearer key" }, "openai-chat", null],
    ["/v1/models/openai%2Fgpt-4o", {}, "openai-chat", "openai/gpt-4o"],
    ["/v1/models/openai/gpt-4o", {}, "openai-chat", "openai/gpt-4o"],
    ["/v1/models", { "anthropic-version": "2023-06-01" }, "anthropic-messages", null],
    ["/v1/models/%E0", { "anthropic-version": "2023-06-01" }, "anthropic-messages", "%E0"],
    ["/v1/models", { "x-goog-api-key": "key" }, "gemini-generate", null],
    ["/v1beta/models", {}, "gemini-generate", null],
    ["/v1alpha/models/assistant", {}, "gemini-generate", "assistant"],
  ] as const)("%s with %j", (...[path, headers, protocol, id]) => {
    const asked = modelsAt({ method: "GET", path, headers }, place);
    expect(asked).toMatchObject({ protocol: { name: protocol }, id });
    expect(asked?.form).toBe(asked?.protocol.ingress.models);
  });

  test.each(["/v1/modelsof", "/v2/models", "/v1/models/", "/v1/chat/completions"])("%s is none", (path) => {
    expect(modelsAt({ method: "GET", path, headers: {} }, place)).toBeNull();
  });
});

test("what is posted to a name is for a method of it", () => {
  const post = { method: "POST", headers: {} };
  expect(modelsAt({ ...post, path: "/v1beta/models/assistant:predict" }, place)).toBeNull();
  expect(modelsAt({ ...post, path: "/v1/models" }, place)).not.toBeNull();
});

const all = { protocol: openaiChat, form: openaiChat.ingress.models!, id: null };

test("all are listed, or one is told", () => {
  const book = new ModelsBook(parts);
  expect(idsIn(book.answer(all, asked))).toEqual(["assistant", "a/small", "a/text-embed"]);
  expect(JSON.parse(book.answer({ ...all, id: "a/unlisted" }, asked))).toEqual({
    id: "a/unlisted",
    object: "model",
    created: 7,
    owned_by: "a",
  });
});

test("a name that leads nowhere gets the nearest one", () => {
  expect(() => new ModelsBook(parts).answer({ ...all, id: "asistant" }, asked)).toThrow(
    expect.objectContaining({
      code: "unknown_model",
      status: 404,
      message: 'There is no route or model "asistant". Did you mean "assistant"?',
    }),
  );
});

const idsIn = (json: string): string[] => (JSON.parse(json) as { data: { id: string }[] }).data.map(({ id }) => id);

describe("with a provider's own list", () => {
  const seer = { ...listedModel("seer", { contextTokens: 32_000, images: true }), title: "Seer" };
  const some = {
    version: 1,
    find: (_provider: unknown, model: string) => (model === "seer" ? seer : null),
    listOf: () => [seer, listedModel("small")],
    wake: () => {},
  };

  test("it replaces the known names, and says what it knows", () => {
    const known = knownModels(rules, partsWith(some));
    expect(known.map(({ id }) => id)).toEqual(["assistant", "a/seer", "a/small"]);
    expect(known[1]).toMatchObject({ title: "Seer", contextTokens: 32_000, input: ["text", "image"] });
    // Under its bare name, too.
    expect(findModel(rules, "seer", partsWith(some))).toMatchObject({ id: "seer", provider: "a", title: "Seer" });
  });

  test("a list is written once for each change, for each kind of caller", () => {
    const changing = { ...some, version: 1 };
    const book = new ModelsBook(partsWith(changing));
    const form = { ...all.form, list: vi.fn(all.form.list.bind(all.form)) };
    const question = { ...all, form };
    const only = { ...asked, routes: ["a/small"], allows: (id: string) => id === "a/small" };
    for (let round = 0; round < 3; round += 1) {
      expect(idsIn(book.answer(question, asked))).toHaveLength(3);
      expect(idsIn(book.answer(question, only))).toEqual(["a/small"]);
    }
    expect(form.list).toHaveBeenCalledTimes(2);
    changing.version = 2;
    book.answer(question, asked);
    expect(form.list).toHaveBeenCalledTimes(3);
  });
});
