// Names of models without a provider, with another gateway's prefix, and with slashes of their own.
import { describe, expect, test } from "vitest";
import { listedModel, plainRow, provider, target } from "../../test/support/engine-rig.ts";
import { clientRequest, plainCall } from "../../test/support/exchange.ts";
import type { ModelLists } from "../core/models.ts";
import type { ProviderRules, Rules } from "../core/rules.ts";
import { rememberServed } from "../domain/served-models.ts";
import { planRoute } from "./plan.ts";

const route = (name: string) => ({ name, total: 1_000, node: target("a/m") });
const rowNamed = (name: string, models: readonly string[], ownNames?: RegExp) =>
  plainRow(name, { models, ...(ownNames === undefined ? {} : { ownNames }) });

const providers = new Map(
  [
    provider("a", { row: rowNamed("a", ["small", "shared"], /^tuned\//u) }),
    provider("b", { row: rowNamed("b", ["other", "shared"]), models: { "our-deployment": {}, "our-*": {} } }),
    provider("broker", { row: rowNamed("broker", []) }),
  ].map((one) => [one.name, one] as const),
);
const listed: Readonly<Record<string, readonly string[]>> = { broker: ["vendor/seer-7b", "keyless/seer", "a/small"] };

function rulesWith(more: Partial<Rules> = {}): Rules {
  return {
    routes: new Map([["assistant", route("assistant")]]),
    providers,
    keyless: new Map([["keyless", ["KEYLESS_API_KEY"]]]),
    direct: (name: string, model: string) => {
      const known = providers.has(name) ? name : name === "a_alias" ? "a" : null;
      return known === null ? null : route(`${known}/${model}`);
    },
    match: () => null,
    ...more,
  } as unknown as Rules;
}
const lists: ModelLists = {
  version: 0,
  listOf: ({ name }: ProviderRules) => listed[name]?.map((id) => listedModel(id)) ?? null,
  find: () => null,
  wake: () => {},
};

interface Asking {
  readonly rules?: Rules;
  readonly allows?: (name: string) => boolean;
  readonly onUnknown?: () => boolean;
}
function plan(model: string, { rules = rulesWith(), allows, onUnknown }: Asking = {}): string {
  const question = { request: clientRequest({}), call: plainCall({ model }), allows };
  const options = { inline: () => null, providerOf: () => null, servedBy: rememberServed(lists), onUnknown };
  return planRoute(question, rules, options).name;
}
const failure = (code: string, status: number, words: RegExp): Error =>
  expect.objectContaining({ code, status, message: expect.stringMatching(words) as string, param: "model" }) as Error;

describe("where a name leads", () => {
  test.each([
    ["a model that one provider is known for", "small", "a/small"],
    ["one in a provider's own list, with a slash of its own", "vendor/seer-7b", "broker/vendor/seer-7b"],
    ["behind its provider", "broker/vendor/seer-7b", "broker/vendor/seer-7b"],
    ["one that the operator names", "our-deployment", "b/our-deployment"],
    ["one that can only be a provider's own", "tuned/mine", "a/tuned/mine"],
    ["Gemini's long form", "models/small", "a/small"],
    ["Portkey's @", "@b/other", "b/other"],
    ["an alias behind an @", "@a_alias/unlisted", "a/unlisted"],
    ["provider/model goes before a list that has the same name", "a/small", "a/small"],
    ["a provider without a key, if another one lists the whole name", "keyless/seer", "broker/keyless/seer"],
  ])("%s", (_words, name, expected) => {
    expect(plan(name)).toBe(expected);
  });

  test("a route of that name goes first, then a pattern", () => {
    const routes = new Map([["small", route("small")]]);
    expect(plan("small", { rules: rulesWith({ routes }) })).toBe("small");
    const match = (model: string) => (model === "small" ? route("sm*") : null);
    expect(plan("small", { rules: rulesWith({ match }) })).toBe("sm*");
  });

  test("several providers: the error names them, and nobody is chosen", () => {
    const words = /Several providers serve "shared"\. Ask for "a\/shared" or "b\/shared", or for a route\./u;
    expect(() => plan("shared")).toThrow(failure("bad_request", 400, words));
  });

  test("what the caller may not ask is neither chosen nor told", () => {
    const allows = (name: string): boolean => name.startsWith("b/");
    expect(plan("shared", { allows })).toBe("b/shared");
    expect(() => plan("small", { allows })).toThrow(failure("unknown_model", 404, /^(?!.*"a\/)(?!.*assistant)/u));
    expect(() => plan("othr", { allows })).toThrow(failure("unknown_model", 404, /Did you mean "b\/other"\?/u));
  });
});

describe("a name that leads nowhere", () => {
  test.each([
    ["smal", /Did you mean "a\/small"/u],
    ["seer-8b", /Known: "assistant"/u],
    ["vendor/seer-8b", /Did you mean "broker\/vendor\/seer-7b"\?/u],
    ["asistant", /Did you mean "assistant"\?/u],
    ["our-x", /Did you mean "b\/our-deployment"|Known: "assistant"/u],
    ["@", /There is no route or model "@"/u],
    ["@/x", /There is no route or model/u],
    ["models/", /There is no route or model/u],
  ])("%s", (name, words) => {
    expect(() => plan(name)).toThrow(failure("unknown_model", 404, words));
  });

  test("while lists are on their way, the client shall ask again", () => {
    expect(() => plan("seer", { onUnknown: () => true })).toThrow(
      expect.objectContaining({ code: "unknown_model", status: 503, retryAfterMs: 1000, shouldRetry: true }) as Error,
    );
  });

  test("a provider without a key says which variable is missing", () => {
    expect(() => plan("keyless/x")).toThrow(failure("bad_key", 502, /Set KEYLESS_API_KEY/u));
  });
});
