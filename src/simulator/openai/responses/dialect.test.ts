import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { asRecord, asText, recordsOf, type JsonRecord } from "../../json-record.ts";
import { recordings, shapeOf } from "../../recorded.test-support.ts";
import { startSimulator, type FaultScript, type Simulator } from "../../simulator.ts";
import { eventsOf, goodHeaders } from "../../simulator.test-support.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterEach(() => {
  simulator.heal();
});
afterAll(async () => {
  await simulator.close();
});

function post(body: JsonRecord): Promise<Response> {
  return fetch(`${simulator.vendors.openai.baseUrl}/responses`, {
    method: "POST",
    headers: goodHeaders,
    body: JSON.stringify({ model: "gpt-4o", input: "Tell me about bread", ...body }),
    redirect: "manual",
  });
}

async function respond(body: JsonRecord = {}): Promise<JsonRecord> {
  const answer = await post(body);
  const response = (await answer.json()) as JsonRecord;
  expect([answer.status, response["error"]]).toEqual([200, null]);
  return response;
}

async function events(body: JsonRecord = {}): Promise<JsonRecord[]> {
  const answer = await post({ ...body, stream: true });
  expect(answer.status).toBe(200);
  return recordsOf(eventsOf(await answer.text()));
}

async function refusal(body: JsonRecord): Promise<[number, JsonRecord]> {
  const answer = await post(body);
  return [answer.status, ((await answer.json()) as { error: JsonRecord }).error];
}

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const weather = { type: "function", name: "get_weather", parameters };
const user = { role: "user", content: "The weather in Paris?" };
const call = { type: "function_call", call_id: "call_a", name: "get_weather", arguments: '{"city":"Paris"}' };
const result = { type: "function_call_output", call_id: "call_a", output: "17 degrees" };
const sealed = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: `gAAAAAB${"x".repeat(60)}` };

function typesOf(list: readonly JsonRecord[]): string[] {
  const types = list.map((event) => String(event["type"]));
  return types.filter((type, index) => type !== types[index - 1]);
}

