// Settings in another vendor's words, from a client that speaks the target's protocol, and no other target is left: they are
// said in the target's words, or dropped and reported. Only what the answer depends on is refused for good.
import { expect, test } from "vitest";
import { openStage } from "../support/stage.ts";

const effort = { output_config: { effort: "high" } };
const clients = {
  chat: ["/v1/chat/completions", { model: "r", messages: [{ role: "user", content: "hi" }] }],
  responses: ["/v1/responses", { model: "r", input: "hi" }],
  gemini: ["/v1beta/models/r:generateContent", { contents: [{ role: "user", parts: [{ text: "hi" }] }] }],
} as const;

async function ask(client: keyof typeof clients, target: string, more: object) {
  await using stage = await openStage({ config: { routes: { r: { target } } } });
  const [path, body] = clients[client];
  const response = await fetch(stage.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, ...more }),
  });
  await response.text();
  const sent = stage.simulator.log().at(-1)?.body as Record<string, unknown>;
  return { status: response.status, dropped: response.headers.get("x-understudy-dropped"), sent };
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
