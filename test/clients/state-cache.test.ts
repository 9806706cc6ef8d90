// Clients that keep nothing of an answer but what their protocol's own types know: the state that a vendor wants back with
// its calls (signatures, sealed thoughts, thoughts in words) is found again, for the caller that it was made for, and goes
// only where it belongs. Names and ids that one side does not take reach it in another form and come back.
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { startSimulator } from "../../src/simulator/index.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { openFakeVendor, type FakeVendor } from "../support/fake-vendor.ts";
import { openStage, type Stage, type StageOptions } from "../support/stage.ts";
import { at, sentTo, tool } from "../way/flagship.test-support.ts";

type History = OpenAI.ChatCompletionMessageParam[];
type Told = OpenAI.ChatCompletionMessage;

const gemini = "google/gemini-3-flash-preview";
const claude = "anthropic/claude-sonnet-4-5";
const standIn = "skip_thought_signature_validator";
const question = { role: "user", content: "Look up the sea" } as const;

interface Ask {
  readonly baseURL: string;
  readonly model: string;
  readonly streamed: boolean;
  readonly apiKey?: string;
  readonly more?: object;
}

async function put(history: History, { baseURL, model, streamed, apiKey = "unused", more = {} }: Ask): Promise<Told> {
  const client = new OpenAI({ apiKey, baseURL, maxRetries: 0 });
  const body = { model, messages: history, tools: [tool("look_up")], ...more };
  if (!streamed) return (await client.chat.completions.create(body)).choices[0]!.message;
  return (await client.chat.completions.stream(body).finalChatCompletion()).choices[0]!.message;
}

/** What OpenAI's own types know of a message. */
function bare({ content, tool_calls = [] }: Told): OpenAI.ChatCompletionAssistantMessageParam {
  const calls = tool_calls.flatMap((call) =>
    call.type === "function" ? [{ id: call.id, type: "function" as const, function: { ...call.function } }] : [],
  );
  const plain = calls.map(({ id, type, function: { name, arguments: text } }) => ({
    id,
    type,
    function: { name, arguments: text },
  }));
  return { role: "assistant", content, ...(plain.length === 0 ? {} : { tool_calls: plain }) };
}

function results({ tool_calls = [] }: Told): History {
  return tool_calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: `found by ${id}` }));
}

/** Two steps with calls, then words; a history without any extension goes back each time. */
async function converse(ask: Ask): Promise<{ readonly told: readonly Told[]; readonly history: History }> {
  const history: History = [question];
  const told: Told[] = [];
  for (const tool_choice of ["required", "required", "none"] as const) {
    const free = ask.model === gemini ? { tool_choice } : {};
    const message = await put(history, { ...ask, more: { ...ask.more, ...free } });
    told.push(message);
    history.push(bare(message), ...results(message));
    if ((message.tool_calls ?? []).length === 0) break;
  }
  return { told, history };
}

function contentsOf(body: JsonObject | undefined): readonly { readonly parts: readonly JsonObject[] }[] {
  return (body?.["contents"] ?? []) as never;
}

function blocksOf(body: JsonObject | undefined): readonly JsonObject[] {
  const messages = (body?.["messages"] ?? []) as readonly { readonly content: readonly JsonObject[] | string }[];
  return messages.flatMap(({ content }) => (typeof content === "string" ? [] : content));
}

/** Of a request in Anthropic's protocol. */
const thinking = {
  max_tokens: 4000,
  tools: [{ name: "look_up", input_schema: { type: "object" as const, properties: {} } }],
  thinking: { type: "enabled" as const, budget_tokens: 1500 },
};

/** Anthropic, with the keys of two accounts. */
async function openPool(): Promise<AsyncDisposable & Pick<Stage, "simulator" | "gateway">> {
  const simulator = await startSimulator({ seed: 1 });
  const base_url = simulator.vendors.anthropic.baseUrl;
  const gateway = createGateway(
    { providers: { anthropic: { base_url, api_key: ["account-one", "account-two"] } } },
    { environment: {} },
  );
  return {
    simulator,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await simulator.close();
    },
  };
}

function open(options: StageOptions = {}): Promise<Stage> {
  return openStage(options);
}

