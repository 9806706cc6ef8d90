import { describe, expect, test } from "vitest";
import { bodyText, framesOf, readRecordings, recordingsMissing } from "../../../../test/support/recordings.ts";
import type { ChatResponse } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import { openaiCompletions as codec } from "./protocol.ts";

const options = { id: "cmpl-ours", created: 1, includeUsage: false };
const decode = (body: JsonObject) => codec.chat.request.decode(body, { model: null, stream: false });

describe("a request", () => {
  test("is what the user says, with its knobs", () => {
    const request = decode({ model: "m", prompt: ["Hello"], max_tokens: 5, stop: "\n", logprobs: 2, best_of: 3, n: 2 });
    expect(request.messages).toEqual([{ role: "user", parts: [{ type: "text", text: "Hello" }], name: null }]);
    expect(request.sampling).toMatchObject({ maxTokens: 5, stop: ["\n"], logprobs: true, topLogprobs: 2, n: 2 });
    expect(request.extras.fields).toEqual({ best_of: 3 });
  });

  test.each([
    [{}, "prompt", "bad_request"],
    [{ prompt: [] }, "prompt", "bad_request"],
    [{ prompt: 5 }, "prompt", "bad_request"],
    [{ prompt: [[1, 2]] }, "prompt", "unsupported"],
    [{ prompt: [1, 2] }, "prompt", "unsupported"],
    [{ prompt: ["a", "b"] }, "prompt", "unsupported"],
    [{ prompt: "a", max_tokens: 0 }, "max_tokens", "bad_request"],
    [{ prompt: "a", n: 0 }, "n", "bad_request"],
    [{ prompt: "a", stop: 1 }, "stop", "bad_request"],
    [{ prompt: "a", stop: ["x", 1] }, "stop[1]", "bad_request"],
  ] as const)("%j is refused by the name of %s: %s", (body, param, code) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ param, code, status: 400 }));
  });

  test("nothing is translated into it", () => {
    expect(() => codec.chat.request.encode(decode({ prompt: "a" }), { model: "m", facts: {} as never })).toThrow(
      expect.objectContaining({ code: "unsupported" }),
    );
  });
});

const columns = {
  tokens: ["Hi", " you"],
  token_logprobs: [-0.5, -1],
  top_logprobs: [{ Hi: -0.5, Hey: -2 }, { " you": -1 }],
  text_offset: [0, 2],
};

describe("an answer", () => {
  const body = {
    id: "cmpl-1",
    object: "text_completion",
    created: 5,
    model: "m",
    choices: [{ text: "Hi you", index: 0, logprobs: columns, finish_reason: "length" }],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  };

  test("survives there and back, probabilities too", () => {
    const decoded = codec.chat.response.decode(body) as ChatResponse;
    expect(decoded.choices[0]).toMatchObject({ parts: [{ type: "text", text: "Hi you" }], finish: "length" });
    expect(codec.chat.response.encode(decoded, options)).toEqual(body);
  });

  test("of a conversation loses what a completion has no field for", () => {
    const decoded = codec.chat.response.decode(body) as ChatResponse;
    const parts = [
      { type: "reasoning", text: "hm" },
      { type: "text", text: "Hi" },
      { type: "tool-call", id: "c", name: "f", arguments: "" },
    ] as const;
    const choice = { ...decoded.choices[0]!, parts, finish: "tool_calls", logprobs: null } as const;
    const encoded = codec.chat.response.encode(
      { ...decoded, id: "msg_1", created: null, usage: null, choices: [choice] },
      options,
    );
    expect(encoded).toEqual({
      id: "cmpl-ours",
      object: "text_completion",
      created: 1,
      model: "m",
      choices: [{ text: "Hi", index: 0, logprobs: null, finish_reason: "stop" }],
    });
  });

  test.each([
    [{ error: { message: "busy", type: "server_error", code: "server_is_overloaded" } }, "overloaded"],
    [{ object: "list" }, "malformed"],
    [{ choices: [] }, "empty"],
    [null, "malformed"],
  ])("%j is none: %s", (told, verdict) => {
    expect(codec.chat.response.decode(told)).toMatchObject({ verdict });
  });
});

describe("a stream", () => {
  const frame = (data: object | string) => ({
    event: null,
    data: typeof data === "string" ? data : JSON.stringify(data),
  });

  test("is read and written with probabilities, refusals and late usage", () => {
    const decoder = codec.chat.stream.decoder();
    const encoder = codec.chat.stream.encoder({ ...options, includeUsage: true });
    const half = (index: 0 | 1) => ({
      tokens: [columns.tokens[index]],
      token_logprobs: [columns.token_logprobs[index]],
      top_logprobs: [columns.top_logprobs[index]],
      text_offset: [columns.text_offset[index]],
    });
    const envelope = { id: "cmpl-1", object: "text_completion", created: 5, model: "m" };
    const chunks = [
      { ...envelope, choices: [{ text: "Hi", index: 0, logprobs: half(0), finish_reason: null }], usage: null },
      { ...envelope, choices: [{ text: " you", index: 0, logprobs: half(1), finish_reason: null }], usage: null },
      { ...envelope, choices: [{ text: "", index: 0, logprobs: null, finish_reason: "stop" }], usage: null },
      { ...envelope, choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } },
    ];
    const text = chunks.map((chunk) => encoder.step(decoder.step(frame(chunk)))).join("") + encoder.end();
    const written = framesOf(text).map(({ data }) => data);
    expect(written.pop()).toBe("[DONE]");
    expect(written.map((data): unknown => JSON.parse(data))).toEqual(chunks);
  });

  test("says an error in the middle once, and nothing after it", () => {
    const decoder = codec.chat.stream.decoder();
    const failed = decoder.step(frame({ error: { message: "busy", code: "server_is_overloaded" } }));
    expect(failed).toMatchObject([{ type: "failure", failure: { verdict: "overloaded" } }]);
    expect(decoder.step(frame("[DONE]"))).toEqual([]);
    expect(codec.chat.stream.decoder().step(frame("nonsense"))).toMatchObject([{ failure: { verdict: "malformed" } }]);
  });

  test("ends a choice once, and without usage where none was asked for", () => {
    const encoder = codec.chat.stream.encoder(options);
    const finish = { type: "finish", choice: 0, reason: "stop", raw: null } as const;
    const text = encoder.step([{ type: "refusal-delta", choice: 0, text: "No." }, finish, finish]) + encoder.end();
    expect(framesOf(text)).toHaveLength(3);
    expect(text).not.toContain("usage");
    expect(encoder.step([{ type: "tool-end", choice: 0, tool: 0 }])).toBe("");
  });
});

describe.skipIf(recordingsMissing !== "")(`recorded traffic ${recordingsMissing}`, () => {
  test.each(readRecordings("openai-completions").map((one) => [one.id, one] as const))("%s", (_id, recording) => {
    expect(decode(recording.request.body!).messages[0]?.parts).toEqual([{ type: "text", text: "What is 2+2?\n\n" }]);
    const decoder = codec.chat.stream.decoder();
    const encoder = codec.chat.stream.encoder(options);
    const text =
      framesOf(bodyText(recording))
        .map((one) => encoder.step(decoder.step(one)))
        .join("") + encoder.end();
    const told = (stream: string): unknown[] =>
      framesOf(stream).flatMap(({ data }) => (data === "[DONE]" ? [data] : [JSON.parse(data) as unknown]));
    expect(told(text)).toEqual(told(bodyText(recording)));
  });
});
