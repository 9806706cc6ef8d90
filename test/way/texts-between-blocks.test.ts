// An answer with text before and after another block: a search, code that the vendor ran. Clients of other protocols join
// the texts that they get; the words stay apart, in the same way whole and streamed. The vendor's own clients get its bytes.
import { describe, expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { membersOf } from "../../src/protocols/shared/read.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { openFakeVendor } from "../support/fake-vendor.ts";

const [first, second] = ["Let me look.", "It rains."];

const blocks: JsonObject[] = [
  { type: "text", text: first },
  { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
  { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
  // Claude cuts a text where a citation begins.
  { type: "text", text: "It" },
  { type: "text", text: " rains." },
];
const message = { id: "msg_1", type: "message", role: "assistant", model: "claude-sonnet-4-5", stop_sequence: null };
const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };

const claude = {
  whole: { ...message, content: blocks, stop_reason: "end_turn", usage },
  frames: [
    { type: "message_start", message: { ...message, content: [], stop_reason: null, usage } },
    ...blocks.flatMap((block, index): object[] => {
      const isText = block["type"] === "text";
      return [
        { type: "content_block_start", index, content_block: isText ? { type: "text", text: "" } : block },
        ...(isText ? [{ type: "content_block_delta", index, delta: { type: "text_delta", text: block["text"] } }] : []),
        { type: "content_block_stop", index },
      ];
    }),
    { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage },
    { type: "message_stop" },
  ],
};

const item = (id: string, text: string): JsonObject => ({
  type: "message",
  id,
  status: "completed",
  role: "assistant",
  content: [{ type: "output_text", text, annotations: [] }],
});
/** Without a block in between: two messages are two texts. */
const output: JsonObject[] = [item("msg_1", first!), item("msg_2", second!)];
const response = { id: "resp_1", object: "response", created_at: 1, model: "gpt-5.4-pro" };
const gpt = {
  whole: { ...response, status: "completed", output, usage },
  frames: [
    { type: "response.created", response: { ...response, status: "in_progress", output: [] } },
    ...output.flatMap((one, output_index) => {
      const place = { item_id: one["id"], output_index };
      return [
        { type: "response.output_item.added", ...place, item: { ...one, content: [] } },
        { type: "response.output_text.delta", ...place, content_index: 0, delta: [first, second][output_index] },
        { type: "response.output_item.done", ...place, item: one },
      ];
    }),
    { type: "response.completed", response: { ...response, status: "completed", output, usage } },
  ],
};

const parts: JsonObject[] = [
  { text: first },
  { executableCode: { language: "PYTHON", code: "look()" } },
  { codeExecutionResult: { outcome: "OUTCOME_OK", output: "rain" } },
  { text: "It" },
  { text: " rains." },
];
const slice = (list: readonly JsonObject[], more: object = {}): object => ({
  responseId: "r",
  modelVersion: "gemini-2.5-flash",
  candidates: [{ index: 0, content: { role: "model", parts: list }, ...more }],
});
const counts = { usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 } };
const gemini = {
  whole: { ...slice(parts, { finishReason: "STOP" }), ...counts },
  frames: [...parts.map((part) => slice([part])), { ...slice([], { finishReason: "STOP" }), ...counts }],
};

const vendors = {
  "anthropic/claude-sonnet-4-5": claude,
  "openai/gpt-5.4-pro": gpt,
  "google/gemini-2.5-flash": gemini,
} as const;

const said = { messages: [{ role: "user", content: "Rain?" }] };
/** The path, the body, and the texts of an answer or of an event of a stream, as SDKs join them. */
const clients: Readonly<Record<string, readonly [path: (stream: boolean) => string, body: object]>> = {
  chat: [() => "/v1/chat/completions", said],
  responses: [() => "/v1/responses", { input: "Rain?" }],
  messages: [() => "/v1/messages", { ...said, max_tokens: 100 }],
  gemini: [
    (stream) => `/v1beta/models/r:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    { contents: [{ role: "user", parts: [{ text: "Rain?" }] }] },
  ],
};
const natives: Readonly<Record<string, string>> = {
  "anthropic/claude-sonnet-4-5": "messages",
  "openai/gpt-5.4-pro": "responses",
  "google/gemini-2.5-flash": "gemini",
};

const list = (value: Json | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.map(membersOf) : []);
const wordsIn = (value: Json | undefined): string => (typeof value === "string" ? value : "");

function textsOf(client: string, body: JsonObject): string {
  switch (client) {
    case "chat":
      return list(body["choices"])
        .map((choice) => wordsIn(membersOf(choice["message"] ?? choice["delta"])["content"]))
        .join("");
    case "responses":
      if (body["type"] === "response.output_text.delta") return wordsIn(body["delta"]);
      return list(body["output"])
        .flatMap(({ content }) => list(content).map(({ text }) => wordsIn(text)))
        .join("");
    case "messages":
      if (body["type"] === "content_block_delta") return wordsIn(membersOf(body["delta"])["text"]);
      return body["type"] === "message"
        ? list(body["content"])
            .map(({ text }) => wordsIn(text))
            .join("")
        : "";
    default:
      return list(body["candidates"])
        .flatMap(({ content }) => list(membersOf(content)["parts"]).map(({ text }) => wordsIn(text)))
        .join("");
  }
}

async function joined(target: keyof typeof vendors, client: string, stream: boolean): Promise<string> {
  const { whole, frames } = vendors[target];
  const body = stream ? frames.map((frame) => JSON.stringify(frame)) : whole;
  await using vendor = await openFakeVendor(() => ({ body }));
  const [provider = ""] = target.split("/");
  const gateway = createGateway(
    { providers: { [provider]: { base_url: vendor.baseUrl, api_key: "k" } }, routes: { r: { target } } },
    { environment: {}, warn: () => {} },
  );
  const [path, request] = clients[client]!;
  const answer = await gateway.fetch(`http://gateway${path(stream)}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...(client === "gemini" ? {} : { model: "r", stream }), ...request }),
  });
  const text = await answer.text();
  expect([answer.status, text]).toEqual([200, text]);
  await gateway.close();
  const documents = stream ? [...text.matchAll(/^data: (\{.*)$/gmu)].map(([, json = "{}"]) => json) : [text];
  return documents.map((json) => textsOf(client, JSON.parse(json) as JsonObject)).join("");
}

describe.each(Object.keys(vendors) as (keyof typeof vendors)[])("%s", (target) => {
  test.each(Object.keys(clients).flatMap((client) => [true, false].map((stream) => ({ client, stream }))))(
    "to $client (streamed: $stream)",
    async ({ client, stream }) => {
      const gap = natives[target] === client ? "" : "\n\n";
      expect(await joined(target, client, stream)).toBe(`${first}${gap}${second}`);
    },
  );
});
