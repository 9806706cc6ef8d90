import { describe, expect, test } from "vitest";
import { plainFacts, plainRow, provider, target } from "../../../test/support/engine-rig.ts";
import { plainCall } from "../../../test/support/exchange.ts";
import type { ChatRequest, OutputFormat } from "../../core/chat.ts";
import { contractOf, unmetContract } from "./output-contract.ts";

const json: OutputFormat = { kind: "json" };
const schema: OutputFormat = { kind: "json_schema", name: "a", description: null, schema: {}, strict: null };
const asking = (output: OutputFormat | null, tools: readonly object[] = []) =>
  plainCall({ chat: () => ({ output, tools }) as unknown as ChatRequest });
const usual = {
  call: asking(schema),
  target: target("a/m"),
  record: { adapted: [] as readonly string[] },
  raw: false,
  checksOutput: false,
};
const row = plainRow("a", { facts: () => ({ ...plainFacts, jsonSchema: true }) });
const bound = target("a/m", { provider: provider("a", { row }) });

describe("a form is looked at", () => {
  test.each<[string, Partial<typeof usual>, boolean | null]>([
    ["of a translated answer whose target may not be bound to it", {}, true],
    ["in JSON without a schema", { call: asking(json) }, true],
    ["not where its vendor is bound to it", { target: bound }, null],
    [
      "but where the schema was changed for it",
      { target: bound, record: { adapted: ["response_format:pattern>description"] } },
      true,
    ],
    ["not of bytes that pass", { raw: true }, null],
    ["of bytes too where the route leaves targets for it", { raw: true, checksOutput: true }, false],
    ["of a bound vendor too, there", { target: bound, checksOutput: true }, false],
    ["not of words", { call: asking(null) }, null],
    ["not of words, there", { call: asking({ kind: "text" }), checksOutput: true }, null],
    ["of calls, there", { call: asking(null, [{}]), checksOutput: true }, false],
    ["not of calls elsewhere", { call: asking(null, [{}]) }, null],
    ["not where nobody knows what was asked", { call: plainCall(), checksOutput: true }, null],
  ])("%s", (_name, more, loose) => {
    const { record, raw, ...question } = { ...usual, ...more };
    expect(contractOf(question, record, raw)?.loose ?? null).toBe(loose);
  });
});

test.each([
  [json, "response_format:json_object>unmet"],
  [schema, "response_format:json_schema>unmet"],
])("what is given all the same is told", (output, words) => {
  expect(unmetContract({ output })).toBe(words);
});
