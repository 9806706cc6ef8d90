import { describe, expect, test } from "vitest";
import { plainRow, provider, target } from "../../test/support/engine-rig.ts";
import type { RouteNode, Rules, TargetNode } from "../core/rules.ts";
import { protocols } from "../protocols/index.ts";
import { openaiChat } from "../protocols/openai-chat/protocol.ts";
import { createEndpoints } from "./endpoint.ts";
import { findModel, knownModels } from "./known-models.ts";
import { answerModels, modelsAt } from "./models.ts";

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
const parts = { rules, created: 7 };

describe("what is there", () => {
  test("routes first, with what the smallest of their targets takes; then the models of the providers", () => {
    expect(knownModels(rules)).toEqual([
      {
        id: "assistant",
        provider: null,
        contextTokens: 1000,
        outputTokens: 100,
        models: ["large", "small", "unknown"],
      },
      { id: "a/small", provider: "a", contextTokens: null, outputTokens: null, models: ["small"] },
      { id: "a/text-embed", provider: "a", contextTokens: null, outputTokens: null, models: ["text-embed"] },
    ]);
  });

  test.each(["assistant", "a/small", "a/unlisted", "a/with/slash"])("%s is found by its name", (id) => {
    expect(findModel(rules, id)).toMatchObject({ id });
  });

  test.each(["", "a", "a/", "/a", "b/small"])("%j is not", (id) => {
    expect(findModel(rules, id)).toBeNull();
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
  const listed = answerModels(all, "", parts)["data"] as unknown as { id: string }[];
  expect(listed.map(({ id }) => id)).toEqual(["assistant", "a/small", "a/text-embed"]);
  expect(answerModels({ ...all, id: "a/unlisted" }, "", parts)).toEqual({
    id: "a/unlisted",
    object: "model",
    created: 7,
    owned_by: "a",
  });
});

test("a name that leads nowhere gets the nearest one", () => {
  expect(() => answerModels({ ...all, id: "asistant" }, "", parts)).toThrow(
    expect.objectContaining({
      code: "unknown_model",
      status: 404,
      message: 'There is no route or model "asistant". Did you mean "assistant"?',
    }),
  );
});