describe("responses", () => {
  it("say what was asked, and the answer in an output", async () => {
    const response = await respond({ instructions: "Be brief", metadata: { a: "b" } });
    expect(response).toMatchObject({
      object: "response",
      status: "completed",
      model: "gpt-4o-2024-08-06",
      instructions: "Be brief",
      metadata: { a: "b" },
      store: true,
      incomplete_details: null,
      output: [{ type: "message", role: "assistant", content: [{ type: "output_text", annotations: [] }] }],
    });
    const usage = response["usage"] as Record<string, number>;
    expect(usage["total_tokens"]).toBe((usage["input_tokens"] ?? 0) + (usage["output_tokens"] ?? 0));
  });

  it("follow a schema, stop at the limit, call functions and speak of their results", async () => {
    const schema = {
      type: "object",
      properties: { unit: { enum: ["c", "f"] } },
      required: ["unit"],
      additionalProperties: false,
    };
    const format = { type: "json_schema", name: "answer", strict: true, schema };
    const formed = JSON.stringify((await respond({ text: { format } }))["output"]);
    expect(formed).toMatch(/\{\\"unit\\":\\"[cf]\\"\}/);
    expect(await respond({ max_output_tokens: 16, input: "write 100 words" })).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      usage: { output_tokens: 16 },
      output: [{ status: "incomplete" }],
    });
    const called = await respond({ tools: [weather], input: [user] });
    expect(called).toMatchObject({
      tools: [{ strict: true, parameters: { additionalProperties: false } }],
      output: [{ type: "function_call", name: "get_weather", arguments: '{"city":"Paris"}', status: "completed" }],
    });
    const spoken = await respond({ tools: [weather], input: [user, call, result] });
    expect(JSON.stringify(spoken["output"])).toContain("17 degrees");
  });

  it("begin with reasoning, summarised and sealed when asked", async () => {
    const include = ["reasoning.encrypted_content"];
    const plain = await respond({ model: "gpt-5", reasoning: { effort: "low" } });
    expect(plain).toMatchObject({
      output: [{ type: "reasoning", summary: [] }, { type: "message" }],
      usage: { output_tokens_details: { reasoning_tokens: 64 } },
    });
    expect(recordsOf(plain["output"])[0]).not.toHaveProperty("encrypted_content");
    const full = await respond({ model: "gpt-5.6-sol", reasoning: { effort: "high", summary: "auto" }, include });
    expect(recordsOf(full["output"])[0]).toMatchObject({
      summary: [{ type: "summary_text", text: expect.stringContaining("**") as string }],
      encrypted_content: expect.stringMatching(/^gAAAA/) as string,
    });
    const rested = await respond({ model: "gpt-5.6-sol", reasoning: { effort: "none" } });
    expect(recordsOf(rested["output"]).map((item) => item["type"])).toEqual(["message"]);
    const starved = await respond({ model: "gpt-5", max_output_tokens: 40 });
    expect(starved).toMatchObject({ status: "incomplete", output: [{ type: "reasoning" }] });
  });

  it("remember the turn before, unless told not to store it", async () => {
    const first = await respond({ model: "gpt-5", input: [user], tools: [weather] });
    const made = recordsOf(first["output"]).find((item) => item["type"] === "function_call");
    const output = { type: "function_call_output", call_id: made?.["call_id"], output: "19 degrees" };
    const next = await respond({
      model: "gpt-5",
      tools: [weather],
      previous_response_id: first["id"],
      input: [output],
    });
    expect(next["previous_response_id"]).toBe(first["id"]);
    expect(JSON.stringify(next["output"])).toContain("19 degrees");
    const forgotten = await respond({ store: false });
    expect(await refusal({ previous_response_id: forgotten["id"] })).toMatchObject([
      400,
      { code: "previous_response_not_found", param: "previous_response_id" },
    ]);
  });

  it("stream in the real order, numbered from 0, and end with the whole response", async () => {
    const list = await events({
      model: "gpt-5",
      reasoning: { summary: "auto" },
      include: ["reasoning.encrypted_content"],
    });
    expect(typesOf(list)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.reasoning_summary_part.added",
      "response.reasoning_summary_text.delta",
      "response.reasoning_summary_text.done",
      "response.reasoning_summary_part.done",
      "response.output_item.done",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(list.map((event) => event["sequence_number"])).toEqual(list.map((_, index) => index));
    const deltas = list.filter((event) => event["type"] === "response.output_text.delta");
    const text = deltas.map((event) => asText(event["delta"])).join("");
    expect(list.at(-1)).toMatchObject({
      response: { status: "completed", output: [{}, { content: [{ text }] }], usage: {} },
    });
    expect(list[0]).toMatchObject({ response: { status: "in_progress", output: [], usage: null } });
  });

  it("stream calls with their arguments in pieces", async () => {
    const list = await events({ tools: [weather], input: "Weather in Paris and in Rome?" });
    const one = [
      "response.output_item.added",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.done",
      "response.output_item.done",
    ];
    expect(typesOf(list)).toEqual(["response.created", "response.in_progress", ...one, ...one, "response.completed"]);
    const cut = await events({ max_output_tokens: 16, input: "write 100 words" });
    expect(cut.at(-1)).toMatchObject({
      type: "response.incomplete",
      response: { incomplete_details: { reason: "max_output_tokens" } },
    });
  });

  it("bring log probabilities when asked", async () => {
    const body = { include: ["message.output_text.logprobs"], top_logprobs: 2 };
    const [message] = recordsOf((await respond(body))["output"]);
    const [part] = recordsOf(message?.["content"]);
    const tokens = recordsOf(part?.["logprobs"]).map((one) => asText(one["token"]));
    expect(tokens.join("")).toBe(part?.["text"]);
    const delta = (await events(body)).find((event) => event["type"] === "response.output_text.delta");
    expect(delta).toMatchObject({ logprobs: [{ top_logprobs: [{}, {}] }] });
  });
});

