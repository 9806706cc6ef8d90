// Calls of a tool that takes nothing. Claude streams no arguments at all for it, some hosts an empty text. Clients of OpenAI's
// protocols parse what they have got, so they get an empty object, whole and streamed.
import { expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { openFakeVendor } from "../support/fake-vendor.ts";

const usage = { input_tokens: 10, output_tokens: 2 };
const block = { type: "tool_use", id: "toolu_1", name: "go", input: {} };
const message = { id: "msg_1", type: "message", role: "assistant", model: "claude", stop_sequence: null, usage };
const claude = [
  { type: "message_start", message: { ...message, content: [], stop_reason: null } },
  { type: "content_block_start", index: 0, content_block: block },
  { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: "" } },
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage },
  { type: "message_stop" },
];
const called = { id: "call_1", type: "function", function: { name: "go", arguments: "" } };
const chunk = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" };
const host = [
  {
    ...chunk,
    choices: [{ index: 0, delta: { role: "assistant", tool_calls: [{ index: 0, ...called }] }, finish_reason: null }],
  },
  { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] },
];
const whole = {
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [
    { index: 0, message: { role: "assistant", content: null, tool_calls: [called] }, finish_reason: "tool_calls" },
  ],
};

const chat = { path: "/v1/chat/completions", body: { messages: [{ role: "user", content: "Go." }] } };
const responses = { path: "/v1/responses", body: { input: "Go." } };
const rows = [
  { name: "Claude, to a chat client", target: "anthropic/claude-sonnet-4-5", client: chat, answer: claude },
  { name: "Claude, to a Responses client", target: "anthropic/claude-sonnet-4-5", client: responses, answer: claude },
  { name: "a host, to a Responses client", target: "host/m", client: responses, answer: host },
  { name: "a host, whole, to a Responses client", target: "host/m", client: responses, answer: whole },
];

test.each(rows)("$name", async ({ target, client: { path, body }, answer }) => {
  const isStream = Array.isArray(answer);
  await using vendor = await openFakeVendor(() => ({
    body: isStream ? [...answer.map((event) => JSON.stringify(event)), ...(answer === host ? ["[DONE]"] : [])] : answer,
  }));
  const gateway = createGateway(
    {
      providers: {
        anthropic: { base_url: vendor.baseUrl, api_key: "k" },
        host: { kind: "openai-compatible", base_url: vendor.baseUrl, api_key: "k" },
      },
    },
    { environment: {}, warn: () => {} },
  );
  const response = await gateway.fetch(`http://gateway${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: target, stream: isStream, ...body }),
  });
  const text = await response.text();
  await gateway.close();
  expect([response.status, argumentsIn(text)]).toEqual([200, "{}"]);
});

/** As clients gather them: of chat the fragments, of Responses the item that is done. */
function argumentsIn(text: string): string {
  const events = text.includes("data: ")
    ? text.split("\n").filter((line) => line.startsWith("data: {"))
    : [`data: ${text}`];
  let gathered = "";
  for (const event of events.map((line) => JSON.parse(line.slice(6)) as Event)) {
    for (const { delta } of event.choices ?? [])
      for (const { function: told } of delta.tool_calls ?? []) gathered += told.arguments;
    const item = event.type === "response.output_item.done" ? event.item : event.output?.[0];
    if (item !== undefined) gathered = item.arguments;
  }
  return gathered;
}

interface Called {
  readonly arguments: string;
}

interface Event {
  readonly type?: string;
  readonly choices?: readonly { readonly delta: { readonly tool_calls?: readonly { readonly function: Called }[] } }[];
  readonly item?: Called;
  readonly output?: readonly Called[];
}
