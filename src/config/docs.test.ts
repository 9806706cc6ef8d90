// The examples and tables of docs/configuration.md and docs/configuration/ are true: the YAML loads, the defaults are the
// built-in ones, and the JSON Schema for editors accepts what the loader accepts.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { describe, expect, test } from "vitest";
import { defaultLedger, defaultPolicies, defaultServer } from "./defaults.ts";
import { formatDuration } from "../domain/duration.ts";
import { configJsonSchema } from "./json-schema.ts";
import { markReferences } from "./variables.ts";
import { PLANTED, loadText } from "../../test/support/load-config.ts";

const docs = join(import.meta.dirname, "../../docs");
const page = ["configuration.md", ...globSync("configuration/*.md", { cwd: docs }).toSorted()]
  .map((path) => readFileSync(join(docs, path), "utf8"))
  .join("\n");
const examples = [...page.matchAll(/```yaml\n([^]*?)```/g)]
  .map(([, text]) => text!)
  .filter((text) => /^(# understudy|defaults:|routes:)/.test(text));
const validate = new Ajv({ strict: false }).compile(configJsonSchema());

describe("the page", () => {
  test.each(examples)("loads: %s", async (text) => {
    const { rules } = await loadText(text, { ...PLANTED, OPENAI_API_KEY_2: "another" });
    expect(rules.source).toBe("understudy.yaml");
    expect(validate(parse(markReferences(text)))).toBe(true);
  });

  test("has examples", () => {
    expect(examples).toHaveLength(7);
  });

  test.each([
    ["timeout.connect", formatDuration(defaultPolicies.timeout.connect)],
    ["timeout.total", formatDuration(defaultPolicies.timeout.total)],
    ["retry.attempts", String(defaultPolicies.retry.attempts)],
    ["retry.max_wait", formatDuration(defaultPolicies.retry.maxWait)],
    ["retry.hints", String(defaultPolicies.retry.hints)],
    ["breaker.failures", String(defaultPolicies.breaker?.failures)],
    ["breaker.rate", `${defaultPolicies.breaker!.rate * 100}%`],
    ["breaker.window", formatDuration(defaultPolicies.breaker!.window)],
    ["breaker.minimum", String(defaultPolicies.breaker!.minimum)],
    ["breaker.slow_start", formatDuration(defaultPolicies.breaker!.slowStart)],
    ["breaker.rest", formatDuration(defaultPolicies.breaker!.rest)],
    ["breaker.max_rest", formatDuration(defaultPolicies.breaker!.maxRest)],
    ["concurrency.adaptive", String(defaultPolicies.concurrency.adaptive)],
    ["concurrency.queue", String(defaultPolicies.concurrency.queue)],
    ["concurrency.wait", formatDuration(defaultPolicies.concurrency.wait)],
    ["host", defaultServer.host],
    ["port", String(defaultServer.port)],
    ["max_body", `${defaultServer.maxBody / 1_048_576}mb`],
    ["spool", `${defaultServer.spool / 1_048_576}mb`],
    ["max_depth", String(defaultServer.maxDepth)],
    ["grace", formatDuration(defaultServer.grace)],
    ["memory", String(defaultLedger.memory)],
  ])("tells the default of %s: %s", (name, value) => {
    expect(page).toContain(`| \`${name}\` | \`${value}\` |`);
  });
});

describe("the JSON Schema", () => {
  test.each([
    [{ server: { prt: 1 } }],
    [{ routes: { a: { fallbak: [] } } }],
    [{ routes: { a: 7 } }],
    [{ defaults: { timeout: { total: 5 } } }],
    [{ providers: { a: { api_key: 7 } } }],
  ])("refuses %j", (config) => {
    expect(validate(config)).toBe(false);
  });

  test("describes what it takes", () => {
    expect(JSON.stringify(configJsonSchema())).toContain('"description":"Tried in order, until one answers."');
  });
});