describe("refusals of responses", () => {
  const strict = { type: "object", properties: { a: { type: "string" } }, required: [], additionalProperties: false };
  it.each<[string, JsonRecord, RegExp, string | null, string | null, number?]>([
    ["no model", { model: undefined }, /^Missing required/, "model", "missing_required_parameter"],
    ["an unknown model", { model: "gpt4" }, /^The requested model 'gpt4' does not exist/, "model", "model_not_found"],
    ["no input", { input: undefined }, /must be provided/, null, "missing_required_parameter"],
    ["input of a wrong type", { input: 7 }, /got an integer instead/, "input", "invalid_type"],
    ["an unknown parameter", { thinking: {} }, /^Unknown parameter: 'thinking'/, "thinking", "unknown_parameter"],
    ["messages", { messages: [] }, /has moved to 'input'/, "messages", "unsupported_parameter"],
    ["response_format", { response_format: {} }, /moved to 'text.format'/, "response_format", "unsupported_parameter"],
    ["max_tokens", { max_tokens: 20 }, /moved to 'max_output_tokens'/, "max_tokens", "unsupported_parameter"],
    ["stop", { stop: ["x"] }, /^Unknown parameter: 'stop'/, "stop", "unknown_parameter"],
    ["few tokens", { max_output_tokens: 5 }, />= 16/, "max_output_tokens", "integer_below_min_value"],
    ["temperature on a reasoning model", { model: "gpt-5", temperature: 0 }, /not supported/, "temperature", null],
    ["effort on others", { reasoning: { effort: "low" } }, /'reasoning.effort' is not/, "reasoning.effort", null],
    [
      "an effort it has not",
      { model: "gpt-5.6", reasoning: { effort: "minimal" } },
      /^Unsupported value: 'minimal' is not supported with the 'gpt-5.6' model/,
      "reasoning.effort",
      "unsupported_value",
    ],
    ["sealed reasoning of others", { include: ["reasoning.encrypted_content"] }, /^Encrypted content/, "include", null],
    ["a wrong include", { include: ["all"] }, /^Invalid value: 'all'/, "include[0]", "invalid_value"],
    [
      "a nested tool",
      { tools: [{ type: "function", function: { name: "f" } }] },
      /'tools\[0\].name'/,
      "tools[0].name",
      "missing_required_parameter",
    ],
    [
      "an open strict tool",
      { tools: [{ ...weather, strict: true, parameters: strict }] },
      /Missing 'a'/,
      "tools[0].parameters",
      "invalid_function_parameters",
    ],
    [
      "a tool that is not there",
      { tool_choice: { type: "function", name: "f" } },
      /'f' not found/,
      "tool_choice",
      null,
    ],
    ["required without tools", { tool_choice: "required" }, /must be specified with 'tools'/, "tool_choice", null],
    ["JSON mode without the word", { text: { format: { type: "json_object" } } }, /word 'json'/, "input", null],
    [
      "a schema without a name",
      { text: { format: { type: "json_schema", schema: {} } } },
      /'text.format.name'/,
      "text.format.name",
      "missing_required_parameter",
    ],
    ["a role that is none", { input: [{ ...user, role: "tool" }] }, /'tool'/, "input[0].role", "invalid_value"],
    [
      "input text of the assistant",
      { input: [{ role: "assistant", content: [{ type: "input_text", text: "x" }] }] },
      /^Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'/,
      "input[0].content[0]",
      "invalid_value",
    ],
    [
      "a stranger in an item",
      { input: [{ ...user, name: "Bo" }] },
      /^Unknown parameter: 'input\[0\].name'/,
      "input[0].name",
      "unknown_parameter",
    ],
    [
      "a foreign item id",
      { input: [user, { ...call, id: "call_1" }, result] },
      /begins with 'fc'/,
      "input[1].id",
      "invalid_value",
    ],
    [
      "too long a call id",
      { input: [user, { ...call, call_id: "x".repeat(65) }] },
      /maximum length 64, but got a string with length 65/,
      "input[1].call_id",
      "string_above_max_length",
    ],
    [
      "a call without result",
      { input: [user, call] },
      /^No tool output found for function call call_a\.$/,
      "input",
      null,
    ],
    ["a result without call", { input: [user, result] }, /^No tool call found for .* call_id call_a\.$/, "input", null],
    [
      "reasoning alone",
      { model: "gpt-5", input: [user, sealed] },
      /without its required following item/,
      "input",
      null,
    ],
    [
      "forged reasoning",
      { model: "gpt-5", input: [user, { ...sealed, encrypted_content: "signature" }, call, result] },
      /could not be verified/,
      null,
      "invalid_encrypted_content",
    ],
    [
      "reasoning nobody kept",
      { model: "gpt-5", input: [user, { ...sealed, encrypted_content: undefined }, call, result] },
      /^Item with id 'rs_1' not found/,
      "input",
      null,
      404,
    ],
    [
      "an unknown conversation",
      { conversation: "conv_1" },
      /^Conversation with id 'conv_1'/,
      "conversation",
      null,
      404,
    ],
    [
      "an unknown turn",
      { previous_response_id: "resp_1" },
      /'resp_1' not found/,
      "previous_response_id",
      "previous_response_not_found",
    ],
    [
      "too long an input",
      { input: "word ".repeat(130_000) },
      /exceeds the context window/,
      "input",
      "context_length_exceeded",
    ],
  ])("%s", async (...row) => {
    const [, body, message, param, code, status = 400] = row;
    const [seen, error] = await refusal(body);
    expect([seen, error["param"], error["code"]]).toEqual([status, param, code]);
    expect(error["message"]).toMatch(message);
  });

  it("a call of its own without the reasoning before it", async () => {
    const include = ["reasoning.encrypted_content"];
    const body = { model: "gpt-5", tools: [weather], include, store: false };
    const [reasoning, made] = recordsOf((await respond({ ...body, input: [user] }))["output"]);
    const output = { type: "function_call_output", call_id: made?.["call_id"], output: "19" };
    const half = await refusal({ ...body, input: [user, made, output] });
    expect(half).toMatchObject([400, { message: expect.stringMatching(/required 'reasoning' item/) as string }]);
    expect(await respond({ ...body, input: [user, reasoning, made, output] })).toMatchObject({ status: "completed" });
    const renamed = { ...made, id: undefined };
    expect(await respond({ ...body, input: [user, renamed, output] })).toMatchObject({ status: "completed" });
  });
});

