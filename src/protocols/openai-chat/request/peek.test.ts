import { expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import { membersOf } from "../../shared/raw-members.test-support.ts";
import { peek } from "./peek.ts";

function readAll({ tools, effort, search }: ReturnType<typeof peek>): ReturnType<typeof peek> {
  return { tools, effort, search };
}

const tools = [{ type: "function", function: { name: "f" } }];

test.each<[string, JsonObject, ReturnType<typeof peek>]>([
  ["nothing", {}, { tools: false, effort: null, search: false }],
  ["tools", { tools }, { tools: true, effort: null, search: false }],
  ["no tools", { tools: [] }, { tools: false, effort: null, search: false }],
  [
    "tools of free text",
    { tools: [{ type: "custom", custom: { name: "f" } }] },
    { tools: true, effort: null, search: false },
  ],
  ["tools of another kind", { tools: [{ type: "web_search" }] }, { tools: false, effort: null, search: false }],
  ["the older functions", { functions: [{ name: "f" }] }, { tools: true, effort: null, search: false }],
  ["an effort", { reasoning_effort: "none", tools }, { tools: true, effort: "none", search: false }],
  ["an effort as routers spell it", { reasoning: { effort: "max" } }, { tools: false, effort: "max", search: false }],
  ["a search", { web_search_options: {} }, { tools: false, effort: null, search: true }],
  ["no search", { web_search_options: null }, { tools: false, effort: null, search: false }],
  ["null", { reasoning_effort: null, tools: null, reasoning: null }, { tools: false, effort: null, search: false }],
  ["an effort that nobody knows", { reasoning_effort: "heroic" }, { tools: false, effort: null, search: false }],
])("%s", (_, body, wishes) => expect(readAll(peek(membersOf(body)))).toEqual(wishes));
