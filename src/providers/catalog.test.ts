import { describe, expect, test } from "vitest";
import { unusedTransport } from "../../test/support/unused-transport.ts";
import { efforts } from "../core/chat.ts";
import { Canceller } from "../domain/cancellation.ts";
import type { ModelFacts, ProviderRow } from "../core/provider.ts";
import { catalog } from "./catalog.ts";
import { aliases } from "./provider-names.ts";
import { compatibleRows } from "./compatible-rows.ts";

const rows = [...catalog.values()];
const oddNames = [
  "",
  "gpt-4o",
  "x/y/z",
  "Gemini-2.5-FLASH",
  "ünïcode",
  "a".repeat(10_000),
  "claude-sonnet-4-5",
  "../..",
  "__proto__",
];
const keys = Object.keys(catalog.get("openai-compatible")?.facts("") ?? {});

describe("catalogue", () => {
  test("holds the three houses, the generic row, the table of compatible hosts, and the clouds", () => {
    expect(catalog.size).toBe(10 + compatibleRows.length);
    expect(catalog.size).toBeGreaterThan(60);
    expect([...catalog.keys()].slice(0, 4)).toEqual(["google", "openai", "anthropic", "openai-compatible"]);
  });

  test("names are unique, and no alias hides one", () => {
    expect(new Set(compatibleRows.map((row) => row.name)).size).toBe(compatibleRows.length);
    for (const [alias, name] of aliases) {
      expect({ alias, hides: catalog.has(alias) }).toEqual({ alias, hides: false });
      expect([...catalog.keys()]).toContain(name);
    }
  });

  test.each(rows)("$name: address, key variables and headers are well formed", (row) => {
    expect(row.name).toMatch(/^[a-z0-9][a-z0-9-]*$/);
    expect(row.title).not.toBe("");
    if (row.baseUrl !== null) {
      const url = new URL(row.baseUrl);
      const local = url.hostname === "127.0.0.1";
      expect(url.protocol).toBe(local ? "http:" : "https:");
      expect(row.baseUrl).not.toMatch(/\/$|[{}?#\s]/);
      // A server on this machine needs no key; all others do.
      expect(row.keyVariables.length === 0).toBe(local);
    }
    for (const variable of row.keyVariables) expect(variable).toMatch(/^[A-Z][A-Z0-9_]*$/);
    const signed = headersOf(row);
    for (const header of signed) expect(header).toBe(header.toLowerCase());
    for (const header of Object.keys(row.headers)) expect(header).toBe(header.toLowerCase());
    for (const header of row.forward ?? []) expect(header).toBe(header.toLowerCase());
    for (const header of signed) expect(row.forward ?? []).not.toContain(header);
    expect(
      (row.forward ?? []).filter((header) => /key|auth|cookie|token|^x-understudy|^x-portkey/.test(header)),
    ).toEqual([]);
  });

  test.each(rows)("$name: no model's name leaves its place in the path", (row) => {
    const settings = [{}, { api_version: "2024-10-21" }, { api_version: "preview" }];
    const paths = [row.path, ...settings.map((each) => row.account?.path?.(each))];
    for (const pathOf of paths.filter((one) => one !== undefined)) {
      for (const name of [...oddNames, ".", "..", "a?b#c", "a\r\nb", "\ud83d", "claude-\ud83d"]) {
        for (const usual of ["/chat/completions", "/messages", "/models/m:generateContent"]) {
          const path = pathOf(name, "whole", usual);
          const url = new URL(`https://host.example${path}`);
          expect(url.pathname + url.search).toBe(path);
        }
      }
    }
  });

  test.each(rows)("$name: the facts function is total and whole", (row) => {
    for (const model of [...oddNames, ...row.models]) expectWhole(row.facts(model));
  });

  test.each(rows.filter((row) => row.models.length > 0))("$name: listed models are known ones", (row) => {
    expect(row.models.filter((model) => row.facts(model).tools !== true)).toEqual([]);
  });

  test("quirks have unique names in a row and keep an empty body as it is", () => {
    for (const row of rows) {
      expect(new Set(row.quirks.map((quirk) => quirk.name)).size).toBe(row.quirks.length);
      for (const quirk of row.quirks) {
        const body = {};
        expect(quirk.request?.(body, "m").body).toBe(body);
      }
    }
  });

  test.each([
    ["openai", "gpt-3.5-turbo-instruct", true],
    ["openai", "gpt-3.5-turbo-instruct-0914", true],
    ["openai", "ft:davinci-002:somebody::1", true],
    ["openai", "gpt-3.5-turbo", false],
    ["openai", "ft:gpt-3.5-turbo-0125:somebody::1", false],
    ["openai", "gpt-4o", false],
    ["vllm", "anything", true],
    ["google", "gemini-2.5-flash", false],
    ["anthropic", "claude-sonnet-5", false],
  ])("older completions go as they are to %s's %s: %s", (name, model, taken) => {
    expect(catalog.get(name)?.alsoTakes?.["openai-completions"]?.test(model) ?? false).toBe(taken);
  });

  test.each([
    ["openai", "gpt-4o", true],
    ["openai", "o9-unheard-of", true],
    ["xai", "grok-4", true],
    ["vllm", "anything", true],
    ["together", "anything", false],
    ["google", "gemini-2.5-flash", false],
    ["anthropic", "claude-sonnet-5", false],
  ])("Responses go as they are to %s's %s: %s", (name, model, taken) => {
    expect(catalog.get(name)?.alsoTakes?.["openai-responses"]?.test(model) ?? false).toBe(taken);
  });
});

const clock = { now: () => 0, wall: () => 0, after: () => () => {} };
const tools = { clock, transport: unusedTransport };

/** The headers that carry the key. */
function headersOf({ auth }: ProviderRow): readonly string[] {
  const request = {
    origin: "",
    path: "",
    method: "POST",
    headers: {},
    body: null,
    cancellation: new Canceller(),
  } as const;
  return Object.keys(auth?.sign(request, { kind: "api-key", value: "k", source: "config", label: "…" }, tools) ?? {});
}

function expectWhole(facts: ModelFacts): void {
  for (const key of keys) expect(facts).toHaveProperty(key);
  for (const limit of [facts.contextTokens, facts.outputTokens]) {
    expect(limit === null || (Number.isInteger(limit) && limit > 0)).toBe(true);
  }
  const { reasoning } = facts;
  if (reasoning.style === "effort" || reasoning.style === "adaptive") {
    expect(reasoning.efforts.length).toBeGreaterThan(0);
    expect(reasoning.efforts).toEqual(efforts.filter((effort) => reasoning.efforts.includes(effort)));
  }
  if (reasoning.style === "level") expect(reasoning.levels.length).toBeGreaterThan(0);
  if (reasoning.style === "budget") expect(reasoning.minimum).toBeLessThan(reasoning.maximum);
}
