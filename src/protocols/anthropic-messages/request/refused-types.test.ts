import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import { claudeFacts } from "../../../providers/facts.ts";
import { anthropicMessages } from "../protocol.ts";
import { refusal } from "../requests.test-support.ts";

const question = { role: "user", content: "What is on stage?" };
const look = { name: "look", input_schema: { type: "object", properties: {} } };

function encode(
  body: JsonObject,
  model = "claude-haiku-4-5",
): ReturnType<typeof anthropicMessages.chat.request.encode> {
  const given = { model, max_tokens: 100, messages: [question], ...body };
  const request = anthropicMessages.chat.request.decode(given, { model: null, stream: false });
  return anthropicMessages.chat.request.encode(request, { model, facts: claudeFacts(model) });
}

describe("tools of the vendor's own", () => {
  test("a newer search becomes the first one, in its place, without what that does not know", () => {
    const search = { type: "web_search_20260209", name: "web_search", max_uses: 2, allowed_callers: ["direct"] };
    const { body, dropped, adapted } = encode({ tools: [search, look] });
    expect(body["tools"]).toEqual([{ type: "web_search_20250305", name: "web_search", max_uses: 2 }, look]);
    expect([dropped, adapted]).toEqual([
      ["tools.allowed_callers"],
      ["tools.type:web_search_20260209>web_search_20250305"],
    ]);
    expect(encode({ tools: [search] }, "claude-sonnet-4-6").body["tools"]).toEqual([search]);
  });

  const screen = { type: "computer_20251124", name: "computer", display_width_px: 10, display_height_px: 10 };
  test("one that has no other form is left out, unless the caller insists on it", () => {
    const { body, dropped } = encode({ tools: [screen, look] });
    expect([body["tools"], dropped]).toEqual([[look], ["tools.computer_20251124"]]);
    const insists = { tools: [screen, look], tool_choice: { type: "tool", name: "computer" } };
    expect(refusal(() => encode(insists))).toMatchObject({ code: "unsupported", param: "tools" });
    expect(encode({ tools: [screen], tool_choice: { type: "auto" } }).body).not.toHaveProperty("tool_choice");
  });
});

describe("context edits", () => {
  const edits = [{ type: "compact_20260112" }, { type: "clear_tool_uses_20250919" }];
  test("one that the model does not know goes, the others stay", () => {
    const { body, dropped } = encode({ context_management: { edits } });
    expect([body["context_management"], dropped]).toEqual([
      { edits: edits.slice(1) },
      ["context_management.compact_20260112"],
    ]);
    expect(encode({ context_management: { edits: edits.slice(0, 1) } }).body).not.toHaveProperty("context_management");
  });

  test("a compacted conversation is nothing for a model that cannot read it", () => {
    const messages = [{ role: "assistant", content: [{ type: "compaction", content: "So far: a chair." }] }, question];
    expect(refusal(() => encode({ messages }))).toMatchObject({ code: "unsupported", param: "compaction" });
    expect(encode({ messages }, "claude-opus-5").body["messages"]).toEqual([expect.anything(), ...messages]);
  });
});
