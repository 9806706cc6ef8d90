import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { JsonRecord } from "../json-record.ts";
import { recordings, shapeOf } from "../recorded.test-support.ts";
import { startSimulator, type Simulator } from "../simulator.ts";
import { ask, eventsOf, goodHeaders, type Question } from "../simulator.test-support.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(async () => {
  await simulator.close();
});

interface Completion {
  readonly choices: {
    readonly message: {
      readonly content: string | null;
      readonly tool_calls?: { id: string; function: { name: string; arguments: string } }[];
    };
    readonly finish_reason: string;
    readonly logprobs?: { content: { token: string; top_logprobs: unknown[] }[] } | null;
  }[];
  readonly usage: {
    prompt_tokens: number;
    completion_tokens: number;
    total_tokens: number;
    completion_tokens_details: { reasoning_tokens: number };
  };
  readonly model: string;
}

async function complete(question: Question): Promise<Completion> {
  const answer = await ask(simulator, "openai", question);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Completion;
}

async function refusal(body: JsonRecord): Promise<{ status: number; error: JsonRecord }> {
  const answer = await ask(simulator, "openai", { body });
  return { status: answer.status, error: ((await answer.json()) as { error: JsonRecord }).error };
}

const user = { role: "user", content: "hello" };
const call = { id: "call_a", type: "function", function: { name: "f", arguments: "{}" } };

describe("OpenAI's answers", () => {
  it("have dated names, ids and headers", async () => {
    const answer = await ask(simulator, "openai");
    const body = (await answer.json()) as JsonRecord;
    expect(body).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-\w{29}$/) as string,
      object: "chat.completion",
      model: "gpt-4o-2024-08-06",
      service_tier: "default",
      system_fingerprint: expect.stringMatching(/^fp_[0-9a-f]{10}$/) as string,
    });
    for (const name of [
      "x-request-id",
      "openai-processing-ms",
      "openai-version",
      "x-ratelimit-limit-requests",
      "x-ratelimit-remaining-tokens",
      "x-ratelimit-reset-requests",
    ]) {
      expect([name, answer.headers.has(name)]).toEqual([name, true]);
    }
    expect(answer.headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{32}$/);
  });

  it("stop at max_tokens and at stop sequences", async () => {
    const cut = await complete({ body: { max_tokens: 5 } });
    expect(cut.choices[0]?.finish_reason).toBe("length");
    expect(cut.usage.completion_tokens).toBe(5);
    const stopped = await complete({ text: "Reply exactly: one two three four", body: { stop: ["three"] } });
    expect(stopped.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "one two " } });
  });

  it("come in several choices that differ", async () => {
    const { choices, usage } = await complete({ body: { n: 3 } });
    expect(new Set(choices.map((choice) => choice.message.content)).size).toBeGreaterThan(1);
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
  });

  it("bring logprobs when asked, whole and streamed", async () => {
    const body = { logprobs: true, top_logprobs: 2 };
    const [choice] = (await complete({ body })).choices;
    expect(choice?.logprobs?.content.map((one) => one.token).join("")).toBe(choice?.message.content);
    expect(choice?.logprobs?.content.every((one) => one.top_logprobs.length === 2)).toBe(true);
    const text = await (await ask(simulator, "openai", { stream: true, body })).text();
    expect(text).toMatch(/"logprobs":\{"content":\[\{"token":/);
  });

  it("follow a JSON schema, and give an object in JSON mode", async () => {
    const schema = {
      type: "object",
      properties: { unit: { type: "string", enum: ["c", "f"] }, degrees: { type: "integer", minimum: 3, maximum: 4 } },
      required: ["unit", "degrees"],
      additionalProperties: false,
    };
    const format = { type: "json_schema", json_schema: { name: "answer", strict: true, schema } };
    const [choice] = (await complete({ body: { response_format: format } })).choices;
    expect(JSON.parse(choice?.message.content ?? "")).toEqual({
      unit: expect.stringMatching(/^[cf]$/) as string,
      degrees: expect.any(Number) as number,
    });
    const [loose] = (await complete({ text: "as JSON please", body: { response_format: { type: "json_object" } } }))
      .choices;
    expect(JSON.parse(loose?.message.content ?? "")).toBeTypeOf("object");
  });

  it("call tools, none, one or two, as they may", async () => {
    const [one] = (await complete({ tools: true, text: "Weather in Paris?" })).choices;
    expect(one?.finish_reason).toBe("tool_calls");
    expect(one?.message.content).toBeNull();
    expect(one?.message.tool_calls).toMatchObject([
      { function: { name: "get_weather", arguments: '{"city":"Paris"}' } },
    ]);
    const two = { tools: true, text: "Weather in Paris and in Rome?" };
    expect((await complete(two)).choices[0]?.message.tool_calls).toHaveLength(2);
    expect(
      (await complete({ ...two, body: { parallel_tool_calls: false } })).choices[0]?.message.tool_calls,
    ).toHaveLength(1);
    const none = (await complete({ ...two, body: { tool_choice: "none" } })).choices[0];
    expect([none?.finish_reason, none?.message.tool_calls]).toEqual(["stop", undefined]);
    const named = { tool_choice: { type: "function", function: { name: "get_weather" } } };
    expect((await complete({ tools: true, body: named })).choices[0]?.message.tool_calls).toHaveLength(1);
  });

  it("speak of the results after tools", async () => {
    const messages = [
      user,
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "call_a", content: "17 degrees" },
    ];
    const [choice] = (await complete({ tools: true, body: { messages } })).choices;
    expect(choice).toMatchObject({
      finish_reason: "stop",
      message: { content: expect.stringContaining("17 degrees") as string },
    });
  });

  it("name the model only when asked", async () => {
    expect((await complete({ text: "Who are you?" })).choices[0]?.message.content).toContain("gpt-4o-2024-08-06");
    expect((await complete({})).choices[0]?.message.content).not.toContain("gpt");
  });

  it("think, on models that do", async () => {
    const { usage } = await complete({ model: "gpt-5" });
    expect(usage.completion_tokens_details.reasoning_tokens).toBe(128);
    expect(usage.completion_tokens).toBeGreaterThan(128);
    const starved = await complete({ model: "gpt-5", body: { max_completion_tokens: 100 } });
    expect(starved.choices[0]).toMatchObject({ finish_reason: "length", message: { content: "" } });
    expect(starved.usage.completion_tokens).toBe(100);
  });

  it("stream role, deltas, finish, usage and [DONE] in that order", async () => {
    const answer = await ask(simulator, "openai", { stream: true });
    const events = eventsOf(await answer.text()) as (JsonRecord & {
      choices: { delta: JsonRecord; finish_reason: string | null }[];
    })[];
    expect(events[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: "", refusal: null });
    expect(events.at(-1)).toBe("[DONE]");
    expect(events.at(-2)).toMatchObject({ choices: [], usage: { prompt_tokens: expect.any(Number) as number } });
    expect(events.at(-3)?.choices[0]).toMatchObject({ delta: {}, finish_reason: "stop" });
    const middle = events.slice(0, -3);
    expect(middle.every((event) => event["usage"] === null && event.choices[0]?.finish_reason === null)).toBe(true);
    expect(new Set(events.slice(0, -1).map((event) => event["id"])).size).toBe(1);
  });
});

