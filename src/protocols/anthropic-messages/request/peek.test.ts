// The quick look into a request's bytes agrees with the parsed request.
import { expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import { membersOf } from "../../shared/raw-members.test-support.ts";
import { peek } from "./peek.ts";
import { decodeRequest } from "./decode.ts";

const look = { name: "look", input_schema: { type: "object" } };
const search = { type: "web_search_20250305", name: "web_search" };

test.each<[string, JsonObject]>([
  ["nothing", {}],
  ["a function", { tools: [look] }],
  ["no tools", { tools: [] }],
  ["a search", { tools: [search] }],
  ["a later search beside a function", { tools: [look, { ...search, type: "web_search_20260318", max_uses: 3 }] }],
  ["a search in more than its plain form", { tools: [{ ...search, engine: "mine" }] }],
  ["a function called like it", { tools: [{ ...look, name: "web_search" }] }],
  ["thinking with a budget", { thinking: { type: "enabled", budget_tokens: 2000 } }],
  ["thinking as the model likes", { thinking: { type: "adaptive" } }],
  ["no thinking", { thinking: { type: "disabled" } }],
  ["thinking between tools", { thinking: { type: "between_tools" } }],
  ["an effort", { output_config: { effort: "max" } }],
  ["an effort and adaptive thinking", { thinking: { type: "adaptive" }, output_config: { effort: "low" } }],
  ["an effort that nobody knows", { output_config: { effort: "heroic" } }],
])("%s", (_, more) => {
  const body = { model: "m", max_tokens: 10, messages: [{ role: "user", content: "hi" }], ...more };
  const request = decodeRequest(body, { model: null, stream: false });
  const budget = request.reasoning?.budget ?? -1;
  const effort = request.reasoning?.effort ?? (budget < 0 ? null : "medium");
  const { tools, searches = false } = request;
  expect({ ...peek(membersOf(body)) }).toEqual({ tools: tools.length > 0, effort, search: searches });
});

test.each(["bash_20250124", "text_editor_20250728", "memory_20250818"])("%s is carried out by the client", (type) => {
  expect(peek(membersOf({ tools: [{ type, name: "one" }] })).tools).toBe(true);
});
