// Hosts of OpenAI's protocol that refuse what they do not know, as the stand-ins of another one: each gets what is its own at
// the first try, and the caller is told what was left out.
import { describe, expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

/** Nobody listens there. */
const down = { base_url: "http://127.0.0.1:1/v1", api_key: "key" };
const hosts = ["mistral", "groq", "cerebras", "fireworks"];
const targets = [
  "mistral/mistral-large-latest",
  "groq/llama-3.3-70b-versatile",
  "cerebras/zai-glm-4.7",
  "fireworks/accounts/fireworks/models/kimi-k2",
] as const;

const opened = (...fallback: string[]): Promise<Stage> =>
  openStage({
    hosts,
    config: { providers: { together: down }, routes: { one: { fallback, retry: { attempts: 0 } } } },
  });

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const call = { id: "call00001", type: "function", function: { name: "look", arguments: "{}", odd: "w1" }, odd: "w2" };
/** What a client of some other host may write. */
const body = {
  messages: [
    { role: "system", content: "Be brief.", odd: "w3" },
    {
      role: "user",
      content: [{ type: "text", text: "Hi", cache_control: { type: "ephemeral" }, odd: "w4" }],
      name: "w5",
    },
    {
      role: "assistant",
      content: null,
      tool_calls: [call],
      thinking_blocks: ["w6"],
      provider_specific_fields: { a: "w7" },
    },
    { role: "tool", tool_call_id: "call00001", content: "rain", odd: "w8" },
  ],
  tools: [{ type: "function", function: { name: "look", parameters, odd: "w9" }, odd: "w10" }],
  tool_choice: "auto",
  response_format: { type: "text", odd: "w11" },
  stream_options: { include_usage: true, odd: "w12" },
  guided_json: { odd: "w13" },
  store: false,
  chat_template_kwargs: { thinking: true, odd: "w14" },
};

async function ask(stage: Stage, more: object = {}, headers = {}): Promise<Response> {
  return fetch(`${stage.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: "one", ...body, ...more }),
  });
}

const named = [
  "messages.odd",
  "messages.content.odd",
  "messages.tool_calls.odd",
  "messages.tool_calls.function.odd",
  "messages.thinking_blocks",
  "messages.provider_specific_fields",
  "tools.odd",
  "tools.function.odd",
  "response_format.odd",
  "guided_json",
  "chat_template_kwargs",
];

describe.each(targets)("%s", (target) => {
  test.each([true, false])("is asked once, without what is not its own (stream: %s)", async (stream) => {
    await using stage = await opened("together/some-model", target);
    const response = await ask(stage, { stream });
    expect([response.status, attemptsOf(response.headers)]).toEqual([
      200,
      ["together/some-model:unreachable:0", `${target}:ok:200`],
    ]);
    const dropped = response.headers.get("x-understudy-dropped")?.split(", ") ?? [];
    expect(dropped).toEqual(expect.arrayContaining(named));
    expect(dropped.some((entry) => "stream_options.odd".startsWith(entry))).toBe(true);
    const sent = JSON.stringify(stage.simulator.log().at(-1)?.body);
    for (const word of sent.match(/"w\d+"/gu) ?? []) expect(word).toBe('"w5"');
    expect(sent.includes('"w5"') || dropped.includes("messages.name")).toBe(true);
    await response.text();
  });

  test("is not asked where the caller is strict", async () => {
    await using stage = await opened("together/some-model", target);
    const response = await ask(stage, {}, { "x-understudy-strict": "true" });
    expect(attemptsOf(response.headers)[1]).toBe(`${target}:unsupported:skipped`);
    expect(stage.simulator.log()).toEqual([]);
  });

  test("judges its own clients: what it refuses is left out of the repetition as a whole", async () => {
    await using stage = await opened(target);
    const response = await ask(stage);
    expect(attemptsOf(response.headers)).toEqual([
      `${target}:unsupported:${target.startsWith("mistral") ? 422 : 400}`,
      `${target}:ok:200`,
    ]);
  });

  test("gets clients of other protocols in its own words", async () => {
    await using stage = await opened(target);
    const response = await fetch(`${stage.url}/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: "one",
        max_tokens: 100,
        stream: true,
        metadata: { user_id: "somebody" },
        system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }],
        messages: [{ role: "user", content: "Hi" }],
        tools: [{ name: "look", input_schema: parameters }],
        tool_choice: { type: "any" },
      }),
    });
    expect([response.status, attemptsOf(response.headers)]).toEqual([200, [`${target}:ok:200`]]);
    await response.text();
  });
});

test("Groq is not asked for what it is known to refuse and nobody can do without", async () => {
  await using stage = await opened("together/some-model", targets[1]);
  for (const wish of [{ logprobs: true }, { n: 2 }])
    expect(attemptsOf((await ask(stage, wish)).headers)).not.toContain(`${targets[1]}:ok:200`);
  expect(stage.simulator.log()).toEqual([]);
});

test("a part that the stand-in does not know arrives as its words", async () => {
  await using stage = await opened("together/some-model", targets[1]);
  const messages = [{ role: "user", content: [{ type: "note", text: "Look at the sea" }] }];
  expect((await ask(stage, { messages, tools: undefined, tool_choice: undefined })).status).toBe(200);
  expect(stage.simulator.log().at(-1)?.body).toMatchObject({
    messages: [{ role: "user", content: "Look at the sea" }],
  });
});

test("Mistral gets a document in a part of its own", async () => {
  await using stage = await opened("together/some-model", targets[0]);
  const file = { filename: "a.pdf", file_data: "data:application/pdf;base64,QUJD" };
  const content = [{ type: "file", file }];
  expect((await ask(stage, { messages: [{ role: "user", content }] })).status).toBe(200);
  expect(stage.simulator.log().at(-1)?.body).toMatchObject({
    messages: [
      {
        role: "user",
        content: [{ type: "document_url", document_url: file.file_data, document_name: "a.pdf" }],
      },
    ],
  });
});

test("a host that takes no documents is not asked without one", async () => {
  await using stage = await opened("together/some-model", targets[1]);
  const content = [{ type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,QUJD" } }];
  expect(attemptsOf((await ask(stage, { messages: [{ role: "user", content }] })).headers)).toContain(
    `${targets[1]}:unsupported:skipped`,
  );
});
