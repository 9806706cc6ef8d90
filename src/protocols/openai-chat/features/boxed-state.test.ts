import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import { compatibleFacts, openaiFacts } from "../../../providers/facts.ts";
import { membersOf } from "../../shared/raw-members.test-support.ts";
import { openaiChat } from "../protocol.ts";

const openai: TargetFacts = { model: "gpt-4o", facts: openaiFacts("gpt-4o") };
const host: TargetFacts = { model: "gemini-2.5-flash", facts: compatibleFacts({})("m") };
const value = { type: "reasoning", id: "rs_1", encrypted_content: "sealed", summary: [] };
const extra_content = { understudy: { protocol: "openai-responses", value } };
const provider_specific_fields = { extra_content, citations: ["word"] };
const call: JsonObject = { id: "c", type: "function", function: { name: "look", arguments: "{}" } };

function history(message: JsonObject, made: JsonObject = call): JsonObject {
  const messages = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: null, tool_calls: [made], ...message },
    { role: "tool", tool_call_id: "c", content: "Done" },
  ];
  return { model: "m", messages };
}
const decode = (body: JsonObject) => openaiChat.chat.request.decode(body, { model: null, stream: false });

const boxes: readonly (readonly [string, JsonObject])[] = [
  ["on the message", history({ provider_specific_fields })],
  ["on the call", history({}, { ...call, provider_specific_fields })],
  ["in its function", history({}, { ...call, function: { name: "look", arguments: "{}", provider_specific_fields } })],
];

describe.each(boxes)("state that comes back boxed %s", (_where, body) => {
  test("is read as if it stood where it was given", () => {
    const plain = decode(history({}, { ...call, extra_content }));
    expect(decode(body).messages[1]?.parts[0]).toMatchObject(plain.messages[1]?.parts[0] ?? {});
  });

  test("is sent to no vendor, and what else is boxed with it is kept or told", () => {
    for (const target of [openai, host]) {
      expect(openaiChat.chat.request.fits?.(membersOf(body), target)).toBe(false);
      const { body: sent } = openaiChat.chat.request.encode(decode(body), target);
      expect(JSON.stringify(sent)).not.toContain("understudy");
      expect(JSON.stringify(sent)).toContain('"provider_specific_fields":{"citations":["word"]}');
    }
    const told = openaiChat.chat.request.encode(decode(body), { ...openai, isStandIn: true });
    expect(JSON.stringify(told)).not.toContain('"word"');
    expect(told.dropped.join()).toContain("provider_specific_fields");
  });
});

test("an empty box is no box, and thoughts are taken out of one", () => {
  const detail = {
    type: "reasoning.encrypted",
    index: 0,
    format: "openai-responses",
    data: JSON.stringify(value),
    start: 0,
    length: 2,
  };
  const body = history({
    reasoning_content: "Hm",
    provider_specific_fields: { extra_content, reasoning_details: [detail] },
  });
  const { body: sent } = openaiChat.chat.request.encode(decode(body), openai);
  expect(JSON.stringify(sent)).not.toMatch(/provider_specific|sealed/u);
  expect(decode(body).messages[1]?.parts[0]).toMatchObject({
    type: "reasoning",
    state: { protocol: "openai-responses", value },
  });
});

test("what stands in its own place counts", () => {
  const own = { google: { thought_signature: "sig" } };
  const [, message] = decode(
    history({}, { ...call, extra_content: own, provider_specific_fields: { extra_content } }),
  ).messages;
  expect(message?.parts[0]).toMatchObject({ state: { protocol: "gemini-generate", value: "sig" } });
});

describe("an answer that comes back with all of it on its text part", () => {
  const part = { type: "text", text: "Hm", role: "assistant", refusal: null, annotations: [], extra_content };
  const plain = history({ content: "Hm", extra_content });

  test("is read as if it stood on the message, and sent as a part", () => {
    const body = history({ content: [{ ...part, tool_calls: [call] }] });
    expect(openaiChat.chat.request.fits?.(membersOf(body), openai)).toBe(false);
    expect(decode(body).messages).toEqual(decode(plain).messages);
    expect(openaiChat.chat.request.encode(decode(body), host)).toEqual(
      openaiChat.chat.request.encode(decode(plain), host),
    );
  });

  test("brings no state of ours to a vendor where the message has its own too", () => {
    const other = { understudy: { protocol: "openai-responses", value: { item: { id: "msg_1" } } } };
    const body = history({ content: [{ ...part, extra_content: other }], extra_content });
    for (const target of [openai, host, { ...openai, isStandIn: true }])
      expect(openaiChat.chat.request.encode(decode(body), target)).toEqual(
        openaiChat.chat.request.encode(decode(plain), target),
      );
  });

  test("keeps what the message itself says, and what differs is told and sent to nobody", () => {
    const body = history({ content: [{ ...part, tool_calls: [{ ...call, id: "other" }] }] });
    expect(openaiChat.chat.request.fits?.(membersOf(body), host)).toBe(false);
    const { body: sent, dropped } = openaiChat.chat.request.encode(decode(body), host);
    expect(sent).toEqual(openaiChat.chat.request.encode(decode(plain), host).body);
    expect(dropped).toContain("content.tool_calls");
  });
});
