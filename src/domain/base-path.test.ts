import { expect, test } from "vitest";
import { catalog } from "../providers/catalog.ts";
import { basePathFor, pathOf } from "./base-path.ts";

test.each([
  ["deepseek", "https://api.deepseek.com", "openai-chat", ""],
  ["deepseek", "https://api.deepseek.com", "anthropic-messages", "/anthropic/v1"],
  ["dashscope", "https://x.example/compatible-mode/v1", "anthropic-messages", "/apps/anthropic/v1"],
  ["dashscope", "https://x.example/proxy/compatible-mode/v1", "anthropic-messages", "/proxy/apps/anthropic/v1"],
  ["minimax", "https://api.minimax.io/anthropic/v1", "openai-chat", "/v1"],
  ["minimax", "https://api.minimax.io/v1", "anthropic-messages", "/anthropic/v1"],
  ["databricks", "https://w.example/serving-endpoints", "anthropic-messages", "/serving-endpoints/anthropic/v1"],
  ["databricks", "https://w.example/serving-endpoints", "openai-responses", "/serving-endpoints"],
  // Another layout: its own protocol only.
  ["deepseek", "https://x.example/proxy", "anthropic-messages", null],
  ["deepseek", "https://x.example/proxy", "openai-chat", "/proxy"],
  ["zai", "https://x.example/v1", "anthropic-messages", null],
  // One address for all.
  ["vllm", "http://127.0.0.1:8000/v1", "anthropic-messages", "/v1"],
] as const)("%s at %s serves %s below %s", (...[name, address, protocol, path]) => {
  expect(basePathFor(catalog.get(name)!, pathOf(address), protocol)).toBe(path);
});

test("the path of an address", () => {
  expect(["https://h", "https://h/", "https://h/v1/", "https://h/a/b"].map(pathOf)).toEqual(["", "", "/v1", "/a/b"]);
});
