// A body in a form that its first vendor takes and our codec does not know: whoever takes the bytes as they are is asked,
// a target for which they must be read is unfit, and the caller hears of the place only where nobody could be asked.
import { describe, expect, test } from "vitest";
import { openFakeVendor, overloaded, type FakeAnswer, type FakeVendor } from "../support/fake-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

type Body = Readonly<Record<string, unknown>>;

const chatAnswer = {
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "I hear the sea." }, finish_reason: "stop" }],
};
const chunk = (delta: object, finish: string | null = null): string =>
  JSON.stringify({
    id: "c",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
const chunks = [
  chunk({ role: "assistant", content: "I hear the sea." }),
  chunk({}, "stop"),
  JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage }),
  "[DONE]",
];

interface Client {
  readonly path: string;
  /** What cannot be read. */
  readonly body: Body;
  readonly place: string;
  /** Who takes it as it is, and what that one answers. */
  readonly own: string;
  readonly row: Body;
  readonly answer: object;
}

const clients: Readonly<Record<string, Client>> = {
  "Chat Completions": {
    path: "/v1/chat/completions",
    body: {
      messages: [
        { role: "user", content: "Listen." },
        { role: "critic", content: "Go on." },
      ],
    },
    place: "messages[1].role",
    own: "mistral/voxtral-small-latest",
    row: {},
    answer: chatAnswer,
  },
  Responses: {
    path: "/v1/responses",
    body: { input: [{ role: "user", content: [{ type: "input_image", image: "aaaa" }] }] },
    place: "input[0].content[0]",
    own: "openai/gpt-4o",
    row: {},
    answer: {
      id: "resp_1",
      object: "response",
      created_at: 1,
      status: "completed",
      model: "gpt-4o",
      output: [
        {
          type: "message",
          id: "msg_1",
          role: "assistant",
          status: "completed",
          content: [{ type: "output_text", text: "I see the sea.", annotations: [] }],
        },
      ],
    },
  },
  Messages: {
    path: "/v1/messages",
    body: { max_tokens: 50, messages: [{ role: "user", content: [{ type: "image", source: "aaaa" }] }] },
    place: "messages[0].content[0].source",
    own: "anthropic/claude-sonnet-4-5",
    row: {},
    answer: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude",
      content: [{ type: "text", text: "I see the sea." }],
      stop_reason: "end_turn",
      usage: { input_tokens: 1, output_tokens: 1 },
    },
  },
  generateContent: {
    path: "/v1beta/models/one:generateContent",
    body: { contents: [{ role: "critic", parts: [{ text: "Hello" }] }] },
    place: "contents[0].role",
    own: "google/gemini-2.5-flash",
    row: {},
    answer: { candidates: [{ content: { role: "model", parts: [{ text: "The sea." }] }, finishReason: "STOP" }] },
  },
};

/** Each speaks a protocol that the client does not. */
const translated: Readonly<Record<string, readonly [string, string]>> = {
  "Chat Completions": ["google/gemini-2.5-flash", "anthropic/claude-sonnet-4-5"],
  Responses: ["google/gemini-2.5-flash", "anthropic/claude-sonnet-4-5"],
  Messages: ["google/gemini-2.5-flash", "openai/gpt-4o"],
  generateContent: ["openai/gpt-4o", "anthropic/claude-sonnet-4-5"],
};

/** The vendor that takes the bytes is `fake`, all others are simulated. */
function open(fake: FakeVendor, own: string, targets: readonly string[]): Promise<Stage> {
  const [name = ""] = own.split("/");
  const provider = { base_url: fake.baseUrl, api_key: "fake-key" };
  return openStage({
    config: { providers: { [name]: provider }, routes: { one: { fallback: [...targets], retry: { attempts: 0 } } } },
  });
}

const post = (stage: Stage, path: string, body: Body): Promise<Response> =>
  fetch(stage.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...(path.includes("/v1beta") ? {} : { model: "one" }), ...body }),
  });

