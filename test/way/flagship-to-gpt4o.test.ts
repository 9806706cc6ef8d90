// The flagship check list, on the way to GPT-4o: what Gemini Flash took from a chat client must not stop the stand-in.
import { describe, expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { Transport } from "../../src/core/transport.ts";
import type { Stage } from "../support/stage.ts";
import { at, lastSentTo, openFlagship, put, question, sentTo, type Ask, type Told } from "./flagship.test-support.ts";

/** Gemini is down: GPT-4o gets what the client said. */
async function standIn(ask: Ask, look: (sent: JsonObject, told: Told, stage: Stage) => void): Promise<void> {
  await using stage = await openFlagship();
  stage.simulator.play("google", { fault: "status", status: 503 });
  for (const streamed of [false, true]) {
    const told = await put(stage, ask, streamed);
    expect(told.served).toBe("openai/gpt-4o");
    expect(told.choice.finish_reason).toBe("stop");
    look(lastSentTo(stage, "openai"), told, stage);
  }
}

describe("→ GPT-4o", () => {
  test("topK is dropped and reported", () =>
    standIn({ top_k: 40, temperature: 0.3 }, (sent, told) => {
      expect(sent).not.toHaveProperty("top_k");
      expect(sent["temperature"]).toBe(0.3);
      expect(told.dropped).toEqual(["top_k"]);
    }));

  test("safety settings, however a client sends them, are dropped and reported", () =>
    standIn(
      {
        safety_settings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
        extra_body: { google: { thinking_config: { include_thoughts: true } } },
      },
      (sent, told) => {
        expect(Object.keys(sent)).not.toContain("safety_settings");
        expect(Object.keys(sent)).not.toContain("extra_body");
        expect(told.dropped.toSorted()).toEqual(["extra_body", "safety_settings"]);
      },
    ));

  test("an effort is dropped and reported", () =>
    standIn({ reasoning_effort: "high" }, (sent, told) => {
      expect(sent).not.toHaveProperty("reasoning_effort");
      expect(told.dropped).toEqual(["reasoning_effort"]);
    }));

  test("a thinking budget is dropped and reported", () =>
    standIn({ thinking: { type: "enabled", budget_tokens: 2048 } }, (sent, told) => {
      expect(sent).not.toHaveProperty("thinking");
      expect(told.dropped).toEqual(["reasoning_effort"]);
    }));

  test("signatures, thoughts and their seals are taken out of the history and reported", () =>
    standIn(
      {
        messages: [
          question,
          {
            role: "assistant",
            content: null,
            reasoning_content: "Let me look.",
            reasoning_details: [
              {
                type: "reasoning.encrypted",
                index: 0,
                format: "gemini-generate",
                data: '"c2ln"',
                start: 0,
                length: 12,
              },
            ],
            tool_calls: [
              {
                id: "call_1",
                type: "function",
                function: { name: "look_up", arguments: '{"what":"understudy"}' },
                extra_content: { google: { thought_signature: "c2lnbmF0dXJl" } },
              },
            ],
          },
          { role: "tool", tool_call_id: "call_1", content: "one who waits" },
        ] as never,
      },
      (sent, told) => {
        expect(JSON.stringify(sent)).not.toMatch(/extra_content|reasoning|signature/u);
        expect(at(sent, "messages", 1)).toEqual({
          role: "assistant",
          content: null,
          tool_calls: [
            { id: "call_1", type: "function", function: { name: "look_up", arguments: '{"what":"understudy"}' } },
          ],
        });
        expect(told.dropped.toSorted()).toEqual(["reasoning_content"]);
      },
    ));

  test("ids of calls fit, and pairs stay linked", () => {
    const id = `call_${"x".repeat(80)}`;
    return standIn(
      {
        reasoning_effort: "low",
        messages: [
          question,
          {
            role: "assistant",
            content: null,
            tool_calls: [{ id, type: "function", function: { name: "look_up", arguments: "{}" } }],
          },
          { role: "tool", tool_call_id: id, content: "one who waits" },
        ],
      },
      (sent) => {
        const fitted = at(sent, "messages", 1, "tool_calls", 0, "id");
        expect(fitted).toMatch(/^call_[0-9A-Za-z]{24}$/u);
        expect(at(sent, "messages", 2, "tool_call_id")).toBe(fitted);
      },
    );
  });

  test("results are one tool message each, in the order of the calls", () =>
    standIn(
      {
        messages: [
          question,
          {
            role: "assistant",
            content: null,
            tool_calls: ["a", "b", "c"].map((id) => ({
              id,
              type: "function" as const,
              function: { name: "look_up", arguments: "{}" },
            })),
          },
          ...["a", "b", "c"].map((id) => ({ role: "tool" as const, tool_call_id: id, content: `result ${id}` })),
        ],
      },
      (sent) => {
        const messages = sent["messages"] as readonly JsonObject[];
        expect(messages.slice(2).map(({ role, tool_call_id: id }): Json[] => [role ?? null, id ?? null])).toEqual([
          ["tool", "a"],
          ["tool", "b"],
          ["tool", "c"],
        ]);
      },
    ));

  test("an image by address goes as it is: GPT-4o fetches it", () =>
    standIn(
      {
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "What is it?" },
              { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
            ],
          },
        ],
      },
      (sent, told) => {
        expect(at(sent, "messages", 0, "content", 1, "image_url", "url")).toBe("data:image/png;base64,iVBORw0KGgo=");
        expect(told.dropped).toEqual([]);
      },
    ));

  test.each([false, true])("video: GPT-4o is skipped, Gemini answers (streamed: %s)", async (streamed) => {
    await using stage = await openFlagship(2.5, "gpt");
    const url = "data:video/mp4;base64,AAAAIGZ0eXBpc29t";
    const content = [
      { type: "text", text: "What happens?" },
      { type: "video_url", video_url: { url } },
    ];
    const told = await put(stage, { messages: [{ role: "user", content }] as never }, streamed);
    expect(told.served).toBe("google/gemini-2.5-flash");
    expect(sentTo(stage, "openai")).toEqual([]);
    expect(at(lastSentTo(stage, "google"), "contents", 0, "parts", 1)).toEqual({
      inlineData: { mimeType: "video/mp4", data: "AAAAIGZ0eXBpc29t" },
    });
  });

  test.each([
    [
      "short, with odd spellings",
      '{ "messages" : [{"content":"h\\u00e9llo","role":"user"}],"seed":1.0,\n "model": "MODEL"}',
    ],
    ["5 MB, with pictures and answers of OpenAI's own", large("MODEL")],
  ])("a plain request's bytes go untouched: %s", async (_name, text) => {
    const sent: Buffer[] = [];
    const gateway = createGateway(
      { providers: { openai: { api_key: "key" } } },
      { environment: {}, transport: listening(sent) },
    );
    const body = text.replace("MODEL", "openai/gpt-4o");
    const response = await gateway.fetch("http://gateway.example/v1/chat/completions", { method: "POST", body });
    expect(response.status).toBe(400);
    expect(Buffer.from(text.replace("MODEL", "gpt-4o")).equals(sent[0] ?? Buffer.alloc(0))).toBe(true);
    await gateway.close();
  });
});

function large(model: string): string {
  const picture = { type: "image_url", image_url: { url: `data:image/png;base64,${"iVBORw0K".repeat(80_000)}` } };
  const words = 'She said "reasoning_content" and {"extra_content":1}. ';
  const turn = [
    { role: "user", content: [{ type: "text", text: words }, picture] },
    { role: "assistant", content: words.repeat(100), refusal: null, annotations: [] },
  ];
  const messages = Array.from({ length: 8 }, () => turn).flat();
  return JSON.stringify({ model, temperature: 0.5, messages: [...messages, { role: "user", content: "So?" }] });
}

/** A vendor that keeps what it is sent, and takes none of it. */
function listening(sent: Buffer[]): Transport {
  return {
    close: () => Promise.resolve(),
    send({ body }) {
      const pieces = typeof body === "string" || body instanceof Uint8Array ? [body] : (body ?? []);
      sent.push(Buffer.concat(pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece))));
      const none = { next: () => Promise.resolve(null), cancel: () => {} };
      return Promise.resolve({ status: 400, headers: {}, body: none });
    },
  };
}
