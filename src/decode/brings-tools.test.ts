import { expect, test } from "vitest";
import type { ClientProtocolName } from "../core/chat.ts";
import type { Json } from "../core/json.ts";
import { protocols } from "../protocols/index.ts";
import { bringsTools } from "./brings-tools.ts";
import { scanJsonObject } from "./json-scanner.ts";

function ask(body: Json, protocol: ClientProtocolName): boolean {
  const bytes = Buffer.from(JSON.stringify(body));
  return bringsTools(protocols[protocol].ingress, bytes, scanJsonObject(bytes, 64));
}

test.each<[Json, boolean]>([
  [{}, false],
  [{ tools: [] }, false],
  [{ tools: null }, false],
  [{ tools: [{}] }, true],
  [{ tools: [{ type: "custom", custom: { name: "write" } }] }, true],
  [{ functions: [{ name: "f" }] }, true],
])("%j: %s", (body, expected) => {
  const names = ["openai-chat", "openai-responses", "anthropic-messages", "gemini-generate"] as const;
  for (const protocol of names) expect(ask(body, protocol)).toBe(expected);
});

const said = (text: string): Json => ({ type: "message", role: "user", content: text });

test.each<[string, Json, boolean]>([
  ["tools among the input", [said("Hi"), { type: "additional_tools", role: "developer", tools: [{}] }], true],
  ["tools that a search found", [{ type: "tool_search_output", call_id: "c", tools: [{}] }], true],
  ["words about them", [said('{"type":"additional_tools"}')], false],
  ["no list", '"additional_tools"', false],
])("a Responses input with %s", (_what, input, expected) => {
  expect(ask({ input }, "openai-responses")).toBe(expected);
  expect(ask({ input }, "openai-chat")).toBe(false);
});