describe.each([{ streamed: false }, { streamed: true }])("streamed: $streamed", ({ streamed }) => {
  test("Gemini gets its own signatures back, and no stand-in", async () => {
    await using stage = await open();
    const { told } = await converse({ baseURL: `${stage.url}/v1`, model: gemini, streamed });
    const given = told.flatMap(({ tool_calls = [] }) =>
      tool_calls
        .slice(0, 1)
        .map((call) => at(call as unknown as JsonObject, "extra_content", "google", "thought_signature")),
    );
    expect(given).toHaveLength(2);
    for (const signature of given) expect(signature).toMatch(/^[A-Za-z0-9+/=]{16,}$/);
    const sent = contentsOf(sentTo(stage, "google").at(-1)).flatMap(({ parts }) =>
      parts.filter((part) => part["functionCall"] !== undefined).slice(0, 1),
    );
    expect(sent.map((part) => part["thoughtSignature"])).toEqual(given);
    expect(JSON.stringify(sentTo(stage, "google"))).not.toContain(standIn);
    expect(stage.simulator.log().map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test("Claude gets its thoughts back, in front of its call, and goes on thinking", async () => {
    await using stage = await open();
    const ask = { baseURL: `${stage.url}/v1`, model: claude, streamed, more: { reasoning_effort: "low" } };
    const { told } = await converse(ask);
    const first = told[0] as unknown as JsonObject;
    const signature = (JSON.parse(at(first, "reasoning_details", 0, "data") as string) as JsonObject)["signature"];
    expect(signature).toMatch(/^[A-Za-z0-9+/]{100,}$/);
    const second = sentTo(stage, "anthropic")[1];
    expect(second?.["thinking"]).toMatchObject({ type: "enabled" });
    expect(at(second, "messages", 1, "content", 0)).toEqual({
      type: "thinking",
      thinking: expect.stringMatching(/\w{4}/u),
      signature,
    });
    expect(blocksOf(second).map(({ type }) => type)).toContain("tool_use");
  });

  test("only the caller that it was made for gets it back", async () => {
    await using stage = await open({ config: { server: { keys: ["key-of-one", "key-of-other"] } } });
    const ask = { baseURL: `${stage.url}/v1`, model: claude, streamed, more: { reasoning_effort: "low" } };
    const { history } = await converse({ ...ask, apiKey: "key-of-one" });
    const before = sentTo(stage, "anthropic").length;
    await put(history, { ...ask, apiKey: "key-of-other" });
    await put(history, { ...ask, apiKey: "key-of-one" });
    const [other, one] = sentTo(stage, "anthropic").slice(before);
    expect(JSON.stringify(other)).not.toContain('"signature"');
    expect(JSON.stringify(one)).toContain('"signature"');
  });

  test("another model, and another vendor, gets none of it", async () => {
    await using stage = await open();
    const ask = { baseURL: `${stage.url}/v1`, model: claude, streamed, more: { reasoning_effort: "low" } };
    const { history } = await converse(ask);
    for (const model of ["anthropic/claude-haiku-4-5", "openai/gpt-4o", gemini])
      await put(history, { ...ask, model, more: {} });
    const bodies = [sentTo(stage, "anthropic").at(-1), ...sentTo(stage, "openai"), ...sentTo(stage, "google")];
    expect(bodies).toHaveLength(3);
    for (const body of bodies) expect(JSON.stringify(body)).not.toMatch(/"signature"|"type":"thinking"|reasoning/u);
    expect(stage.simulator.log().map(({ status }) => status)).not.toContain(400);
  });

  test("thoughts in words come back to hosts that want them, byte for byte what they said", async () => {
    await using vendor = await openThinker();
    await using stage = await open({
      config: { providers: { deepseek: { base_url: vendor.baseUrl, api_key: "deepseek-key" } } },
    });
    const ask = { baseURL: `${stage.url}/v1`, model: "deepseek/deepseek-v4", streamed };
    const { told } = await converse(ask);
    expect(told.at(-1)?.content).toBe("The sea is deep.");
    const bodies = vendor.asked.map(({ body }) => JSON.parse(body) as JsonObject);
    expect(at(bodies[1], "messages", 1, "reasoning_content")).toBe("First I look. Then I think.");
    expect(at(bodies[2], "messages", 3, "reasoning_content")).toBe("First I look. Then I think.");
  });

  test("trap 29: thoughts that another model sealed are left out, also from Claude to Claude", async () => {
    await using stage = await open();
    const client = new Anthropic({ apiKey: "unused", baseURL: stage.url, maxRetries: 0 });
    const messages: Anthropic.MessageParam[] = [question];
    const body = { ...thinking, messages };
    const say = async (model: string): Promise<Anthropic.Message> =>
      streamed
        ? client.messages.stream({ ...body, model }).finalMessage()
        : client.messages.create({ ...body, model, stream: false });
    const first = await say(claude);
    const calls = first.content.flatMap((block) => (block.type === "tool_use" ? [block.id] : []));
    messages.push(
      { role: "assistant", content: first.content },
      { role: "user", content: calls.map((id) => ({ type: "tool_result", tool_use_id: id, content: "deep" })) },
    );
    await say("anthropic/claude-haiku-4-5");
    await say("anthropic/claude-sonnet-4-5-20250929");
    const [, haiku, sonnet] = sentTo(stage, "anthropic");
    expect(blocksOf(haiku).map(({ type }) => type)).toContain("tool_use");
    expect(JSON.stringify(haiku)).not.toContain('"signature"');
    expect(blocksOf(sonnet)[0]).toEqual(first.content[0]);
    expect(stage.simulator.log().map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test("trap 31: the key of a pool that sealed the thoughts is asked again; while it cools down they are left out", async () => {
    await using vendors = await openPool();
    const { simulator, gateway } = vendors;
    const client = new Anthropic({ apiKey: "unused", baseURL: "http://gateway", maxRetries: 0, fetch: gateway.fetch });
    const messages: Anthropic.MessageParam[] = [question];
    const body = { ...thinking, model: claude, messages };
    const say = () => (streamed ? client.messages.stream(body).finalMessage() : client.messages.create(body));
    const first = await say();
    const calls = first.content.flatMap((block) => (block.type === "tool_use" ? [block.id] : []));
    messages.push(
      { role: "assistant", content: first.content },
      { role: "user", content: calls.map((id) => ({ type: "tool_result", tool_use_id: id, content: "deep" })) },
    );
    for (let turn = 0; turn < 3; turn += 1) await say();
    simulator.play("anthropic", { fault: "status", status: 429, retryAfter: 60, count: 1 });
    await say();
    const entries = simulator.log();
    const keys = entries.map(({ keys: given }) => given["x-api-key"]);
    const [made, other] = keys[0] === "account-one" ? ["account-one", "account-two"] : ["account-two", "account-one"];
    expect(keys).toEqual([made, made, made, made, made, other]);
    expect(entries.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429, 200]);
    expect(entries.map(({ body: sent }) => JSON.stringify(sent).includes('"signature"'))).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  test("names that a target does not take lead there and back", async () => {
    await using stage = await open();
    const client = new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: stage.url } });
    const name = "files.read:all";
    const config = { tools: [{ functionDeclarations: [{ name, parametersJsonSchema: { type: "object" } }] }] };
    for (const model of ["openai/gpt-4o", claude]) {
      const contents: object[] = [{ role: "user", parts: [{ text: "Read all files" }] }];
      const parts: { functionCall?: { id?: string; name?: string } }[] = [];
      if (streamed) {
        for await (const chunk of await client.models.generateContentStream({ model, contents, config }))
          parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
      } else
        parts.push(
          ...((await client.models.generateContent({ model, contents, config })).candidates?.[0]?.content?.parts ?? []),
        );
      const calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
      expect(calls.length).toBeGreaterThan(0);
      expect(calls.map((call) => call.name)).toEqual(calls.map(() => name));
      contents.push(
        { role: "model", parts },
        { role: "user", parts: calls.map(({ id }) => ({ functionResponse: { id, name, response: { output: "x" } } })) },
      );
      await client.models.generateContent({ model, contents, config } as never);
      const vendor = model === claude ? "anthropic" : "openai";
      const text = JSON.stringify(sentTo(stage, vendor));
      expect(text).not.toContain(name);
      expect(new Set(text.match(/files_read_all_[0-9A-Za-z]{8}/gu)).size).toBe(1);
    }
    expect(stage.simulator.log().map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  test("ids such as functions.look_up:0 reach a client of Anthropic's in a form it takes, and come back", async () => {
    await using vendor = await openThinker((step) => `functions.look_up:${step}`);
    await using stage = await open({
      config: { providers: { moonshot: { base_url: vendor.baseUrl, api_key: "moonshot-key" } } },
    });
    const client = new Anthropic({ apiKey: "unused", baseURL: stage.url, maxRetries: 0 });
    const messages: Anthropic.MessageParam[] = [question];
    const body = {
      model: "moonshot/kimi-k3",
      max_tokens: 400,
      messages,
      tools: [{ name: "look_up", input_schema: { type: "object" as const, properties: {} } }],
    };
    const seen: string[] = [];
    for (let step = 0; step < 3; step += 1) {
      const answer = streamed ? await client.messages.stream(body).finalMessage() : await client.messages.create(body);
      const ids = answer.content.flatMap((block) => (block.type === "tool_use" ? [block.id] : []));
      seen.push(...ids);
      const content = ids.map((id) => ({ type: "tool_result" as const, tool_use_id: id, content: "deep" }));
      // Unsigned thoughts are nothing that this protocol's clients are held to send back.
      const kept = answer.content.filter(({ type }) => type !== "thinking");
      messages.push({ role: "assistant", content: kept }, { role: "user", content });
    }
    expect(seen).toHaveLength(2);
    for (const id of seen) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/);
    const last = JSON.parse(vendor.asked[2]?.body ?? "") as JsonObject;
    expect(at(last, "messages", 1, "tool_calls", 0, "id")).toBe("functions.look_up:0");
    expect(at(last, "messages", 2, "tool_call_id")).toBe("functions.look_up:0");
    expect(at(last, "messages", 3, "tool_calls", 0, "id")).toBe("functions.look_up:1");
    expect(at(last, "messages", 3, "reasoning_content")).toBe("First I look. Then I think.");
  });
});

/** A host that thinks in words and answers 400 to a turn of calls without them; two calls, then words. */
function openThinker(
  idOf: (step: number) => string = (step) => `call_0${step}_abcdefghijklmnop1234567`,
): Promise<FakeVendor> {
  return openFakeVendor((_path, body) => {
    const { messages, stream } = JSON.parse(body) as { messages: readonly JsonObject[]; stream?: boolean };
    const turns = messages.filter(({ role }) => role === "assistant");
    if (turns.some((turn) => turn["tool_calls"] !== undefined && turn["reasoning_content"] === undefined)) {
      const message = "The `reasoning_content` in the thinking mode must be passed back to the API.";
      return { status: 400, body: { error: { message, type: "invalid_request_error", param: null, code: null } } };
    }
    const call = {
      id: idOf(turns.length),
      type: "function",
      function: { name: "look_up", arguments: '{"what":"sea"}' },
    };
    const done = turns.length >= 2;
    const finish_reason = done ? "stop" : "tool_calls";
    const said = done ? { content: "The sea is deep." } : { content: null, tool_calls: [call] };
    const envelope = { id: `answer-${turns.length}`, created: 1, model: "thinker" };
    if (stream !== true) {
      const message = { role: "assistant", reasoning_content: "First I look. Then I think.", ...said };
      return { body: { ...envelope, object: "chat.completion", choices: [{ index: 0, message, finish_reason }] } };
    }
    const deltas = [
      { role: "assistant", content: "" },
      { reasoning_content: "First I look. " },
      { reasoning_content: "Then I think." },
      done ? said : { tool_calls: [{ index: 0, ...call }] },
    ];
    const chunk = (delta: object, finish: string | null): string =>
      JSON.stringify({
        ...envelope,
        object: "chat.completion.chunk",
        choices: [{ index: 0, delta, finish_reason: finish }],
      });
    return { body: [...deltas.map((delta) => chunk(delta, null)), chunk({}, finish_reason), "[DONE]"] };
  });
}