describe("faults of responses", () => {
  const under = async (script: FaultScript, body: JsonRecord = {}): Promise<JsonRecord[]> => {
    simulator.play("openai", { ...script, count: 1 });
    return events(body);
  };

  it("fail in the first event and in mid-stream", async () => {
    expect(await under({ fault: "error-event-first" })).toMatchObject([
      { type: "error", sequence_number: 0, error: { code: "server_is_overloaded" } },
    ]);
    const list = await under({ fault: "error-event-mid-stream", afterTokens: 4 });
    const begun = asRecord(list[0]?.["response"]);
    expect(list.slice(-2)).toMatchObject([
      { type: "error", error: { code: "server_is_overloaded" } },
      { type: "response.failed", response: { status: "failed", id: begun?.["id"] } },
    ]);
    expect(list.map((event) => event["sequence_number"])).toEqual(list.map((_, index) => index));
  });

  it("lose, move and repeat usage and ending", async () => {
    expect(JSON.stringify(await under({ fault: "usage-missing" }))).not.toContain("input_tokens");
    const odd = (await under({ fault: "usage-odd" })).at(-1)?.["response"] as JsonRecord;
    expect([odd["usage"], odd["metadata"]]).toMatchObject([undefined, { usage: {} }]);
    const twice = await under({ fault: "duplicate-finish" });
    expect(twice.slice(-2).map((event) => event["type"])).toEqual(["response.completed", "response.completed"]);
    expect(twice.at(-1)?.["sequence_number"]).toBe(twice.length - 1);
    const clean = await under({ fault: "clean-end-without-finish" });
    expect(clean.at(-1)?.["type"]).toBe("response.output_text.delta");
  });

  it("empty, block, cut and interleave", async () => {
    const empty = await under({ fault: "empty-choices" });
    expect(typesOf(empty)).toEqual(["response.created", "response.in_progress", "response.completed"]);
    expect(empty.at(-1)).toMatchObject({ response: { output: [] } });
    expect((await under({ fault: "empty-text" })).at(-1)).toMatchObject({
      response: { output: [{ content: [{ text: "" }] }] },
    });
    expect((await under({ fault: "policy-block" })).at(-1)).toMatchObject({
      type: "response.incomplete",
      response: { incomplete_details: { reason: "content_filter" } },
    });
    expect((await under({ fault: "finish-reason", reason: "failed" })).at(-1)).toMatchObject({
      type: "response.failed",
      response: { error: { code: "server_error" } },
    });
    const tools = { tools: [weather], input: "Weather in Paris?" };
    const cut = (await under({ fault: "tool-arguments-cut" }, tools)).at(-1)?.["response"] as JsonRecord;
    expect(recordsOf(cut["output"])[0]?.["arguments"]).toBe('{"city":"');
    const mixed = await under({ fault: "interleaved-tool-calls" }, tools);
    expect(mixed.slice(2, 4).map((event) => event["output_index"])).toEqual([0, 1]);
    expect(mixed.map((event) => event["sequence_number"])).toEqual(mixed.map((_, index) => index));
  });

  it("break the frame, the status and the connection", async () => {
    simulator.play("openai", { fault: "status", status: 429, retryAfter: 3, count: 1 });
    const limited = await post({});
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "3"]);
    simulator.play("openai", { fault: "no-done", count: 1 });
    expect(await (await post({ stream: true })).text()).toMatch(/"sequence_number":\d+\}\n$/);
    simulator.play("openai", { fault: "fin-without-terminator", count: 1 });
    await expect(post({ stream: true }).then((answer) => answer.text())).rejects.toThrow("terminated");
    simulator.play("openai", { fault: "malformed-event", count: 1 });
    const broken = eventsOf(await (await post({ stream: true })).text());
    expect(broken.filter((event) => typeof event === "string")).toHaveLength(1);
  });
});

