// A block of an answer that only its vendor knows, at a client of another protocol, over sockets: its text arrives, and what
// cannot be carried is named in the header, or in the ledger if the head of a stream is gone.
import { afterAll, beforeAll, expect, test } from "vitest";
import { createGateway, type Gateway } from "../../src/index.ts";
import { type FakeVendor, openFakeVendor } from "../support/fake-vendor.ts";

const card = { type: "card", text: "Read the small print.", picture: { image_url: "https://x.test/a.png" } };
const used = { type: "server_tool_use", id: "srvtoolu_1", name: "bash_code_execution", input: { command: "ls" } };
const usage = { input_tokens: 1, output_tokens: 1 };
const head = { id: "msg_1", type: "message", role: "assistant", model: "m", stop_sequence: null };
const whole = { ...head, content: [{ type: "text", text: "First." }, card, used], stop_reason: "end_turn", usage };
const streamed = [
  { type: "message_start", message: { ...head, content: [], stop_reason: null, usage } },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "First." } },
  { type: "content_block_stop", index: 0 },
  ...[card, used].flatMap((content_block, at) => [
    { type: "content_block_start", index: at + 1, content_block },
    { type: "content_block_stop", index: at + 1 },
  ]),
  { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage },
  { type: "message_stop" },
].map((event) => JSON.stringify(event));

let vendor: FakeVendor;
let gateway: Gateway;

beforeAll(async () => {
  vendor = await openFakeVendor((_path, body) => ({
    body: (JSON.parse(body) as { stream?: boolean }).stream === true ? streamed : whole,
  }));
  gateway = createGateway(
    {
      providers: { claude: { kind: "anthropic", base_url: vendor.baseUrl, api_key: "k" } },
      routes: { r: { target: "claude/m" } },
    },
    { environment: {} },
  );
});

afterAll(async () => {
  await gateway.close();
  await vendor[Symbol.asyncDispose]();
});

const ask = (path: string, body: object): Promise<Response> =>
  gateway.fetch(`http://gateway${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

const clients: readonly (readonly [path: string, body: object])[] = [
  ["/v1/chat/completions", { model: "r", messages: [{ role: "user", content: "Hi" }] }],
  ["/v1/responses", { model: "r", input: "Hi" }],
  ["/v1beta/models/r:generateContent", { contents: [{ role: "user", parts: [{ text: "Hi" }] }] }],
];

test.each(clients)("whole, at %s", async (path, body) => {
  const response = await ask(path, body);
  expect(response.headers.get("x-understudy-dropped")).toBe(
    "answer.content.card.picture.image_url, answer.content.server_tool_use",
  );
  expect(await response.text()).toContain("Read the small print.");
});

test("streamed, when the head is gone: the ledger has it", async () => {
  const response = await ask("/v1/chat/completions", {
    model: "r",
    stream: true,
    messages: [{ role: "user", content: "Hi" }],
  });
  const wire = await response.text();
  expect(wire).toContain("Read the small print.");
  const id = response.headers.get("x-request-id");
  const entry = gateway.attempts().find((one) => one.request === id);
  expect(entry?.dropped).toEqual(["answer.content.card.picture.image_url", "answer.content.server_tool_use"]);
});

test("F21: streamed, after a fallback: the line of the log has it, too", async () => {
  const lines: string[] = [];
  await using dead = await openFakeVendor(() => ({ status: 503, body: {} }));
  const fallback = createGateway(
    {
      providers: {
        claude: { kind: "anthropic", base_url: vendor.baseUrl, api_key: "k" },
        dead: { kind: "anthropic", base_url: dead.baseUrl, api_key: "k" },
      },
      routes: { r: { fallback: ["dead/m", "claude/m"], retry: { attempts: 0 } } },
    },
    { environment: {}, log: (line) => lines.push(line) },
  );
  const response = await fallback.fetch("http://gateway/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "r", stream: true, messages: [{ role: "user", content: "Hi" }] }),
  });
  await response.text();
  await fallback.close();
  expect(lines.join("\n")).toMatch(
    /claude\/m answered request \S+ after dead\/m \w+ 503; without answer\.content\.card\.picture\.image_url, answer\.content\.server_tool_use$/mu,
  );
  expect(lines.join("\n")).not.toContain("Read the small print.");
});
