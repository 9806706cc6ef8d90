import { expect, test } from "vitest";
import type { Json } from "../../core/json.ts";
import { isDefault, isNeeded, lossOf } from "./needed.ts";

test.each([
  ["mcp_servers", [{ url: "https://x" }], false, false],
  ["tools", [], false, true],
  ["cachedContent", "cachedContents/1", true, false],
  ["previous_response_id", null, false, true],
  ["modalities", ["text"], false, true],
  ["modalities", ["text", "audio"], true, false],
  ["generationConfig.responseModalities", ["TEXT"], false, true],
  ["generationConfig.responseModalities", ["TEXT", "IMAGE"], false, false],
  ["generationConfig.responseModalities", ["AUDIO"], true, false],
  ["store", false, false, true],
  ["store", true, false, false],
  ["background", true, true, false],
  ["background", false, false, true],
  ["max_tool_calls", 3, false, false],
  ["compaction", true, true, false],
  ["metadata", { a: "b" }, false, false],
  ["include", ["reasoning.encrypted_content"], false, true],
  ["include", ["reasoning.encrypted_content", "file_search_call.results"], false, false],
  ["reasoning", { summary: "auto" }, false, true],
  ["reasoning", { summary: "auto", effort: "ultra" }, false, false],
  ["service_tier", "auto", false, true],
  ["service_tier", "flex", false, false],
  ["truncation", "disabled", false, true],
  ["verbosity", "low", false, false],
] as [string, Json, boolean, boolean][])("%s: %j", (...[field, value, needed, usual]) => {
  expect([isNeeded(field, value, {}), lossOf(field, value) === null]).toEqual([needed, usual]);
});

test("the loss of a word inside another one has the inner name", () => {
  expect(lossOf("text", { verbosity: "low" })).toBe("verbosity");
  expect(lossOf("text", { verbosity: "low", format: { type: "grammar" } })).toBe("text");
});

test.each([
  ["instructions", [{ role: "system", content: "Be kind" }], true],
  ["context_management", { edits: [{ type: "clear_tool_uses_20250919" }] }, false],
  ["context_management", {}, false],
  ["stream_options", { include_obfuscation: false, other: 1 }, false],
] as [string, Json, boolean][])("%s: %j is one, and needed: %s", (field, value, needed) => {
  expect([isNeeded(field, value, {}), lossOf(field, value)]).toEqual([needed, field]);
});

test("a setting that says what is done anyway is no loss", () => {
  expect(isDefault("temperature", 1)).toBe(true);
  expect(isDefault("temperature", 0.5)).toBe(false);
  expect(isDefault("seed", 1)).toBe(false);
});

test.each([
  ["client_metadata", { thread_id: "t" }],
  ["prompt_cache_key", "t"],
  ["prompt_cache_retention", "24h"],
  ["stream_options", { include_obfuscation: false }],
  ["context_management", { edits: [{ type: "clear_thinking_20251015", keep: "all" }] }],
  ["text", { verbosity: "medium" }],
  ["service_tier", "default"],
  ["metadata", {}],
  ["reasoning", { summary: "auto", context: "all_turns" }],
] as [string, Json][])("%s of a coding agent is no loss", (field, value) => {
  expect(lossOf(field, value)).toBeNull();
});

test.each([
  ["us", undefined, true],
  ["us", "eu", true],
  ["us", "us", false],
  ["global", undefined, false],
  [null, undefined, false],
] as [Json, string | undefined, boolean][])("a region %j, where the operator vouches for %s: needed %s", (...row) => {
  const [value, region, needed] = row;
  expect([isNeeded("inference_geo", value, { region }), lossOf("inference_geo", value)]).toEqual([needed, null]);
});
