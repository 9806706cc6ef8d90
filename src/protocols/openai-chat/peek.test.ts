import { expect, test } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import { membersOf } from "../raw-members.test-support.ts";
import { peek } from "./peek.ts";

const tools = [{ type: "function", function: { name: "f" } }];

test.each<[string, JsonObject, ReturnType<typeof peek>]>([
  ["nothing", {}, { tools: false, effort: null }],
  ["tools", { tools }, { tools: true, effort: null }],
  ["no tools", { tools: [] }, { tools: false, effort: null }],
  ["tools of another kind", { tools: [{ type: "custom", custom: { name: "f" } }] }, { tools: false, effort: null }],
  ["the older functions", { functions: [{ name: "f" }] }, { tools: true, effort: null }],
  ["an effort", { reasoning_effort: "none", tools }, { tools: true, effort: "none" }],
  ["an effort as routers spell it", { reasoning: { effort: "max" } }, { tools: false, effort: "max" }],
  ["null", { reasoning_effort: null, tools: null, reasoning: null }, { tools: false, effort: null }],
  ["an effort that nobody knows", { reasoning_effort: "heroic" }, { tools: false, effort: null }],
])("%s", (_, body, wishes) => expect(peek(membersOf(body))).toEqual(wishes));
