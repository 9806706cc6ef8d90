// Traps that no codec can fall into alone: they are sprung on a whole gateway, with a client of each protocol in front and
// a vendor behind that refuses what it should. The numbers are those of docs/traps.md, where all others are named too.
import { describe, expect, test } from "vitest";
import { readAsFarAsItComes } from "../support/broken-body.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const tools = [
  {
    type: "function",
    function: { name: "look", parameters: { type: "object", properties: { at: { type: "string" } } } },
  },
];
const question = { role: "user", content: "Look at the sea, please." };
const called = {
  role: "assistant",
  content: null,
  tool_calls: [{ id: "call_1", type: "function", function: { name: "look", arguments: '{"at":"sea"}' } }],
};
const answered = { role: "tool", tool_call_id: "call_1", content: "blue" };

function send(stage: Stage, path: string, body: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(stage.url + path, { method: "POST", headers, body: JSON.stringify(body) });
}
const chat = (stage: Stage, body: object): Promise<Response> => send(stage, "/v1/chat/completions", body);

/** What the vendor was sent last. */
function sentTo(stage: Stage): string {
  return JSON.stringify(stage.simulator.log().at(-1)?.body ?? null);
}

interface Called {
  readonly choices: readonly { readonly message: { readonly tool_calls: readonly { readonly id: string }[] } }[];
}

describe("histories of other vendors", () => {
  test("trap 12: unsigned calls stay calls, none is told as prose", async () => {
    await using stage = await openStage();
    const messages = [question, called, answered];
    const response = await chat(stage, { model: "google/gemini-3.8-flash", tools, messages });
    expect(response.status).toBe(200);
    const sent = sentTo(stage);
    expect(sent).toContain('"functionCall"');
    expect(sent).toContain("skip_thought_signature_validator");
    expect(sent).not.toMatch(/"text":"[^"]*(look|call_1)\b/u);
  });

  test("trap 14: a signature rides beside the call, never in its id, and no other vendor sees it", async () => {
    await using stage = await openStage();
    const first = { model: "google/gemini-3.8-flash", tools, tool_choice: "required", messages: [question] };
    const answer = (await (await chat(stage, first)).json()) as Called;
    const message = answer.choices[0]?.message;
    const [call] = message?.tool_calls ?? [];
    expect(call?.id).toMatch(/^[A-Za-z0-9_-]{1,40}$/u);
    const signature = /"thought_signature":"([^"]+)"/u.exec(JSON.stringify(call))?.[1] ?? "";
    expect(signature).not.toBe("");
    const messages = [question, message, { ...answered, tool_call_id: call?.id }];
    const response = await chat(stage, { model: "openai/gpt-4o", tools, messages });
    expect(response.status).toBe(200);
    expect(sentTo(stage)).toContain(call?.id);
    expect(sentTo(stage)).not.toContain(signature);
  });

  test("trap 43: a history of calls without tools is sent with tools declared, where they are demanded", async () => {
    await using stage = await openStage();
    const messages = [question, called, answered];
    const response = await chat(stage, { model: "anthropic/claude-sonnet-4-5", messages });
    expect(response.status).toBe(200);
    expect(sentTo(stage)).toContain('"tools":[{"name":"look"');
    expect(sentTo(stage)).toContain('"tool_choice":{"type":"none"}');
  });
});

describe("settings", () => {
  test("trap 34: a temperature that nobody asked for is not sent, one that the model refuses is dropped and said", async () => {
    await using stage = await openStage();
    const asked = { model: "anthropic/claude-opus-4-7", messages: [question] };
    const silent = await chat(stage, asked);
    expect([silent.status, silent.headers.get("x-understudy-dropped")]).toEqual([200, null]);
    expect(sentTo(stage)).not.toContain("temperature");
    const spoken = await chat(stage, { ...asked, temperature: 0.2 });
    expect([spoken.status, spoken.headers.get("x-understudy-dropped")]).toEqual([200, "temperature"]);
    expect(sentTo(stage)).not.toContain("temperature");
  });
});