describe.each(Object.entries(clients))(
  "a body that only its own vendor can read, from a client of %s",
  (name, client) => {
    const { path, body, own, answer, place } = client;
    const others = translated[name] ?? [];

    test("goes to that vendor as it is, and its answer comes back", async () => {
      await using fake = await openFakeVendor(() => ({ body: answer }));
      await using stage = await open(fake, own, [own, ...others]);
      const response = await post(stage, path, body);
      expect([response.status, attemptsOf(response.headers)]).toEqual([200, [`${own}:ok:200`]]);
      expect(await response.text()).toMatch(/the sea/iu);
      expect(fake.asked).toHaveLength(1);
    });

    test("F8: leaves out those for which it must be read, and asks the next", async () => {
      await using fake = await openFakeVendor(() => ({ body: answer }));
      await using stage = await open(fake, own, [...others, own]);
      const response = await post(stage, path, body);
      expect([response.status, attemptsOf(response.headers)]).toEqual([
        200,
        [...others.map((other) => `${other}:bad_request:skipped`), `${own}:ok:200`],
      ]);
      const skipped = stage.gateway.attempts().filter((one) => one.skipped === true);
      expect(skipped.map((one) => one.message?.includes(place))).toEqual(others.map(() => true));
      expect(stage.simulator.log()).toEqual([]);
      expect(stage.warnings).toEqual([]);
    });

    test("where that vendor fails, its failure is told, not our complaint", async () => {
      await using fake = await openFakeVendor((): FakeAnswer => overloaded);
      await using stage = await open(fake, own, [own, ...others]);
      const response = await post(stage, path, body);
      expect([response.status, attemptsOf(response.headers)]).toEqual([
        503,
        [`${own}:overloaded:503`, ...others.map((other) => `${other}:bad_request:skipped`)],
      ]);
    });

    test("is a mistake of the caller's where nobody can be asked, and the place is named once", async () => {
      await using fake = await openFakeVendor(() => ({ body: answer }));
      await using stage = await open(fake, own, others);
      const response = await post(stage, path, body);
      const told = await response.text();
      expect([response.status, attemptsOf(response.headers)]).toEqual([
        400,
        others.map((other) => `${other}:bad_request:skipped`),
      ]);
      const { error } = JSON.parse(told) as { error: { message: string } };
      expect(error.message.split(place)).toHaveLength(2);
      expect(error.message.startsWith(place)).toBe(true);
      expect(response.headers.get("x-should-retry")).toBe("false");
    });
  },
);

describe("an answer that is written anew for a client whose request cannot be read", () => {
  const { own, path, body } = clients["Chat Completions"] ?? Object.assign({ own: "", path: "", body: {} });

  test("streamed, with the usage that it asked for", async () => {
    await using fake = await openFakeVendor(() => ({ body: chunks }));
    await using stage = await open(fake, own, [own, "google/gemini-2.5-flash"]);
    const response = await post(stage, path, { ...body, stream: true, stream_options: { include_usage: true } });
    const told = await response.text();
    expect([response.status, attemptsOf(response.headers)]).toEqual([200, [`${own}:ok:200`]]);
    expect(told).toContain("I hear the sea.");
    expect(told).toContain('"total_tokens":7');
    expect(told.trimEnd().endsWith("[DONE]")).toBe(true);
  });

  test("a call without an id of its own is no reason to lose it", async () => {
    const call = { id: "call_0", type: "function", function: { name: "look", arguments: "{}" } };
    const message = { role: "assistant", content: null, tool_calls: [call], reasoning_content: "Hm." };
    const told = { ...chatAnswer, choices: [{ index: 0, message, finish_reason: "tool_calls" }] };
    await using fake = await openFakeVendor(() => ({ body: told }));
    await using stage = await open(fake, own, [own]);
    const response = await post(stage, path, body);
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { choices: [{ message: { tool_calls: [{ function: { name: "look" } }] } }] },
    ]);
  });
});

describe("what nobody could take", () => {
  test.each([
    ["no messages", {}, "messages"],
    ["an empty list of them", { messages: [] }, "messages"],
  ])("%s is refused before anybody is asked", async (_, body, param) => {
    await using fake = await openFakeVendor(() => ({ body: chatAnswer }));
    await using stage = await open(fake, "mistral/m", ["google/gemini-2.5-flash", "mistral/m"]);
    const response = await post(stage, "/v1/chat/completions", body);
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: "bad_request", param } }]);
    expect([fake.asked, stage.simulator.log()]).toEqual([[], []]);
  });

  test("nor is a body that is no JSON, though its brackets close", async () => {
    await using fake = await openFakeVendor(() => ({ body: chatAnswer }));
    await using stage = await open(fake, "mistral/m", ["google/gemini-2.5-flash", "mistral/m"]);
    const response = await fetch(`${stage.url}/v1/chat/completions`, {
      method: "POST",
      body: '{"model":"one","messages":[{"role":"user","content":tru}]}',
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("not valid JSON");
    expect(fake.asked).toEqual([]);
  });
});
