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

interface Message {
  readonly content: {
    readonly type: string;
    readonly text?: string;
    readonly input?: JsonRecord;
    readonly id?: string;
    readonly signature?: string;
  }[];
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
  readonly usage: { input_tokens: number; output_tokens: number };
  readonly model: string;
}

async function create(question: Question): Promise<Message> {
  const answer = await ask(simulator, "anthropic", question);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Message;
}

async function events(question: Question): Promise<JsonRecord[]> {
  return eventsOf(await (await ask(simulator, "anthropic", { ...question, stream: true })).text()) as JsonRecord[];
}

const user = { role: "user", content: "Weather in Paris?" };
const toolUse = { type: "tool_use", id: "toolu_01a", name: "get_weather", input: { city: "Paris" } };
const called = { role: "assistant", content: [toolUse] };
const result = { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_01a", content: "17 degrees" }] };
const closed = { type: "object", additionalProperties: false };

describe("Anthropic's answers", () => {
  it("have ids, dated names and headers", async () => {
    const answer = await ask(simulator, "anthropic");
    expect(await answer.json()).toMatchObject({
      id: expect.stringMatching(/^msg_01\w{22}$/) as string,
      type: "message",
      model: "claude-haiku-4-5-20251001",
      stop_reason: "end_turn",
    });
    for (const kind of ["requests", "tokens", "input-tokens", "output-tokens"]) {
      for (const part of ["limit", "remaining", "reset"])
        expect(answer.headers.get(`anthropic-ratelimit-${kind}-${part}`)).not.toBeNull();
    }
    expect(answer.headers.get("request-id")).toMatch(/^req_011C/);
  });

  it("stop at max_tokens and at stop sequences", async () => {
    expect(await create({ body: { max_tokens: 5 } })).toMatchObject({
      stop_reason: "max_tokens",
      usage: { output_tokens: 5 },
    });
    const stopped = await create({ text: "Reply exactly: one two three four", body: { stop_sequences: ["three"] } });
    expect(stopped).toMatchObject({
      stop_reason: "stop_sequence",
      stop_sequence: "three",
      content: [{ text: "one two " }],
    });
  });

  it("think first when told to, and sign it", async () => {
    const { content } = await create({ body: { thinking: { type: "enabled", budget_tokens: 1024 } } });
    expect(content.map((block) => block.type)).toEqual(["thinking", "text"]);
    expect(content[0]?.signature).toMatch(/^E[A-Za-z0-9+/]{200,}$/);
  });

  it("call tools, and speak of their results", async () => {
    const two = await create({ tools: true, text: "Weather in Paris and in Rome?" });
    expect(two.stop_reason).toBe("tool_use");
    expect(two.content).toMatchObject([
      { type: "tool_use", input: { city: "Paris" } },
      { type: "tool_use", input: { city: "Rome" } },
    ]);
    expect(two.content[0]?.id).toMatch(/^toolu_01/);
    const single = { tool_choice: { type: "auto", disable_parallel_tool_use: true } };
    expect((await create({ tools: true, text: "Weather in Paris and in Rome?", body: single })).content).toHaveLength(
      1,
    );
    expect((await create({ tools: true, body: { tool_choice: { type: "none" } } })).stop_reason).toBe("end_turn");
    const after = await create({ tools: true, body: { messages: [user, called, result] } });
    expect(after.content[0]?.text).toContain("17 degrees");
  });

  it("follow a schema", async () => {
    const schema = { ...closed, properties: { city: { type: "string" } }, required: ["city"] };
    const { content } = await create({
      text: "Where is the tower? In Paris.",
      body: { output_config: { format: { type: "json_schema", schema } } },
    });
    expect(JSON.parse(content[0]?.text ?? "")).toEqual({ city: "Paris" });
  });

  it("go on from a prefill on models that take one", async () => {
    const messages = [user, { role: "assistant", content: "It will be" }];
    expect((await create({ body: { messages } })).content[0]?.text).toMatch(/^ and /);
  });

  it("stream in the real order, ping after the first block's start", async () => {
    const all = await events({});
    const types = all.map((event) => event["type"]);
    expect(types.slice(0, 4)).toEqual(["message_start", "content_block_start", "ping", "content_block_delta"]);
    expect(types.slice(-3)).toEqual(["content_block_stop", "message_delta", "message_stop"]);
    const text = await (await ask(simulator, "anthropic", { stream: true })).text();
    expect(
      text.split("\n\n").every((event) => event === "" || /^event: (\w+)\ndata: \{"type": ?"\1"/.test(event)),
    ).toBe(true);
    expect(text).toMatch(/\} +\}\n/);
  });

  it("stream tool arguments as JSON in pieces, and nothing for a tool without arguments", async () => {
    const pieces = (await events({ tools: true, text: "Weather in Paris?" }))
      .map((event) => (event["delta"] as JsonRecord | undefined)?.["partial_json"])
      .filter((piece) => typeof piece === "string");
    expect(pieces[0]).toBe("");
    expect(JSON.parse(pieces.join(""))).toEqual({ city: "Paris" });
    const bare = await events({ body: { tools: [{ name: "now", input_schema: { type: "object", properties: {} } }] } });
    expect(JSON.stringify(bare).match(/"partial_json":"[^"]*"/g)).toEqual(['"partial_json":""']);
  });

  it("count tokens and list models", async () => {
    const base = simulator.vendors.anthropic.baseUrl;
    const counted = await fetch(`${base}/messages/count_tokens`, {
      method: "POST",
      headers: goodHeaders,
      body: JSON.stringify({ model: "claude-haiku-4-5", messages: [user] }),
    });
    expect(await counted.json()).toEqual({ input_tokens: 12 });
    const listed = (await (await fetch(`${base}/models`, { headers: goodHeaders })).json()) as {
      data: { max_input_tokens: number }[];
    };
    expect(listed.data.every((model) => model.max_input_tokens >= 200_000)).toBe(true);
  });
});

describe("Anthropic's refusals", () => {
  const thinking = { type: "enabled", budget_tokens: 1024 };
  it.each<[string, Question, number, RegExp]>([
    ["no max_tokens", { body: { max_tokens: undefined } }, 400, /^max_tokens: Field required$/],
    ["no messages", { body: { messages: undefined } }, 400, /^messages: Field required$/],
    ["no messages in the list", { body: { messages: [] } }, 400, /^messages: at least one message is required$/],
    ["unknown model", { model: "claud-1" }, 404, /^model: claud-1$/],
    ["unknown field", { body: { n: 2 } }, 400, /^n: Extra inputs are not permitted$/],
    [
      "too many tokens asked for",
      { body: { max_tokens: 999_999 } },
      400,
      /^max_tokens: 999999 > 64000, which is the maximum/,
    ],
    ["temperature above 1", { body: { temperature: 1.2 } }, 400, /^temperature: range: 0\.\.1$/],
    ["temperature with top_p", { body: { temperature: 1, top_p: 0.5 } }, 400, /cannot both be specified/],
    [
      "temperature on a new model",
      { model: "claude-opus-4-7", body: { temperature: 0.5 } },
      400,
      /^`temperature` is deprecated for this model\.$/,
    ],
    [
      "an empty text block",
      { body: { messages: [{ role: "user", content: [{ type: "text", text: "" }] }] } },
      400,
      /^messages: text content blocks must be non-empty$/,
    ],
    [
      "an empty message",
      { body: { messages: [{ role: "user", content: "" }] } },
      400,
      /^messages\.0: all messages must have non-empty content/,
    ],
    [
      "a system message",
      { body: { messages: [{ role: "system", content: "x" }, user] } },
      400,
      /^messages: Unexpected role "system"/,
    ],
    [
      "an assistant first",
      { body: { messages: [{ role: "assistant", content: "x" }, user] } },
      400,
      /first message must use the "user" role/,
    ],
    [
      "a result without its call",
      { body: { messages: [user, { role: "assistant", content: "x" }, result] } },
      400,
      /^messages\.2\.content\.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_01a/,
    ],
    [
      "a call without its result",
      { body: { messages: [user, called, user] } },
      400,
      /^messages\.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_01a/,
    ],
    [
      "a forged id",
      { body: { messages: [user, { role: "assistant", content: [{ ...toolUse, id: "a.b" }] }, user] } },
      400,
      /tool_use\.id: String should match pattern/,
    ],
    [
      "an image type it does not know",
      {
        body: {
          messages: [
            {
              role: "user",
              content: [{ type: "image", source: { type: "base64", media_type: "image/heic", data: "aa" } }],
            },
          ],
        },
      },
      400,
      /media_type: Input should be 'image\/jpeg'/,
    ],
    [
      "a prefill on a new model",
      { model: "claude-opus-4-6", body: { messages: [user, { role: "assistant", content: "It" }] } },
      400,
      /does not support assistant message prefill/,
    ],
    [
      "a prefill with a blank end",
      { body: { messages: [user, { role: "assistant", content: "It " }] } },
      400,
      /cannot end with trailing whitespace/,
    ],
    [
      "too small a budget",
      { body: { thinking: { type: "enabled", budget_tokens: 10 } } },
      400,
      /greater than or equal to 1024/,
    ],
    [
      "a budget above the maximum",
      { body: { max_tokens: 1000, thinking } },
      400,
      /^`max_tokens` must be greater than `thinking\.budget_tokens`/,
    ],
    [
      "forced tools while thinking",
      { tools: true, body: { thinking, tool_choice: { type: "any" } } },
      400,
      /^Thinking may not be enabled when tool_choice forces tool use\.$/,
    ],
    [
      "thinking that was forgotten",
      { tools: true, body: { thinking, messages: [user, called, result] } },
      400,
      /Expected `thinking` or `redacted_thinking`, but found `tool_use`/,
    ],
    [
      "thinking that was forged",
      {
        body: {
          messages: [
            user,
            { role: "assistant", content: [{ type: "thinking", thinking: "x", signature: "mine" }] },
            user,
          ],
        },
      },
      400,
      /Invalid `signature` in `thinking` block/,
    ],
    [
      "an effort the model lacks",
      { model: "claude-opus-4-6", body: { output_config: { effort: "xhigh" } } },
      400,
      /^This model does not support effort level 'xhigh'\. Supported levels: high, low, max, medium\.$/,
    ],
    [
      "an open schema",
      { body: { output_config: { format: { type: "json_schema", schema: { type: "object" } } } } },
      400,
      /'additionalProperties' must be explicitly set to false/,
    ],
    [
      "a tool without schema",
      { body: { tools: [{ name: "f" }] } },
      400,
      /^tools\.0\.custom\.input_schema: Field required$/,
    ],
    [
      "the same tool twice",
      {
        body: {
          tools: [
            { name: "f", input_schema: closed },
            { name: "f", input_schema: closed },
          ],
        },
      },
      400,
      /Tool names must be unique/,
    ],
    [
      "a choice that is not there",
      { tools: true, body: { tool_choice: { type: "tool", name: "g" } } },
      400,
      /^Tool 'g' not found in provided tools$/,
    ],
    [
      "a forced choice where refused",
      { model: "claude-sonnet-5-5", tools: true, body: { tool_choice: { type: "any" } } },
      400,
      /tool_choice/,
    ],
    ["too long a prompt", { text: "word ".repeat(210_000) }, 400, /^prompt is too long: \d+ tokens > 200000 maximum$/],
  ])("%s", async (...row) => {
    const [, question, status, message] = row;
    const answer = await ask(simulator, "anthropic", question);
    expect(answer.status).toBe(status);
    const body = (await answer.json()) as { error: { type: string; message: string }; request_id: string };
    expect(body.error.message).toMatch(message);
    expect(body.error.type).toBe(status === 404 ? "not_found_error" : "invalid_request_error");
    expect(body.request_id).toBe(answer.headers.get("request-id"));
    expect(answer.headers.get("x-should-retry")).toBe("false");
  });

  it.each([
    ["mcp_toolset", { mcp_server_name: "docs" }, true],
    ["browser_toolset_20260801", {}, true],
    ["computer_toolset_20260801", {}, true],
    ["mcp_toolset", {}, false],
  ])("%s with %j: a set of tools has no name of its own", async (type, members, ok) => {
    const body = { tools: [{ type, ...members }], tool_choice: { type: "auto" } };
    expect((await ask(simulator, "anthropic", { body })).ok).toBe(ok);
  });

  it("are for keys, versions, paths, methods and bodies too", async () => {
    const { baseUrl } = simulator.vendors.anthropic;
    const post = async (
      headers: Record<string, string>,
      body = "{}",
      path = "/messages",
    ): Promise<[number, string]> => {
      const answer = await fetch(`${baseUrl}${path}`, { method: "POST", headers, body });
      return [answer.status, ((await answer.json()) as { error: { message: string } }).error.message];
    };
    const version = { "anthropic-version": "2023-06-01" };
    expect(await post(version)).toEqual([401, "x-api-key header is required"]);
    expect(await post({ ...version, "x-api-key": "sk-bad" })).toEqual([401, "invalid x-api-key"]);
    expect(await post({ ...version, authorization: "Bearer revoked" })).toEqual([401, "Invalid bearer token"]);
    expect(await post({ "x-api-key": "k" })).toEqual([400, "anthropic-version: header is required"]);
    expect(await post(goodHeaders, "{oops")).toEqual([
      400,
      expect.stringMatching(/^The request body is not valid JSON/),
    ]);
    expect(await post(goodHeaders, "{}", "/nothing")).toEqual([404, "Not Found"]);
    expect((await fetch(`${baseUrl}/messages`, { headers: goodHeaders })).status).toBe(405);
    const newest = { ...goodHeaders, "anthropic-version": "2026-10-21" };
    const sampling = JSON.stringify({ model: "claude-haiku-4-5", max_tokens: 5, temperature: 1, messages: [user] });
    expect(await post(newest, sampling)).toEqual([400, "temperature: Extra inputs are not permitted"]);
  });
});

describe("beside recorded traffic, where present", () => {
  const whole = recordings("anthropic-messages", "anthropic", "respects-calls-one");
  const thought = recordings("anthropic-messages", "anthropic", "86874d25");
  const unknown = recordings("anthropic-messages", "anthropic", "model-name-suggestion");

  it.skipIf(whole === undefined)("the whole answer has the same keys and headers", async () => {
    const answer = await ask(simulator, "anthropic");
    const body = (await answer.json()) as JsonRecord;
    expect(shapeOf(body).toSorted()).toEqual(shapeOf(whole?.[0]?.response.body).toSorted());
    expect(Object.keys(body)).toEqual(Object.keys(whole?.[0]?.response.body as object));
    for (const name of Object.keys(whole?.[0]?.response.headers ?? {}))
      expect([name, answer.headers.has(name)]).toEqual([name, true]);
  });

  it.skipIf(thought === undefined)("the events have the same keys", async () => {
    const recorded = eventsOf(thought?.[0]?.response.bodyText ?? "");
    const all = await events({ body: { ...thought?.[0]?.request.body } });
    expect(shapeOf(all).toSorted()).toEqual(shapeOf(recorded).toSorted());
    expect(Object.keys(all[0]?.["message"] as object)).toEqual(
      Object.keys((recorded[0] as { message: object }).message),
    );
  });

  it.skipIf(unknown === undefined)("an error has the same keys", async () => {
    const answer = await ask(simulator, "anthropic", { model: "claud-9" });
    expect(shapeOf(await answer.json()).toSorted()).toEqual(shapeOf(unknown?.[0]?.response.body).toSorted());
  });
});
