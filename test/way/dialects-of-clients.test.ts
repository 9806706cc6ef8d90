// Settings in another vendor's words, from a client that speaks the target's protocol, and no other target is left: they are
// said in the target's words, or dropped and reported. Only what the answer depends on is refused for good.
import { expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const effort = { output_config: { effort: "high" } };
const clients = {
  chat: ["/v1/chat/completions", { model: "r", messages: [{ role: "user", content: "hi" }] }],
  responses: ["/v1/responses", { model: "r", input: "hi" }],
  gemini: ["/v1beta/models/r:generateContent", { contents: [{ role: "user", parts: [{ text: "hi" }] }] }],
  anthropic: ["/v1/messages", { model: "r", max_tokens: 100, messages: [{ role: "user", content: "hi" }] }],
} as const;
/** A target of each client's own protocol. */
const homes = {
  responses: "openai/gpt-5.2",
  gemini: "google/gemini-2.5-flash",
  anthropic: "anthropic/claude-sonnet-4-5",
} as const;

async function ask(client: keyof typeof clients, target: string, more: object) {
  await using stage = await openStage({ config: { routes: { r: { target } } } });
  return await askOn(stage, client, more);
}

async function askOn(stage: Stage, client: keyof typeof clients, more: object) {
  const [path, body] = clients[client];
  const response = await fetch(stage.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, ...more }),
  });
  await response.text();
  const sent = stage.simulator.log().at(-1)?.body as Record<string, unknown>;
  const { status, headers } = response;
  const adapted = headers.get("x-understudy-adapted");
  return { status, dropped: headers.get("x-understudy-dropped"), adapted, asked: attemptsOf(headers).length, sent };
}

test.each(["openai/gpt-5.2", "openai/gpt-5"])("Anthropic's effort from a Chat client at %s", async (target) => {
  const { status, dropped, sent } = await ask("chat", target, effort);
  expect([status, dropped, sent["reasoning_effort"]]).toEqual([200, null, "high"]);
});

test.each([
  ["chat", "openai/gpt-4o", "reasoning_effort"],
  ["responses", "openai/gpt-5.2", "output_config"],
  ["gemini", "google/gemini-2.5-flash", "output_config"],
] as const)("the same from a client of %s at %s is dropped", async (client, target, name) => {
  expect(await ask(client, target, effort)).toMatchObject({ status: 200, dropped: name });
});

const format = { type: "json_schema", schema: { type: "object", properties: {}, additionalProperties: false } };

test("an answer's form in these words, from a Chat client", async () => {
  const { status, dropped, sent } = await ask("chat", "openai/gpt-5.2", { output_config: { format } });
  expect([status, dropped, sent["response_format"]]).toMatchObject([200, null, { type: "json_schema" }]);
});

test.each([
  ["responses", "openai/gpt-5.2"],
  ["gemini", "google/gemini-2.5-flash"],
] as const)("an answer's form in these words, from a client of %s, is refused", async (client, target) => {
  expect(await ask(client, target, { output_config: { format } })).toMatchObject({ status: 400 });
});

test.each([
  ["responses", { max_tokens: 100 }, { max_output_tokens: 100 }],
  ["responses", { max_completion_tokens: 100 }, { max_output_tokens: 100 }],
  ["responses", { system: [{ type: "text", text: "Be brief." }] }, { instructions: "Be brief." }],
  ["gemini", { max_tokens: 100, temperature: 0.5 }, { generationConfig: { maxOutputTokens: 100, temperature: 0.5 } }],
  ["gemini", { maxOutputTokens: 100 }, { generationConfig: { maxOutputTokens: 100 } }],
  ["gemini", { system: "Be brief." }, { systemInstruction: { parts: [{ text: "Be brief." }] } }],
  ["anthropic", { stop: "END" }, { stop_sequences: ["END"] }],
  ["anthropic", { instructions: "Be brief." }, { system: "Be brief." }],
] as const)("a member of another dialect from a client of %s: %j is %j", async (client, more, said) => {
  await using stage = await openStage({ config: { routes: { r: { target: homes[client] } } } });
  for (const attempts of [expect.any(Number), 1]) {
    const { status, adapted, dropped, sent, asked } = await askOn(stage, client, more);
    expect([status, dropped, asked]).toEqual([200, null, attempts]);
    expect(adapted).toContain(`${Object.keys(more)[0]}:${Object.keys(more)[0]}>${Object.keys(said)[0]}`);
    expect(sent).toMatchObject(said);
    for (const name of Object.keys(more)) expect(sent).not.toHaveProperty(name);
  }
});

test("what the client said in its vendor's words goes before", async () => {
  const { status, dropped, sent } = await ask("responses", homes.responses, { max_output_tokens: 50, max_tokens: 100 });
  expect([status, dropped, sent["max_output_tokens"]]).toEqual([200, "max_tokens", 50]);
});

test.each(["stream", "name", "type", "id", "text", "title", "format", "data", "file_id", "context", "something_else"])(
  "%s, which no vendor but another's has there, is left out and reported once, from then on before it is refused",
  async (name) => {
    for (const client of ["gemini", "responses", "anthropic"] as const) {
      if (name === "stream" && client !== "gemini") continue;
      if (name === "text" && client === "responses") continue;
      await using stage = await openStage({ config: { routes: { r: { target: homes[client] } } } });
      const first = await askOn(stage, client, { [name]: true });
      const second = await askOn(stage, client, { [name]: true });
      expect([first.status, first.asked, second.status, second.asked]).toEqual([200, 2, 200, 1]);
      expect([first.dropped, second.dropped]).toEqual([name, name]);
    }
  },
);

test.each([{ functions: [] }, { tool_config: {} }, { tool_choice: "auto" }, { prompt: "" }])(
  "%j, which asks for nothing, is no reason to refuse the call",
  async (more) => {
    for (const client of ["gemini", "anthropic"] as const) {
      // An Anthropic client has it, in a form of its own.
      if (client === "anthropic" && "tool_choice" in more) continue;
      expect(await ask(client, homes[client], more)).toMatchObject({ status: 200, dropped: null });
    }
  },
);

test("what OpenAI does not know in Responses, a Chat client may still say", async () => {
  await using stage = await openStage({ config: { routes: { r: { target: "openai/gpt-4o" } } } });
  expect(await askOn(stage, "responses", { stop: ["END"] })).toMatchObject({ status: 200, dropped: "stop" });
  expect(await askOn(stage, "chat", { stop: ["END"] })).toMatchObject({
    status: 200,
    dropped: null,
    sent: { stop: ["END"] },
  });
});
