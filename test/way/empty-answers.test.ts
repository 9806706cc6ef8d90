// Answers without content (F17): one that its vendor explains is an answer, and no sign of sickness; any other is `empty`.
// The same answer gets the same verdict whole and streamed, in the vendor's own bytes and translated.
import { expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { readAsFarAsItComes } from "../support/broken-body.ts";
import { openFakeVendor } from "../support/fake-vendor.ts";
import { attemptsOf } from "../support/stage.ts";

type Kind = "openai-compatible" | "anthropic" | "google";

interface Answer {
  readonly content?: "nothing" | "thoughts";
  readonly ending: string;
  readonly stopSequence?: string;
}

const chunk = (delta: object, finish_reason: string | null): string =>
  JSON.stringify({
    id: "c",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason }],
  });
const candidate = (parts: object[], finishReason?: string): object => ({
  candidates: [
    { content: { role: "model", parts }, index: 0, ...(finishReason === undefined ? {} : { finishReason }) },
  ],
  modelVersion: "m",
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 0, totalTokenCount: 3 },
});

/** The same answer, whole and as events. */
const writers: Readonly<Record<Kind, (answer: Answer) => { readonly whole: object; readonly events: string[] }>> = {
  "openai-compatible": ({ content, ending }) => {
    const thoughts = content === "thoughts" ? { reasoning_content: "Hm." } : {};
    const message = { role: "assistant", content: "", ...thoughts };
    return {
      whole: {
        id: "c",
        object: "chat.completion",
        created: 1,
        model: "m",
        choices: [{ index: 0, message, finish_reason: ending }],
      },
      events: [chunk({ role: "assistant", content: "", ...thoughts }, null), chunk({}, ending), "[DONE]"],
    };
  },
  anthropic: ({ content, ending, stopSequence = null }) => {
    const thinks = content === "thoughts";
    const message = {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "m",
      usage: { input_tokens: 3, output_tokens: 2 },
    };
    const block = { type: "thinking", thinking: "Hm.", signature: "c2lnbmVk" };
    const start = {
      type: "content_block_start",
      index: 0,
      content_block: { type: "thinking", thinking: "", signature: "" },
    };
    const delta = { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm." } };
    const events = [
      { type: "message_start", message: { ...message, content: [], stop_reason: null, stop_sequence: null } },
      ...(thinks ? [start, delta, { type: "content_block_stop", index: 0 }] : []),
      {
        type: "message_delta",
        delta: { stop_reason: ending, stop_sequence: stopSequence },
        usage: { output_tokens: 2 },
      },
      { type: "message_stop" },
    ];
    return {
      whole: { ...message, content: thinks ? [block] : [], stop_reason: ending, stop_sequence: stopSequence },
      events: events.map((event) => JSON.stringify(event)),
    };
  },
  google: ({ content, ending }) => {
    const parts = content === "thoughts" ? [{ text: "Hm.", thought: true }] : [];
    return {
      whole: candidate(parts, ending),
      events: [...(parts.length > 0 ? [candidate(parts)] : []), candidate([], ending)].map((slice) =>
        JSON.stringify(slice),
      ),
    };
  },
};

interface Row {
  readonly what: string;
  readonly kind: Kind;
  readonly answer: Answer;
  readonly stops: boolean;
  readonly verdict: "ok" | "empty";
}

const rows: readonly Row[] = [
  {
    what: "Claude meets the caller's stop sequence at once",
    kind: "anthropic",
    answer: { ending: "stop_sequence", stopSequence: "END" },
    stops: true,
    verdict: "ok",
  },
  {
    what: "Claude ends its turn with nothing",
    kind: "anthropic",
    answer: { ending: "end_turn" },
    stops: false,
    verdict: "ok",
  },
  {
    what: "Claude thinks and ends its turn",
    kind: "anthropic",
    answer: { content: "thoughts", ending: "end_turn" },
    stops: false,
    verdict: "ok",
  },
  {
    what: "a host stops with nothing, with stop sequences",
    kind: "openai-compatible",
    answer: { ending: "stop" },
    stops: true,
    verdict: "ok",
  },
  {
    what: "a host stops with nothing",
    kind: "openai-compatible",
    answer: { ending: "stop" },
    stops: false,
    verdict: "empty",
  },
  {
    what: "a host says that it met a stop sequence",
    kind: "openai-compatible",
    answer: { ending: "STOP_SEQUENCE" },
    stops: false,
    verdict: "ok",
  },
  {
    what: "a host thinks and stops",
    kind: "openai-compatible",
    answer: { content: "thoughts", ending: "stop" },
    stops: false,
    verdict: "empty",
  },
  {
    what: "a host thinks and stops, with stop sequences",
    kind: "openai-compatible",
    answer: { content: "thoughts", ending: "stop" },
    stops: true,
    verdict: "ok",
  },
  {
    what: "a host thinks up to the limit",
    kind: "openai-compatible",
    answer: { content: "thoughts", ending: "length" },
    stops: false,
    verdict: "ok",
  },
  {
    what: "Gemini stops with nothing, with stop sequences",
    kind: "google",
    answer: { ending: "STOP" },
    stops: true,
    verdict: "ok",
  },
  { what: "Gemini stops with nothing", kind: "google", answer: { ending: "STOP" }, stops: false, verdict: "empty" },
  {
    what: "Gemini thinks and stops",
    kind: "google",
    answer: { content: "thoughts", ending: "STOP" },
    stops: false,
    verdict: "empty",
  },
];

const asked = [{ role: "user", content: "Go on." }];
const clients = {
  "chat completions": (stops: boolean) => ({ messages: asked, ...(stops ? { stop: ["END"] } : {}) }),
  messages: (stops: boolean) => ({ max_tokens: 50, messages: asked, ...(stops ? { stop_sequences: ["END"] } : {}) }),
} as const;
const paths = { "chat completions": "/v1/chat/completions", messages: "/v1/messages" } as const;

const cases = rows.flatMap((row) =>
  (["chat completions", "messages"] as const).flatMap((client) =>
    [false, true].map((streamed) => ({ ...row, client, streamed })),
  ),
);

test.each(cases)(
  "F17: $what: $verdict ($client, streamed $streamed)",
  async ({ kind, answer, stops, verdict, client, streamed }) => {
    const { whole, events } = writers[kind](answer);
    await using vendor = await openFakeVendor(() => ({ body: streamed ? events : whole }));
    const base = kind === "openai-compatible" ? vendor.baseUrl : vendor.baseUrl.replace(/\/v1$/u, "");
    const gateway = createGateway(
      {
        providers: { host: { kind, base_url: base, api_key: "k" } },
        routes: { m: { fallback: ["host/m"], retry: { attempts: 0 }, mid_stream: "error", breaker: { failures: 2 } } },
      },
      { environment: {}, warn: () => {}, log: () => {} },
    );
    const { url } = await gateway.listen({ port: 0 });
    try {
      // The third one would find an open circuit, if the first two had counted as failures.
      for (const time of [1, 2, 3]) {
        const response = await fetch(url + paths[client], {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ ...clients[client](stops), model: "m", stream: streamed }),
        });
        const { text } = await readAsFarAsItComes(response);
        const isShown = streamed && answer.content === "thoughts";
        if (verdict === "ok") {
          expect([time, response.status]).toEqual([time, 200]);
          expect(text).not.toContain('"verdict"');
        } else {
          expect(response.status).toBe(isShown && response.status === 200 ? 200 : 502);
          expect(text).toContain('"verdict":"empty"');
          expect(text).not.toMatch(/\[DONE\]|message_stop/u);
          return;
        }
        if (!streamed) expect(attemptsOf(response.headers)).toEqual(["host/m:ok:200"]);
      }
    } finally {
      await gateway.close();
    }
  },
);