describe("versions of Anthropic's protocol", () => {
  const messages = [{ role: "user", content: "Hello" }];
  const said = (stage: Stage): unknown => stage.simulator.log().at(-1)?.headers["anthropic-version"];

  test("trap 34: a translated request goes in the newer one, with sampling in the older one", async () => {
    await using stage = await openStage();
    const asked = { model: "anthropic/claude-sonnet-4-6", messages };
    expect((await chat(stage, asked)).status).toBe(200);
    expect(said(stage)).toBe("2026-10-21");
    expect((await chat(stage, { ...asked, temperature: 0.3 })).status).toBe(200);
    expect(said(stage)).toBe("2023-06-01");
    expect(sentTo(stage)).toContain('"temperature":0.3');
  });

  test("trap 34: a route's temperature does not cost a caller of the newer one its answer", async () => {
    const routes = { cool: { target: "anthropic/claude-sonnet-4-6", params: { temperature: 0.3 } } };
    await using stage = await openStage({ config: { routes } });
    const body = JSON.stringify({ model: "cool", max_tokens: 50, messages });
    const ask = (version: string): Promise<Response> =>
      fetch(`${stage.url}/v1/messages`, { method: "POST", headers: { "anthropic-version": version }, body });
    const refused = await ask("2026-10-21");
    expect([refused.status, refused.headers.get("x-understudy-dropped")]).toEqual([200, "temperature"]);
    expect(said(stage)).toBe("2026-10-21");
    const taken = await ask("2023-06-01");
    expect([taken.status, taken.headers.get("x-understudy-dropped")]).toEqual([200, null]);
    expect(sentTo(stage)).toContain('"temperature":0.3');
  });
});

const words = "Why does a theatre keep an understudy?";
const speakers = [
  {
    name: "chat",
    path: "/v1/chat/completions",
    body: { model: "assistant", stream: true, messages: [{ role: "user", content: words }] },
    error: '{"error":{',
    end: /\[DONE\]|"finish_reason":"stop"/u,
  },
  {
    name: "responses",
    path: "/v1/responses",
    body: { model: "assistant", stream: true, input: words },
    error: "event: error\n",
    end: /response\.(?:completed|incomplete)/u,
  },
  {
    name: "messages",
    path: "/v1/messages",
    body: { model: "assistant", stream: true, max_tokens: 200, messages: [{ role: "user", content: words }] },
    error: "event: error\n",
    end: /message_stop|"stop_reason":"/u,
  },
  {
    name: "generateContent",
    path: "/v1beta/models/assistant:streamGenerateContent?alt=sse",
    body: { contents: [{ role: "user", parts: [{ text: words }] }] },
    error: '{"error":{',
    end: /"finishReason"/u,
  },
] as const;

function another(body: object): object {
  return JSON.parse(JSON.stringify(body).replace(words, `Another matter: ${words}`)) as object;
}

describe.each(speakers)("a client of $name", ({ path, body, error, end }) => {
  test.each([
    ["an error event", { fault: "error-event-mid-stream", afterTokens: 4, status: 529 }],
    ["an end without an ending", { fault: "clean-end-without-finish", afterTokens: 4 }],
  ] as const)("trap 37: %s in mid-answer is one error, never a well-formed end", async (_what, fault) => {
    await using stage = await openStage();
    stage.simulator.play("google", fault);
    const { text, broke } = await readAsFarAsItComes(await send(stage, path, body));
    expect(broke).toBe(path.includes("v1beta"));
    expect(text.split(error)).toHaveLength(2);
    expect(text).not.toMatch(end);
  });

  test("trap 39: after content nobody else is asked; before it the failed status is told beside the good one", async () => {
    await using stage = await openStage();
    stage.simulator.play("google", { fault: "fin-without-terminator", afterTokens: 4, count: 1 });
    await readAsFarAsItComes(await send(stage, path, body));
    expect(stage.simulator.log().map(({ vendor }) => vendor)).toEqual(["google"]);
    stage.simulator.play("google", { fault: "status", status: 503 });
    // The same conversation would begin at the next target now.
    const response = await send(stage, path, another(body));
    expect(attemptsOf(response.headers)).toEqual([
      "google/gemini-2.5-flash:overloaded:503",
      "google/gemini-2.5-flash:overloaded:503",
      "openai/gpt-4o:ok:200",
    ]);
    expect(await response.text()).toMatch(end);
  });
});
