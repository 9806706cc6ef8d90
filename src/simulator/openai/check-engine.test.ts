// The schemas that hosts with a compiler refuse, with their messages, and those that they take.
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask } from "../simulator.test-support.ts";
import { startSimulator, type Simulator } from "../simulator.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

test.each([
  ["llama-3.3-70b-versatile", { type: "object", required: ["x"] }, "'required' present but 'properties' is missing"],
  ["llama-3.3-70b-versatile", { type: "object", properties: { x: {} }, required: ["x"] }, "taken"],
  [
    "kimi-k2",
    { type: "string", anyOf: [{ minLength: 2 }] },
    "type should be defined in anyOf items instead of the parent schema",
  ],
  ["kimi-k2", { anyOf: [{ type: "string" }] }, "taken"],
  ["qwen3-8b-gguf", { type: "string", pattern: "a+" }, "Pattern must start with '^' and end with '$'"],
  ["qwen3-8b-gguf", { $ref: "#/$defs/none" }, "Error resolving ref #/$defs/none"],
  ["qwen3-8b-gguf", { type: "string", pattern: "^a+$" }, "taken"],
  ["qwen3-8b-fp8", { type: "array", items: {}, uniqueItems: true }, "features not supported by xgrammar"],
  ["qwen3-8b-fp8", { type: "array", items: {}, maxItems: 2 }, "taken"],
])("%s: %j", async (model, q, expected) => {
  const parameters = { type: "object", properties: { q } };
  const tools = [{ type: "function", function: { name: "f", parameters } }];
  const messages = [{ role: "user", content: "Hi" }];
  const answer = await ask(simulator, "openai", { model, body: { messages, tools } });
  const text = await answer.text();
  expect(answer.status === 200 ? "taken" : text).toContain(expected);
});
