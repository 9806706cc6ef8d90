// Requests that the first vendor takes and that are longer than OpenAI allows: OpenAI stands in for it all the same.
import { expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

/** Nobody listens there. */
const down = { base_url: "http://127.0.0.1:1/v1", api_key: "key" };
const opened = (stand: string): Promise<Stage> =>
  openStage({
    config: {
      providers: { vllm: down },
      routes: { one: { fallback: ["vllm/some-model", stand], retry: { attempts: 0 } } },
    },
  });

async function post(stage: Stage, path: string, body: object): Promise<Response> {
  return fetch(`${stage.url}/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "one", messages: [{ role: "user", content: "h" }], ...body }),
  });
}

/** As Claude Code tells its callers apart. */
const device = { device_id: "0".repeat(64), account_uuid: "", session_id: "0b5c2e6e-7d40-4c5e-9a53-2f6c1d8e4b70" };
const user = JSON.stringify(device);

test.each(["openai/gpt-4o", "openai/gpt-5-pro"])("Claude Code's user id reaches %s as a hash", async (target) => {
  await using stage = await opened(target);
  const response = await post(stage, "messages", { max_tokens: 99, metadata: { user_id: user } });
  expect(attemptsOf(response.headers)).toEqual(["vllm/some-model:unreachable:0", `${target}:ok:200`]);
  expect(response.headers.get("x-understudy-adapted")).toContain(`user:${user.length}>32`);
});

test("a chat client's own long names reach OpenAI as hashes", async () => {
  await using stage = await opened("openai/gpt-4o");
  const response = await post(stage, "chat/completions", { user, prompt_cache_key: user });
  expect(response.status).toBe(200);
  expect(response.headers.get("x-understudy-adapted")).toBe(
    `user:${user.length}>32, prompt_cache_key:${user.length}>32`,
  );
});

/** As vLLM gives them. */
const callId = "chatcmpl-tool-0123456789abcdef0123456789abcdef";
const parameters = { type: "object", properties: {} };
const history = [
  { role: "user", content: "h" },
  {
    role: "assistant",
    content: null,
    tool_calls: [{ id: callId, type: "function", function: { name: "tool_140", arguments: "{}" } }],
  },
  { role: "tool", tool_call_id: callId, content: "r" },
];

test("ids of calls that another host gave reach OpenAI's Chat Completions with 40 characters at most", async () => {
  await using stage = await opened("openai/gpt-4o");
  const tools = [{ type: "function", function: { name: "tool_140", parameters } }];
  const response = await post(stage, "chat/completions", { messages: history, tools });
  expect(attemptsOf(response.headers)).toEqual(["vllm/some-model:unreachable:0", "openai/gpt-4o:ok:200"]);
});

const many = Array.from({ length: 150 }, (_, index) => `tool_${index}`);

test.each(["openai/gpt-4o", "openai/gpt-5-pro"])(
  "of 150 tools %s gets 128, those that were called among them",
  async (target) => {
    await using stage = await opened(target);
    const tools = many.map((name) => ({ type: "function", function: { name, parameters } }));
    const response = await post(stage, "chat/completions", { messages: history, tools });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-understudy-dropped")).toBe("tools");
    expect(response.headers.get("x-understudy-adapted")).toContain("tools:150>128");
    const sent = JSON.stringify(stage.simulator.log().at(-1)?.body);
    expect([sent.includes('"tool_126"'), sent.includes('"tool_140"'), sent.includes('"tool_127"')]).toEqual([
      true,
      true,
      false,
    ]);
  },
);

test("a strict request with 150 tools skips OpenAI", async () => {
  await using stage = await opened("openai/gpt-4o");
  const response = await fetch(`${stage.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-understudy-strict": "true" },
    body: JSON.stringify({
      model: "one",
      max_tokens: 99,
      messages: [{ role: "user", content: "h" }],
      tools: many.map((name) => ({ name, input_schema: parameters })),
    }),
  });
  expect(attemptsOf(response.headers).at(-1)).toMatch(/^openai\/gpt-4o:\w+:skipped$/u);
});

test("a Responses client's wish for JSON is told in words that OpenAI wants, where OpenAI stands in", async () => {
  await using stage = await openStage({
    config: { routes: { one: { fallback: ["google/gemini-2.5-flash", "openai/gpt-4o"], retry: { attempts: 0 } } } },
  });
  stage.simulator.play("google", { fault: "status", status: 503 });
  const response = await post(stage, "responses", {
    messages: undefined,
    input: "h",
    text: { format: { type: "json_object" } },
  });
  expect(attemptsOf(response.headers).at(-1)).toBe("openai/gpt-4o:ok:200");
  expect(response.headers.get("x-understudy-adapted")).toBe("response_format:json_object>instruction");
});
