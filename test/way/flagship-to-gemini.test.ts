// The flagship check list, on the way to Gemini Flash: what chat clients say is put into its words, and its answers back
// into theirs.
import { describe, expect, test } from "vitest";
import type { OutboundRequest, Transport } from "../../src/core/transport.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { createUndiciTransport } from "../../src/transport/undici.ts";
import { openStage } from "../support/stage.ts";
import { at, lastSentTo, openFlagship, put, question, sentTo, tool } from "./flagship.test-support.ts";

const both = [{ streamed: false }, { streamed: true }];
const png = Buffer.from("\x89PNG\r\n\x1a\n0000", "latin1");

/** The real wire, but for one public host, which no test may reach. */
function withPictures(asked: OutboundRequest[]): Transport {
  const real = createUndiciTransport({ trustedHosts: new Set() });
  return {
    close: () => real.close(),
    send(request) {
      if (request.origin !== "https://pictures.example") return real.send(request);
      asked.push(request);
      const chunks = [png];
      const body = { next: () => Promise.resolve(chunks.shift() ?? null), cancel: () => {} };
      return Promise.resolve({ status: 200, headers: {}, body });
    },
  };
}

describe("→ Gemini", () => {
  test.each(both)("images by address are fetched and put inline (streamed: $streamed)", async ({ streamed }) => {
    const asked: OutboundRequest[] = [];
    await using stage = await openStage({ options: { transport: withPictures(asked) } });
    const image_url = { url: "https://pictures.example/a.png?size=1" };
    const content = [
      { type: "text" as const, text: "What is it?" },
      { type: "image_url" as const, image_url },
    ];
    const told = await put(stage, { messages: [{ role: "user", content }] }, streamed);
    expect(told.served).toBe("google/gemini-2.5-flash");
    expect(asked.map(({ path, guarded }) => [path, guarded])).toEqual([["/a.png?size=1", true]]);
    expect(at(lastSentTo(stage, "google"), "contents", 0, "parts", 1)).toEqual({
      inlineData: { mimeType: "image/png", data: png.toString("base64") },
    });
  });

  test.each(both)("schemas are lowered into parametersJsonSchema (streamed: $streamed)", async ({ streamed }) => {
    await using stage = await openFlagship();
    const parameters = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      properties: {
        city: { type: "string", minLength: 1 },
        unit: { type: ["string", "null"], enum: ["c", "f", "", null] },
        at: { $ref: "#/$defs/place" },
      },
      required: ["city"],
      additionalProperties: false,
      $defs: { place: { type: "object", properties: { lat: { type: "number", exclusiveMinimum: -90 } } } },
    };
    const tools = [{ ...tool("get_weather"), function: { name: "get_weather", parameters } }];
    const told = await put(stage, { tools, messages: [{ role: "user", content: "The weather in Rome" }] }, streamed);
    const declared = at(lastSentTo(stage, "google"), "tools", 0, "functionDeclarations", 0) as JsonObject;
    expect(Object.keys(declared)).not.toContain("parameters");
    const lowered = JSON.stringify(declared["parametersJsonSchema"]);
    expect(lowered).not.toMatch(/\$schema|""|exclusiveMinimum":/u);
    expect(told.choice.message.tool_calls).toHaveLength(1);
    expect(told.choice.finish_reason).toBe("tool_calls");
  });

  test.each(both)(
    "results are grouped into one content, in the calls' order (streamed: $streamed)",
    async ({ streamed }) => {
      await using stage = await openFlagship();
      const calls = ["a", "b"].map((id) => ({
        id: `call_${id}`,
        type: "function" as const,
        function: { name: `look_up_${id}`, arguments: "{}" },
      }));
      const messages = [
        question,
        { role: "assistant" as const, content: null, tool_calls: calls },
        { role: "tool" as const, tool_call_id: "call_b", content: '{"found":2}' },
        { role: "tool" as const, tool_call_id: "call_a", content: "one" },
        { role: "user" as const, content: "So?" },
      ];
      await put(stage, { messages }, streamed);
      expect(at(lastSentTo(stage, "google"), "contents", 2)).toEqual({
        role: "user",
        parts: [
          { functionResponse: { id: "call_a", name: "look_up_a", response: { output: "one" } } },
          { functionResponse: { id: "call_b", name: "look_up_b", response: { found: 2 } } },
        ],
      });
      expect(at(lastSentTo(stage, "google"), "contents", 3)).toEqual({ role: "user", parts: [{ text: "So?" }] });
    },
  );

  test.each(both)(
    "from 3 on, calls of others get the stand-in signature once a step (streamed: $streamed)",
    async ({ streamed }) => {
      await using stage = await openFlagship(3);
      const calls = ["a", "b"].map((id) => ({
        id: `call_${id}`,
        type: "function" as const,
        function: { name: "look_up", arguments: "{}" },
      }));
      const messages = [
        question,
        { role: "assistant" as const, content: null, tool_calls: calls },
        ...calls.map(({ id }) => ({ role: "tool" as const, tool_call_id: id, content: "one" })),
      ];
      const told = await put(stage, { messages }, streamed);
      expect(told.served).toBe("google/gemini-3-flash-preview");
      const parts = at(lastSentTo(stage, "google"), "contents", 1, "parts") as readonly JsonObject[];
      expect(parts.map((part) => part["thoughtSignature"])).toEqual(["skip_thought_signature_validator", undefined]);
      expect(told.adapted).toContain("thought_signature:none>stand-in");
    },
  );

  test.each(both)("before 3, calls go unsigned (streamed: $streamed)", async ({ streamed }) => {
    await using stage = await openFlagship();
    const call = { id: "call_a", type: "function" as const, function: { name: "look_up", arguments: "{}" } };
    const messages = [
      question,
      { role: "assistant" as const, content: null, tool_calls: [call] },
      { role: "tool" as const, tool_call_id: "call_a", content: "one" },
    ];
    await put(stage, { messages }, streamed);
    expect(JSON.stringify(lastSentTo(stage, "google"))).not.toContain("thoughtSignature");
  });

  test.each(both)("256 tokens are the answer's, not the thoughts' (streamed: $streamed)", async ({ streamed }) => {
    await using older = await openFlagship();
    await put(older, { max_tokens: 256 }, streamed);
    expect(at(lastSentTo(older, "google"), "generationConfig")).toEqual({
      maxOutputTokens: 256,
      thinkingConfig: { thinkingBudget: 0 },
    });
    await using newer = await openFlagship(3);
    const told = await put(newer, { max_tokens: 256 }, streamed);
    expect(at(lastSentTo(newer, "google"), "generationConfig")).toEqual({
      maxOutputTokens: 256 + 1024,
      thinkingConfig: { thinkingLevel: "minimal" },
    });
    expect(told.adapted).toContain("max_tokens:256>1280");
  });

  const schema = { type: "object", properties: { sky: { type: "string" } }, required: ["sky"] };
  const response_format = { type: "json_schema" as const, json_schema: { name: "weather", schema } };

  test.each(both)("a schema and tools: together from 3 on, with AUTO (streamed: $streamed)", async ({ streamed }) => {
    await using stage = await openFlagship(3);
    await put(stage, { response_format, tools: [tool("look_up")], tool_choice: "auto" }, streamed);
    const sent = lastSentTo(stage, "google");
    expect(at(sent, "generationConfig", "responseMimeType")).toBe("application/json");
    expect(at(sent, "generationConfig", "responseJsonSchema", "properties")).toEqual(schema.properties);
    expect(at(sent, "toolConfig", "functionCallingConfig")).toEqual({ mode: "AUTO" });
  });

  test.each(both)(
    "a schema and tools before 3: a tool takes the answer (streamed: $streamed)",
    async ({ streamed }) => {
      await using stage = await openFlagship();
      const call = { id: "call_a", type: "function" as const, function: { name: "look_up", arguments: "{}" } };
      const messages = [
        { role: "user" as const, content: "Give me the answer as JSON" },
        { role: "assistant" as const, content: null, tool_calls: [call] },
        { role: "tool" as const, tool_call_id: "call_a", content: "blue" },
      ];
      const told = await put(stage, { messages, response_format, tools: [tool("look_up")] }, streamed);
      const sent = lastSentTo(stage, "google");
      expect(at(sent, "generationConfig", "responseMimeType")).toBeUndefined();
      expect(at(sent, "tools", 0, "functionDeclarations")).toHaveLength(2);
      expect(told.adapted).toContain("response_format:json_schema>tool");
      // The simulated model calls the tool whose name is in the question: the synthetic one, which the client never sees.
      expect(told.choice.message.tool_calls).toBeUndefined();
      expect(told.choice.finish_reason).toBe("stop");
      expect(JSON.parse(told.choice.message.content ?? "")).toEqual({ sky: expect.any(String) as string });
    },
  );

  test.each(both)("STOP after calls is tool_calls, without calls stop (streamed: $streamed)", async ({ streamed }) => {
    for (const generation of [2.5, 3] as const) {
      await using stage = await openFlagship(generation);
      const called = await put(
        stage,
        { tools: [tool("look_up")], messages: [{ role: "user", content: "Look up the sea and the moon" }] },
        streamed,
      );
      expect(called.choice.finish_reason).toBe("tool_calls");
      const ids = called.choice.message.tool_calls?.map(({ id }) => id) ?? [];
      expect(ids).toHaveLength(2);
      expect(new Set(ids).size).toBe(2);
      const spoken = await put(stage, {}, streamed);
      expect(spoken.choice.finish_reason).toBe("stop");
      expect(spoken.choice.message.tool_calls).toBeUndefined();
    }
  });

  test.each(both)(
    "usage counts the thoughts among the output, and tells them (streamed: $streamed)",
    async ({ streamed }) => {
      await using stage = await openFlagship(3);
      const { completion } = await put(stage, { reasoning_effort: "high" }, streamed);
      const { usage } = completion;
      const thoughts = usage?.completion_tokens_details?.reasoning_tokens ?? 0;
      expect(thoughts).toBeGreaterThan(0);
      expect(usage?.completion_tokens).toBeGreaterThan(thoughts);
      expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
    },
  );

  test.each(both)("logit_bias: Gemini is skipped, GPT-4o answers (streamed: $streamed)", async ({ streamed }) => {
    await using stage = await openFlagship();
    const told = await put(stage, { logit_bias: { "1734": -100 } }, streamed);
    expect(told.served).toBe("openai/gpt-4o");
    expect(sentTo(stage, "google")).toEqual([]);
    expect(lastSentTo(stage, "openai")["logit_bias"]).toEqual({ "1734": -100 });
  });
});
