// What one caller's odd request is refused for changes nothing for the others: no refusal teaches to leave out what was
// asked, nor takes a target's abilities away.
import { expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

type Body = Readonly<Record<string, unknown>>;

const ask = (stage: Stage, path: string, body: Body): Promise<Response> =>
  fetch(stage.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "one", ...body }),
  });

const picture = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } };
const text = { type: "text", text: "Hello" };
const hello = [{ role: "user", content: "Hello" }];
const tools = [{ type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } }];
const full = {
  messages: [{ role: "user", content: [{ ...text, text: "word ".repeat(2_000) }, picture] }],
  tools,
  n: 2,
  logprobs: true,
  max_tokens: 50,
  stop: ["x"],
  temperature: 0.5,
};

const said = (words: string): Body => ({ messages: [{ role: "user", content: [{ type: words, text: "x" }] }] });

test.each<[string, Body]>([
  ["a stray picture in a text", { messages: [{ role: "user", content: [{ ...text, image_url: "x" }] }] }],
  ["pictures at the top", { messages: hello, images: [] }],
  ["audio at the top of a part", { messages: [{ role: "user", content: [{ ...text, input_audio: {} }] }] }],
  ["tools in a message", { messages: [{ role: "user", content: "Hello", tools }] }],
  ["words of a vendor's as a type", said("tools' is not supported by this model")],
  ["words about pictures as a type", said("does not support image inputs")],
  ["words about an unknown field as a type", said("x: unknown field `tools`, expected ")],
  ["words with an end of the line", said("n' is not supported by this model\n")],
  ["words about a window", said("maximum context length is 300 tokens")],
  ["a kind of tool of another protocol's", { messages: hello, tools: [...tools, { type: "web_search" }] }],
  ["a kind of tool that nobody knows", { messages: hello, tools: [...tools, { type: "stage_light" }] }],
  ["no messages", {}],
  ["messages of another kind", { messages: "Hello" }],
  ["a stream that is none", { messages: hello, stream: "yes" }],
  ["a limit that is none", { messages: hello, max_tokens: "many" }],
  ["tools that are none", { messages: hello, tools: "all" }],
])("%s", async (_, odd) => {
  await using stage = await openStage({ config: { routes: { one: { target: "openai/gpt-4o" } } } });
  for (let call = 0; call < 2; call += 1) await ask(stage, "/v1/chat/completions", odd);
  stage.simulator.clearLog();
  const response = await ask(stage, "/v1/chat/completions", full);
  expect([response.status, attemptsOf(response.headers)]).toEqual([200, ["openai/gpt-4o:ok:200"]]);
  expect(response.headers.get("x-understudy-dropped")).toBeNull();
  expect(stage.simulator.log().map(({ body }) => body)).toEqual([{ ...full, model: "gpt-4o" }]);
});
