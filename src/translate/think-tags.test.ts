// Reasoning in `<think>` tags: for clients of another protocol it is reasoning, however the host cuts its text.
import { describe, expect, test } from "vitest";
import { openFakeVendor } from "../../test/support/fake-vendor.ts";
import type { ChatResponse } from "../core/chat.ts";
import type { StreamEvent } from "../core/event.ts";
import type { StreamDecoder } from "../core/protocol.ts";
import { createGateway } from "../index.ts";
import { ThinkTags } from "./think-tags.ts";

const text = (piece: string): StreamEvent => ({ type: "text-delta", choice: 0, text: piece });
const finish: StreamEvent = { type: "finish", choice: 0, reason: "stop", raw: "stop" };

/** What a stream of these events tells: reasoning, then text. */
function told(events: readonly StreamEvent[]) {
  const waiting = [...events];
  const decoder: StreamDecoder = { step: () => waiting.splice(0, 1), mend: () => null, end: () => [] };
  const followed = new ThinkTags().follow(decoder);
  const frame = { event: null, data: "", id: null };
  const all = [...events.flatMap(() => followed.step(frame)), ...followed.end()];
  const join = (type: StreamEvent["type"]): string =>
    all.map((event) => (event.type === type && "text" in event ? event.text : "")).join("");
  return { reasoning: join("reasoning-delta"), text: join("text-delta"), last: all.at(-1) };
}

const cases: readonly (readonly [written: string, reasoning: string, text: string])[] = [
  ["<think>\nTwo and two.\n</think>\n\nFour.", "\nTwo and two.\n", "Four."],
  [" \n<think>a < b </thin</think>Yes </think> it is", "a < b </thin", "Yes </think> it is"],
  ["<think></think>Four.", "", "Four."],
  ["<think>It was cut in the middle </thi", "It was cut in the middle </thi", ""],
  ["Write <think> first.", "", "Write <think> first."],
  ["<thinking>x</thinking>", "", "<thinking>x</thinking>"],
  ["<thi", "", "<thi"],
  [`${" ".repeat(80)}<think>x</think>`, "", `${" ".repeat(80)}<think>x</think>`],
];

describe.each(cases)("%j", (written, reasoning, rest) => {
  test("streamed, cut anywhere in three", () => {
    for (let first = 0; first <= written.length; first += 1)
      for (let second = first; second <= written.length; second += 1) {
        const pieces = [written.slice(0, first), written.slice(first, second), written.slice(second)].map(text);
        expect(told([...pieces, finish])).toEqual({ reasoning, text: rest, last: finish });
      }
  });

  test("broken off: nothing that was kept is lost", () => {
    expect(told(Array.from(written, text))).toMatchObject({ reasoning, text: rest });
  });
});

test("a host that tells both apart may write the tag in its text", () => {
  const events: StreamEvent[] = [{ type: "reasoning-delta", choice: 0, text: "a" }, text("<think>b</think>")];
  expect(told(events)).toMatchObject({ reasoning: "a", text: "<think>b</think>" });
  const parts = [
    { type: "reasoning", text: "a" },
    { type: "text", text: "<think>b</think>" },
  ] as const;
  const response = { choices: [{ index: 0, parts, finish: "stop" }] } as unknown as ChatResponse;
  expect(new ThinkTags().whole(response)).toBe(response);
});

const answer = "<think>Two and two.</think>\n\nFour.";
const chunk = (delta: object, reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
const streamed = [...Array.from(answer, (content) => chunk({ content })), chunk({}, "stop"), "data: [DONE]\n\n"].join(
  "",
);
const message = { role: "assistant", content: answer };
const whole = {
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message, finish_reason: "stop" }],
};

test("through the gateway: a client of Messages gets blocks, one of the same protocol the host's own text", async () => {
  await using vendor = await openFakeVendor((_path, body) =>
    body.includes('"stream":true') ? { type: "text/event-stream", body: streamed } : { body: whole },
  );
  const gateway = createGateway(
    { providers: { mine: { kind: "openai-compatible", base_url: vendor.baseUrl } } },
    { environment: {} },
  );
  const ask = async (path: string, stream: boolean): Promise<string> => {
    const body = { model: "mine/m", max_tokens: 9, stream, messages: [{ role: "user", content: "2 + 2?" }] };
    return (await gateway.fetch(`http://gateway/v1/${path}`, { method: "POST", body: JSON.stringify(body) })).text();
  };
  expect(JSON.parse(await ask("messages", false))).toMatchObject({
    content: [
      { type: "thinking", thinking: "Two and two." },
      { type: "text", text: "Four." },
    ],
  });
  const events = await ask("messages", true);
  expect(events).toContain('"type":"thinking_delta"');
  expect(events).not.toContain("think>");
  expect(JSON.parse(await ask("chat/completions", false))).toMatchObject({
    choices: [{ message: { content: answer } }],
  });
  await gateway.close();
});
