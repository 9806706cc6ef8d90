import { describe, expect, test } from "vitest";
import { plainRow, provider, target } from "../../test/support/engine-rig.ts";
import { clientRequest, plainCall } from "../../test/support/exchange.ts";
import type { Route, Rules } from "../core/rules.ts";
import type { ModelLists } from "../core/models.ts";
import { rememberServed } from "../domain/served-models.ts";
import { planRoute, type PlanOptions } from "./plan.ts";

const route = (name: string): Route => ({ name, total: 1_000, node: target("a/m") });
const row = plainRow("a", { models: ["small", "large"] });

function rulesWith(more: Partial<Rules> = {}): Rules {
  return {
    routes: new Map([["assistant", route("assistant")]]),
    providers: new Map([["a", provider("a", { row })]]),
    keyless: new Map([["b", ["B_API_KEY", "B_KEY"]]]),
    direct: (name: string, model: string) => (name === "a" ? route(`a/${model}`) : null),
    match: () => null,
    ...more,
  } as unknown as Rules;
}
const noLists: ModelLists = { version: 0, listOf: () => null, find: () => null, wake: () => {} };
const options: PlanOptions = { inline: () => null, providerOf: () => null, servedBy: rememberServed(noLists) };

function plan(
  model: string,
  headers: Record<string, string> = {},
  more: { rules?: Rules; options?: PlanOptions } = {},
) {
  const question = { request: clientRequest(headers), call: plainCall({ model }) };
  return planRoute(question, more.rules ?? rulesWith(), more.options ?? options).name;
}
const failure = (code: string, status: number, words: RegExp): Error =>
  expect.objectContaining({ code, status, message: expect.stringMatching(words) as string, param: "model" }) as Error;

describe("which route serves a call", () => {
  test.each([
    ["assistant", {}, "assistant"],
    ["a/small", {}, "a/small"],
    ["a/vendor/model", {}, "a/vendor/model"],
    ["whatever", { "x-understudy-route": "assistant" }, "assistant"],
    ["assistant", { "x-understudy-route": "" }, "assistant"],
    ["assistant", { "x-understudy-route": "a/large" }, "a/large"],
  ])("%s with %j", (model, headers, name) => {
    expect(plan(model, headers as Record<string, string>)).toBe(name);
  });

  test("one that came with the request goes before all others", () => {
    expect(plan("assistant", {}, { options: { ...options, inline: () => route("inline") } })).toBe("inline");
  });

  test("a name that is not known is told with those that are near", () => {
    const routes = new Map(["assistant", "assistants", "other"].map((name) => [name, route(name)]));
    expect(() => plan("assistent", {}, { rules: rulesWith({ routes }) })).toThrow(
      failure("unknown_model", 404, /"assistent"\. Did you mean "assistant", "assistants"\?/u),
    );
  });

  test("where none is near, with what there is, or how to begin", () => {
    expect(() => plan("zzz")).toThrow(failure("unknown_model", 404, /Known: "assistant", "a\/small", "a\/large"/u));
    const rules = rulesWith({ routes: new Map(), providers: new Map() });
    expect(() => plan("zzz", {}, { rules })).toThrow(
      failure("unknown_model", 404, /No provider has a key: set B_API_KEY or B_KEY/u),
    );
  });

  test("a provider without a key is told with the variables that would give one", () => {
    expect(() => plan("b/m")).toThrow(failure("bad_key", 502, /B_API_KEY or B_KEY.*providers\.b\.api_key/u));
  });

  test.each(["/m", "a/", "/"])("%s is no target", (model) => {
    expect(() => plan(model)).toThrow(failure("unknown_model", 404, /no route or model/u));
  });

  test("no model at all", () => {
    expect(() => plan("")).toThrow(failure("bad_request", 400, /names no "model".*"assistant"/u));
  });

  test("a mistyped name costs no more where there are thousands of routes", () => {
    const rulesOf = (place: number): Rules => {
      const names = Array.from({ length: 10_000 }, (_, index) => (index === place ? "assistant" : `r${index}`));
      return rulesWith({ routes: new Map(names.map((name) => [name, route(name)])) });
    };
    expect(() => plan("asistant", {}, { rules: rulesOf(499) })).toThrow('Did you mean "assistant"?');
    expect(() => plan("asistant", {}, { rules: rulesOf(500) })).toThrow("Known:");
  });

  test("a name of a thousand characters is not echoed whole", () => {
    expect(() => plan("x".repeat(1_000))).toThrow(failure("unknown_model", 404, /^.{0,400}$/u));
  });
});
