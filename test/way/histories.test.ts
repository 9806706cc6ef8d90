// Histories that stand-ins accept, over real sockets: what one vendor takes and another one's template or validator refuses
// is put into its order, for clients of its own protocol too; what a host was not known to refuse is learnt.
import { describe, expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const hosts = ["vllm", "mistral", "xai", "perplexity"];

async function post(stage: Stage, path: string, body: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(`${stage.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

const chat = (stage: Stage, model: string, messages: readonly object[]): Promise<Response> =>
  post(stage, "/v1/chat/completions", { model, messages });

/** The roles that the last vendor asked saw, and the first message. */
function seen({ simulator }: Stage): { roles: string[]; first: unknown; text: string } {
  const body = simulator.log().at(-1)?.body as { messages: { role: string; content: unknown }[] };
  const [first] = body.messages;
  return { roles: body.messages.map(({ role }) => role), first: first?.content, text: JSON.stringify(body) };
}

const call = { id: "abcDEF123", type: "function", function: { name: "look", arguments: "{}" } };
const called = [
  { role: "user", content: "Look." },
  { role: "assistant", content: null, tool_calls: [call] },
  { role: "tool", tool_call_id: call.id, content: "rain" },
];
const two = [
  { role: "system", content: "Be brief." },
  { role: "developer", content: "Answer in English." },
  { role: "user", content: "Hello" },
];

describe("F8, system messages that a template refuses", () => {
  test("several in front are one to a host of open models", async () => {
    await using stage = await openStage({ hosts });
    const response = await chat(stage, "vllm/qwen3.8-27b", two);
    expect(response.status).toBe(200);
    expect(seen(stage)).toMatchObject({ roles: ["system", "user"], first: "Be brief.\n\nAnswer in English." });
    expect(response.headers.get("x-understudy-adapted")).toBe("role:developer>system, messages.system:2>1");
  });

  test("a late one is the user's words there, and stays what it is at OpenAI", async () => {
    await using stage = await openStage({ hosts });
    const messages = [...two.slice(0, 1), ...called, { role: "system", content: "Hurry." }];
    expect((await chat(stage, "vllm/qwen3.8-27b", messages)).status).toBe(200);
    expect(seen(stage).roles).toEqual(["system", "user", "assistant", "tool", "user"]);
    expect(seen(stage).text).toContain("<system>\\nHurry.\\n</system>");
    expect((await chat(stage, "openai/gpt-4o", messages)).status).toBe(200);
    expect(seen(stage).roles).toEqual(["system", "user", "assistant", "tool", "system"]);
  });

  test("a host that wants the last word to be the user's gets one, and an answer to be gone on with as it is", async () => {
    await using stage = await openStage({ hosts });
    const begun = [
      { role: "user", content: "Hello" },
      { role: "assistant", content: "Well," },
    ];
    const first = await chat(stage, "mistral/mistral-large-latest", begun);
    expect([first.status, seen(stage).roles]).toEqual([200, ["user", "assistant", "user"]]);
    expect(first.headers.get("x-understudy-adapted")).toBe("messages:+user");
    const prefixed = begun.map((message) => (message.role === "user" ? message : { ...message, prefix: true }));
    const second = await chat(stage, "mistral/mistral-large-latest", prefixed);
    expect([second.status, seen(stage).roles]).toEqual([200, ["user", "assistant"]]);
  });

  test("instructions and a developer's item of a Responses client too", async () => {
    await using stage = await openStage({ hosts });
    const input = [
      { role: "developer", content: "Answer in English." },
      { role: "user", content: "Hello" },
      { role: "developer", content: "Hurry." },
    ];
    const body = { model: "vllm/qwen3.8-27b", instructions: "Be brief.", input };
    expect((await post(stage, "/v1/responses", body)).status).toBe(200);
    expect(seen(stage)).toMatchObject({ roles: ["system", "user", "user"], first: "Be brief.\n\nAnswer in English." });
  });

  test("what a host was not known to refuse is learnt, and the same request is asked again", async () => {
    await using stage = await openStage({ hosts });
    const first = await chat(stage, "xai/qwen3.8-27b", two);
    expect([first.status, attemptsOf(first.headers)]).toEqual([
      200,
      ["xai/qwen3.8-27b:unsupported:400", "xai/qwen3.8-27b:ok:200"],
    ]);
    const second = await chat(stage, "xai/qwen3.8-27b", two);
    expect(attemptsOf(second.headers)).toEqual(["xai/qwen3.8-27b:ok:200"]);
    expect(seen(stage).roles).toEqual(["system", "user"]);
  });
});

/** Contents as Gemini saw them: the keys of their parts. */
function contentsSeen({ simulator }: Stage): string[] {
  const body = simulator.log().at(-1)?.body as { contents: { role: string; parts: object[] }[] };
  return body.contents.map(({ role, parts }) => `${role} ${parts.map((part) => Object.keys(part)[0]).join(" ")}`);
}

describe("F8, words beside results", () => {
  const claude = {
    max_tokens: 500,
    tools: [{ name: "look", input_schema: { type: "object", properties: {} } }],
    messages: [
      { role: "user", content: "Look." },
      { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "look", input: {} }] },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "toolu_1", content: "rain" },
          { type: "text", text: "<system-reminder>Be brief.</system-reminder>" },
        ],
      },
    ],
  };
  test.each(["gemini-2.5-flash", "gemini-3.5-flash", "gemini-3.8-flash"])(
    "an Anthropic client's, at %s",
    async (model) => {
      await using stage = await openStage();
      const response = await post(stage, "/v1/messages", { model: `google/${model}`, ...claude });
      const { content } = (await response.json()) as { content: { text?: string }[] };
      expect([response.status, content.length]).toEqual([200, 1]);
      expect(contentsSeen(stage)).toEqual(["user text", "model functionCall", "user functionResponse", "user text"]);
    },
  );

  test.each([
    ["gemini-2.5-flash", ["user text", "model functionCall", "user functionResponse text"]],
    ["gemini-3.5-flash", ["user text", "model functionCall", "user functionResponse", "user text"]],
    ["gemini-3.8-flash", ["user text", "model functionCall", "user functionResponse", "user text"]],
  ])("a Gemini client's own, at %s: mended only where they are refused", async (model, expected) => {
    await using stage = await openStage();
    const contents = [
      { role: "user", parts: [{ text: "Look." }] },
      { role: "model", parts: [{ functionCall: { name: "look", args: {} }, thoughtSignature: "AAAA" }] },
      {
        role: "user",
        parts: [{ functionResponse: { name: "look", response: { output: "rain" } } }, { text: "Well?" }],
      },
    ];
    const response = await post(stage, `/v1beta/models/google/${model}:generateContent`, { contents });
    expect(response.status).toBe(200);
    expect(contentsSeen(stage)).toEqual(expected);
    expect(await response.text()).toContain('"text"');
  });
});

describe("F8, calls and results that do not pair up", () => {
  const models = [
    "openai/gpt-4o",
    "anthropic/claude-sonnet-4-5",
    "google/gemini-3.8-flash",
    "mistral/mistral-large-latest",
  ];
  const turn = called.slice(1);
  const more = { role: "user", content: "And tomorrow?" };
  const shapes: [string, object[]][] = [
    ["an id that begins anew in each turn", [...called, ...turn, ...turn]],
    ["a call that was interrupted", [...called.slice(0, 2), more]],
    ["a result whose call was cut off", [...called.slice(2), more]],
    ["the user's word between a call and its result", [...called.slice(0, 2), more, ...called.slice(2)]],
  ];
  describe.each(models)("%s", (model) => {
    test.each(shapes)("a Chat client: %s", async (_name, messages) => {
      await using stage = await openStage({ hosts });
      expect((await chat(stage, model, messages)).status).toBe(200);
    });
  });

  test("an Anthropic client that sends back ids that another vendor made, at Anthropic itself", async () => {
    await using stage = await openStage();
    const step = [
      { role: "assistant", content: [{ type: "tool_use", id: "call_1", name: "look", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1", content: "rain" }] },
    ];
    const messages = [{ role: "user", content: "Look." }, ...step, ...step];
    const tools = [{ name: "look", input_schema: { type: "object", properties: {} } }];
    const body = { model: "anthropic/claude-sonnet-4-5", max_tokens: 500, tools, messages };
    const response = await post(stage, "/v1/messages", body);
    expect(response.status).toBe(200);
    expect(response.headers.get("x-understudy-adapted")).toBe("messages.tool_calls.id:repeated>unique");
  });
});

describe("F8, a tool's name that comes twice", () => {
  const named = (description: string) => ({
    name: "look",
    description,
    parameters: { type: "object", properties: {} },
  });
  const tools = ["the sky", "the sea", "the sky"].map((what) => ({ type: "function", function: named(what) }));
  test.each(["anthropic/claude-sonnet-4-5", "google/gemini-2.5-flash"])("at %s", async (model) => {
    await using stage = await openStage();
    const messages = [{ role: "user", content: "Look." }];
    const response = await post(stage, "/v1/chat/completions", { model, messages, tools, tool_choice: "required" });
    const { choices } = (await response.json()) as { choices: { message: { tool_calls: (typeof tools)[number][] } }[] };
    expect(choices[0]?.message.tool_calls[0]?.function.name).toBe("look");
    expect(response.headers.get("x-understudy-adapted")).toContain("tools.look:repeated>once");
  });

  test("in a Gemini client's own request, at Gemini", async () => {
    await using stage = await openStage();
    const contents = [{ role: "user", parts: [{ text: "Look." }] }];
    const body = { contents, tools: [{ functionDeclarations: [named("the sky"), named("the sea")] }] };
    expect((await post(stage, "/v1beta/models/google/gemini-2.5-flash:generateContent", body)).status).toBe(200);
  });
});

describe("half of an emoji", () => {
  const HALF = "\ud83d";
  const ask = (model: string) => ({
    model,
    max_tokens: 100,
    messages: [{ role: "user", content: `Say ${HALF}bread` }],
  });

  test.each(["openai/gpt-4o", "google/gemini-2.5-flash"])(
    "is mended where a request is translated, at %s",
    async (model) => {
      await using stage = await openStage();
      const response = await post(stage, "/v1/messages", ask(model));
      expect([response.status, response.headers.get("x-understudy-adapted")]).toEqual([
        200,
        expect.stringContaining("body:lone surrogate>U+FFFD"),
      ]);
      expect(JSON.stringify(stage.simulator.log().at(-1)?.body)).toContain("Say \ufffdbread");
    },
  );

  test.each([
    ["/v1/messages", "anthropic/claude-sonnet-4-5"],
    ["/v1/chat/completions", "openai/gpt-4o"],
  ])(
    "F7: in a caller's own bytes (%s) it is mended when the vendor refuses it, and from then on",
    async (path, model) => {
      await using stage = await openStage();
      const first = await post(stage, path, ask(model));
      expect(attemptsOf(first.headers)).toEqual([`${model}:bad_request:400`, `${model}:ok:200`]);
      const second = await post(stage, path, ask(model));
      expect([attemptsOf(second.headers), second.headers.get("x-understudy-adapted")]).toEqual([
        [`${model}:ok:200`],
        "body:lone surrogate>U+FFFD",
      ]);
      const plain = await post(stage, path, { ...ask(model), messages: [{ role: "user", content: "Say 😀 \\ud83d" }] });
      expect([plain.status, plain.headers.get("x-understudy-adapted")]).toEqual([200, null]);
    },
  );
});

describe("F8, turns that a validator refuses", () => {
  test("the user's word after a result", async () => {
    await using stage = await openStage({ hosts });
    const messages = [...called, { role: "user", content: "And tomorrow?" }];
    expect((await chat(stage, "mistral/mistral-large-latest", messages)).status).toBe(200);
    expect(seen(stage).roles).toEqual(["user", "assistant", "tool", "assistant", "user"]);
  });

  test("two turns of the user's, at a template that wants them by turns", async () => {
    await using stage = await openStage({ hosts });
    const messages = [...two.slice(0, 1), ...two.slice(2), { role: "user", content: "Are you there?" }];
    for (const model of ["vllm/gemma3:27b", "perplexity/gemma3:27b"]) {
      expect((await chat(stage, model, messages)).status).toBe(200);
      expect(seen(stage).roles.filter((role) => role !== "system")).toEqual(["user"]);
    }
  });
});