describe("the vendor's own client on responses", () => {
  const client = (): OpenAI =>
    new OpenAI({ apiKey: "sk-test", baseURL: simulator.vendors.openai.baseUrl, maxRetries: 0 });

  it("reads answers, streams, and failures in them", async () => {
    const whole = await client().responses.create({ model: "gpt-4o", input: "Say bread" });
    expect(whole.output_text).toMatch(/bread/i);
    const stream = client().responses.stream({ model: "gpt-5", input: "Tell me about bread" });
    const final = await stream.finalResponse();
    expect(final.output.map((item) => item.type)).toEqual(["reasoning", "message"]);
    simulator.play("openai", { fault: "error-event-mid-stream", count: 1 });
    const failing = await client().responses.create({ model: "gpt-4o", input: "bread", stream: true });
    await expect(Array.fromAsync(failing)).rejects.toThrow(OpenAI.APIError);
    await expect(client().responses.create({ model: "nope", input: "x" })).rejects.toThrow(OpenAI.BadRequestError);
  });
});

describe("beside recorded responses, where present", () => {
  const streamed = recordings("openai-responses", "openai", "responses-tool-use-streaming.cb5d");
  const whole = recordings("openai-responses", "openai", "ses-interleaved-reasoning-between-tool-calls");

  it.skipIf(streamed === undefined)("the events have the same keys", async () => {
    const { body, text } = {
      body: streamed?.[0]?.request.body ?? {},
      text: streamed?.[0]?.response.bodyText ?? "",
    };
    // with effort "none", because the recorded model did not reason
    const list = await events({ ...body, reasoning: { effort: "none" } });
    expect(shapeOf(list).toSorted()).toEqual(shapeOf(eventsOf(text)).toSorted());
    expect(typesOf(list)).toEqual(typesOf(recordsOf(eventsOf(text))));
  });

  it.skipIf(whole === undefined)("the whole answer has the same keys", async () => {
    const recorded = whole?.[0]?.response.body as JsonRecord;
    const { billing: _billing, output: _output, ...rest } = recorded;
    const { output, ...answer } = await respond(whole?.[0]?.request.body ?? {});
    expect(shapeOf(answer).toSorted()).toEqual(shapeOf(rest).toSorted());
    expect(recordsOf(output).map((item) => item["type"])).toEqual(["reasoning", "message"]);
    const sealedKeys = Object.keys(recordsOf(recorded["output"])[0] ?? {});
    expect(Object.keys(recordsOf(output)[0] ?? {})).toEqual(sealedKeys);
  });
});
