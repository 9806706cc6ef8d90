import { expect, test } from "vitest";
import type { Json } from "../core/json.ts";
import { isNeeded, isUsual } from "./needed.ts";

test.each([
  ["tools", [{ type: "web_search" }], true, false],
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
  ["max_tool_calls", 3, true, false],
  ["metadata", { a: "b" }, false, false],
] as [string, Json, boolean, boolean][])("%s: %j", (...[field, value, needed, usual]) => {
  expect([isNeeded(field, value), isUsual(field, value)]).toEqual([needed, usual]);
});
