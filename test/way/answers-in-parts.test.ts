// Mistral's models that reason answer with a list of parts. OpenAI's clients know text alone, so they get text and
// reasoning apart, streamed and whole, though both sides speak the same protocol.
import { expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { openFakeVendor } from "../support/fake-vendor.ts";

const thought = { type: "thinking", thinking: [{ type: "text", text: "Two and two." }] };
const usage = { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 };
const chunk = (delta: object, finish: string | null = null): string =>
  JSON.stringify({
    id: "c1",
    object: "chat.completion.chunk",
    created: 5,
    model: "magistral-medium",
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...(finish === null ? {} : { usage }),
  });
const frames = [
  chunk({ role: "assistant", content: "" }),
  chunk({ content: [thought] }),
  chunk({ content: [{ type: "text", text: "It is " }] }),
  chunk({ content: "four." }),
  chunk({ content: "" }, "stop"),
  "[DONE]",
];
const whole = {
  id: "c1",
  object: "chat.completion",
  created: 5,
  model: "magistral-medium",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: [thought, { type: "text", text: "It is four." }] },
      finish_reason: "stop",
    },
  ],
  usage,
};

interface Said {
  readonly content?: string;
  readonly reasoning_content?: string;
}

test.each([true, false])("content in parts is text for a chat client (streamed: %s)", async (stream) => {
  await using vendor = await openFakeVendor(() => ({ body: stream ? frames : whole }));
  const gateway = createGateway(
    {
      providers: { mistral: { base_url: vendor.baseUrl, api_key: "k" } },
      routes: { r: { target: "mistral/magistral-medium" } },
    },
    { environment: {}, warn: () => {} },
  );
  const response = await gateway.fetch("http://gateway/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "r", stream, messages: [{ role: "user", content: "2+2?" }] }),
  });
  const text = await response.text();
  const said: Said[] = stream
    ? text
        .split("\n\n")
        .filter((line) => line.startsWith("data: {"))
        .flatMap((line) => (JSON.parse(line.slice(6)) as { choices: { delta: Said }[] }).choices)
        .map(({ delta }) => delta)
    : (JSON.parse(text) as { choices: { message: Said }[] }).choices.map(({ message }) => message);
  expect(said.every(({ content }) => content === undefined || typeof content === "string")).toBe(true);
  expect(said.map(({ content }) => content ?? "").join("")).toBe("It is four.");
  expect(said.map((one) => one.reasoning_content ?? "").join("")).toBe("Two and two.");
  await gateway.close();
});