describe("OpenAI's refusals", () => {
  it.each<[string, JsonRecord, number, RegExp | string, string | null, string | null]>([
    ["no model", { model: undefined }, 400, "you must provide a model parameter", null, null],
    ["unknown model", { model: "llama-9" }, 404, /^The model `llama-9` does not exist/, null, "model_not_found"],
    ["unknown field", { colour: 1 }, 400, "Unknown parameter: 'colour'.", "colour", "unknown_parameter"],
    [
      "no messages",
      { messages: undefined },
      400,
      "Missing required parameter: 'messages'.",
      "messages",
      "missing_required_parameter",
    ],
    [
      "messages of a wrong type",
      { messages: "hi" },
      400,
      /expected an array of objects, but got a string instead/,
      "messages",
      "invalid_type",
    ],
    ["empty messages", { messages: [] }, 400, /empty array/, "messages", "empty_array"],
    [
      "a wrong role",
      { messages: [{ role: "boss", content: "x" }] },
      400,
      /^Invalid value: 'boss'/,
      "messages[0].role",
      "invalid_value",
    ],
    [
      "no content",
      { messages: [{ role: "user", content: null }] },
      400,
      "Invalid value for 'content': expected a string, got null.",
      "messages.[0].content",
      null,
    ],
    [
      "temperature too high",
      { temperature: 3 },
      400,
      /decimal above maximum value/,
      "temperature",
      "decimal_above_max_value",
    ],
    [
      "max_tokens on a reasoning model",
      { model: "o3", max_tokens: 5 },
      400,
      /Use 'max_completion_tokens' instead/,
      "max_tokens",
      "unsupported_parameter",
    ],
    [
      "temperature on a reasoning model",
      { model: "gpt-5", temperature: 0.2 },
      400,
      /does not support 0.2 with this model/,
      "temperature",
      "unsupported_value",
    ],
    [
      "tools with effort",
      { model: "gpt-5.4", reasoning_effort: "low", tools: [{ type: "function", function: { name: "f" } }] },
      400,
      /use \/v1\/responses/,
      "reasoning_effort",
      null,
    ],
    [
      "no word on effort with tools",
      { model: "gpt-5.6-sol", tools: [{ type: "function", function: { name: "f" } }] },
      400,
      /use \/v1\/responses/,
      "reasoning_effort",
      null,
    ],
    [
      "an effort the model has not",
      { model: "gpt-5.6", reasoning_effort: "minimal" },
      400,
      "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'none', 'low', 'medium', 'high', and 'xhigh'.",
      "reasoning_effort",
      "unsupported_value",
    ],
    [
      "effort on a model that does not think",
      { reasoning_effort: "low" },
      400,
      "Unrecognized request argument supplied: reasoning_effort",
      null,
      null,
    ],
    [
      "a model of the Responses service",
      { model: "gpt-5-codex" },
      404,
      /only supported in v1\/responses and not in v1\/chat\/completions/,
      "model",
      null,
    ],
    [
      "a model of the older service",
      { model: "gpt-3.5-turbo-instruct" },
      404,
      /^This is not a chat model/,
      "model",
      null,
    ],
    [
      "a stranger in a message",
      { messages: [user, { role: "assistant", content: "x", reasoning_content: "hm" }] },
      400,
      "Unknown parameter: 'messages[1].reasoning_content'.",
      "messages[1].reasoning_content",
      "unknown_parameter",
    ],
    [
      "a stranger in a part",
      { messages: [{ role: "user", content: [{ type: "text", text: "x", cache_control: {} }] }] },
      400,
      "Unknown parameter: 'messages[0].content[0].cache_control'.",
      "messages[0].content[0].cache_control",
      "unknown_parameter",
    ],
    [
      "a stranger in a call",
      { messages: [user, { role: "assistant", content: null, tool_calls: [{ ...call, extra_content: {} }] }] },
      400,
      "Unknown parameter: 'messages[1].tool_calls[0].extra_content'.",
      "messages[1].tool_calls[0].extra_content",
      "unknown_parameter",
    ],
    [
      "too long an id of a result",
      { messages: [user, { role: "tool", tool_call_id: "x".repeat(65), content: "y" }] },
      400,
      /maximum length 40, but got a string with length 65/,
      "messages[1].tool_call_id",
      "string_above_max_length",
    ],
    [
      "top_p on a reasoning model",
      { model: "o3", top_p: 0.5 },
      400,
      /'top_p' does not support 0.5 with this model/,
      "top_p",
      "unsupported_value",
    ],
    [
      "too many tokens asked for",
      { max_tokens: 999_999 },
      400,
      /^max_tokens is too large: 999999/,
      "max_tokens",
      "invalid_value",
    ],
    [
      "stream options without a stream",
      { stream_options: { include_usage: true } },
      400,
      /only allowed when 'stream' is enabled/,
      "stream_options",
      null,
    ],
    [
      "JSON mode without the word",
      { response_format: { type: "json_object" } },
      400,
      /must contain the word 'json'/,
      "messages",
      null,
    ],
    [
      "tool choice without tools",
      { tool_choice: "auto" },
      400,
      /only allowed when 'tools' are specified/,
      "tool_choice",
      null,
    ],
    [
      "a bad tool name",
      { tools: [{ type: "function", function: { name: "a b" } }] },
      400,
      /does not match pattern/,
      "tools[0].function.name",
      "invalid_value",
    ],
    [
      "calls without results",
      { messages: [user, { role: "assistant", content: null, tool_calls: [call] }, user] },
      400,
      /^An assistant message with 'tool_calls' must be followed by tool messages.*call_a$/,
      "messages.[2].role",
      null,
    ],
    [
      "a result without a call",
      { messages: [user, { role: "tool", tool_call_id: "x", content: "y" }] },
      400,
      /must be a response to a preceeding message/,
      "messages.[1].role",
      null,
    ],
    [
      "an open strict schema",
      {
        response_format: {
          type: "json_schema",
          json_schema: { name: "n", strict: true, schema: { type: "object", properties: {} } },
        },
      },
      400,
      /'additionalProperties' is required to be supplied and to be false/,
      "response_format",
      null,
    ],
    [
      "a strict schema with options",
      {
        tools: [
          {
            type: "function",
            function: {
              name: "f",
              strict: true,
              parameters: { type: "object", additionalProperties: false, properties: { a: {} }, required: [] },
            },
          },
        ],
      },
      400,
      /Missing 'a'/,
      "tools[0].function.parameters",
      "invalid_function_parameters",
    ],
    [
      "an image from nowhere",
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "ftp://x" } }] }] },
      400,
      /^Invalid image URL/,
      "messages[0].content[0].image_url.url",
      "invalid_value",
    ],
    [
      "too long a call id",
      { messages: [user, { role: "assistant", content: null, tool_calls: [{ ...call, id: "x".repeat(70) }] }] },
      400,
      /maximum length 40/,
      "messages[1].tool_calls[0].id",
      "string_above_max_length",
    ],
    [
      "too long a prompt",
      { model: "gpt-4", messages: [{ role: "user", content: "word ".repeat(9000) }] },
      400,
      /maximum context length is 8192 tokens/,
      "messages",
      "context_length_exceeded",
    ],
  ])("%s", async (...row) => {
    const [, body, status, message, param, code] = row;
    const seen = await refusal(body);
    expect(seen.status).toBe(status);
    expect(seen.error["message"]).toMatch(message);
    expect([seen.error["param"], seen.error["code"], seen.error["type"]]).toEqual([
      param,
      code,
      "invalid_request_error",
    ]);
  });

  it("are for keys, paths, methods and bodies too", async () => {
    const base = simulator.vendors.openai.baseUrl;
    const post = async (path: string, init: RequestInit): Promise<[number, string]> => {
      const answer = await fetch(`${base}${path}`, { method: "POST", ...init });
      return [answer.status, ((await answer.json()) as { error: { message: string } }).error.message];
    };
    expect(await post("/chat/completions", {})).toEqual([401, expect.stringMatching(/^You didn't provide an API key/)]);
    const badKey = await post("/chat/completions", { headers: { authorization: "Bearer sk-bad-key-1234567890" } });
    expect(badKey).toEqual([401, expect.stringMatching(/^Incorrect API key provided: sk-bad-k\*+7890\./)]);
    expect(await post("/nothing", { headers: goodHeaders })).toEqual([404, "Invalid URL (POST /v1/nothing)"]);
    expect(await post("/chat/completions", { headers: goodHeaders, method: "PUT" })).toEqual([
      405,
      expect.stringMatching(/^Not allowed to PUT/),
    ]);
    expect(await post("/chat/completions", { headers: goodHeaders, body: "{oops" })).toEqual([
      400,
      expect.stringMatching(/^We could not parse the JSON body/),
    ]);
  });
});

describe("beside recorded traffic, where present", () => {
  const streamed = recordings("openai-chat", "openai", "agent-run-stream-structured-with-tool");
  const whole = recordings("openai-chat", "openai", "parallel-tool-calls.6df7");

  it.skipIf(whole === undefined)("the whole answer has the same keys", async () => {
    const body = whole?.[0]?.request.body ?? {};
    const answer = (await complete({ body: { ...body, stream: false } })) as unknown;
    expect(shapeOf(answer).toSorted()).toEqual(shapeOf(whole?.[0]?.response.body).toSorted());
    expect(Object.keys(answer as object)).toEqual(Object.keys(whole?.[0]?.response.body as object));
  });

  it.skipIf(streamed === undefined)("the chunks have the same keys", async () => {
    const { obfuscation: _none, ...recorded } = {
      obfuscation: 0,
      events: eventsOf(streamed?.[0]?.response.bodyText ?? ""),
    };
    const body = {
      ...streamed?.[0]?.request.body,
      stream_options: { include_usage: true, include_obfuscation: false },
    };
    const text = await (await ask(simulator, "openai", { body })).text();
    expect(shapeOf(eventsOf(text)).toSorted()).toEqual(shapeOf(recorded.events).toSorted());
    expect(Object.keys(eventsOf(text)[0] as object)).toEqual(Object.keys(recorded.events[0] as object));
  });

  it.skipIf(whole === undefined)("the headers are there", async () => {
    const answer = await ask(simulator, "openai");
    for (const name of Object.keys(whole?.[0]?.response.headers ?? {}))
      expect([name, answer.headers.has(name)]).toEqual([name, true]);
  });
});
