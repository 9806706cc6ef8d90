// Providers under the names of other gateways: an alias leads to the row, and a vendor without a row to a remedy.
import { describe, expect, test } from "vitest";
import { createGateway } from "../index.ts";
import { catalog } from "../providers/catalog.ts";
import { providerNames } from "../providers/provider-names.ts";
import { loadRules } from "./load.ts";
import { targetsOf } from "../../test/support/load-config.ts";

const environment = { GEMINI_API_KEY: "AIzaPLANTEDplantedPLANTED0001", ANTHROPIC_API_KEY: "sk-ant-PLANTEDplanted01" };
const load = (text: string, names = providerNames) =>
  loadRules({ kind: "text", text, format: "yaml", name: "understudy.yaml" }, { catalog, names, environment });

describe("an alias", () => {
  test.each([
    ["gemini/gemini-2.5-flash", "google/gemini-2.5-flash"],
    ["google_ai_studio/gemini-2.5-flash", "google/gemini-2.5-flash"],
    ["claude/claude-haiku-4-5", "anthropic/claude-haiku-4-5"],
  ])("in a route: %s is %s, with its key", async (written, name) => {
    const { rules, warnings } = await load(`routes: { a: ${written} }`);
    const [target] = targetsOf(rules.routes.get("a")!.node);
    expect([target!.name, target!.provider.keys.length, warnings]).toEqual([name, 1, []]);
    expect(rules.direct(...(written.split("/") as [string, string]))).toMatchObject({ name });
  });

  test("under providers: it keeps the operator's name", async () => {
    const { rules } = await load("providers: { gemini: {} }\nroutes: { a: gemini/x, b: google/x }");
    const targets = [...rules.routes.values()].flatMap(({ node }) => targetsOf(node));
    expect(targets.map(({ name, provider }) => [name, provider.row.name])).toEqual([
      ["gemini/x", "google"],
      ["google/x", "google"],
    ]);
  });
});

describe("a vendor without a row", () => {
  test.each([
    ["providers: { a: { kind: future_cloud } }", "there is no provider of this name yet. Use its other address"],
    ["routes: { a: future_cloud/claude }", "Add it under providers. Use its other address"],
  ])("%s", async (text, remedy) => {
    const names = { ...providerNames, absent: new Map([["future-cloud", "Use its other address"]]) };
    await expect(load(text, names)).rejects.toThrow(remedy);
    await expect(load(text, names)).rejects.not.toThrow("Did you mean");
  });

  test("has its name as soon as it is configured", () => {
    const azure = { kind: "openai-compatible", base_url: "http://127.0.0.1:9/openai/v1", api_key: "k" };
    expect(() => createGateway({ providers: { azure }, routes: { a: "azure/gpt-4o" } }, { environment })).not.toThrow();
  });
});

test("no further name is a row's own", () => {
  for (const name of [...providerNames.aliases.keys(), ...providerNames.absent.keys()])
    expect([name, catalog.has(name)]).toEqual([name, false]);
  for (const row of providerNames.aliases.values()) expect([row, catalog.has(row)]).toEqual([row, true]);
});
