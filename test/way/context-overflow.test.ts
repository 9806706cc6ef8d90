// A request that is too long for every target: the client reads it in its own vendor's words, with that vendor's code and
// the numbers that were told, whoever refused it. Agents compact their conversation after these words alone.
import { describe, expect, test } from "vitest";
import { openStage, type Stage } from "../support/stage.ts";

const targets = {
  openai: "openai/gpt-4o",
  anthropic: "anthropic/claude-sonnet-4-5",
  google: "google/gemini-2.5-flash",
} as const;
type Vendor = keyof typeof targets;

/** What the simulated vendors say. */
const numbers: Readonly<Record<Vendor, readonly [prompt: string, window: string]>> = {
  openai: ["131072", "128000"],
  anthropic: ["215000", "200000"],
  google: ["1150000", "1048576"],
};
const said: Readonly<Record<Vendor, string>> = {
  openai: "This model's maximum context length is 128000 tokens.",
  anthropic: "prompt is too long: 215000 tokens > 200000 maximum",
  google: "The input token count (1150000) exceeds the maximum number of tokens allowed (1048576).",
};

interface Client {
  readonly name: string;
  readonly path: (model: string, stream: boolean) => string;
  readonly body: object;
  readonly words: (prompt: string, window: string) => string;
  readonly code: object;
  /** The status of a streamed request. */
  readonly streamed?: number;
}

const turn = [{ role: "user", content: "Tell me about the sea." }];
const lengthWords = (prompt: string, window: string): string =>
  `This model's maximum context length is ${window} tokens. However, your messages resulted in ${prompt} tokens.`;
const clients: readonly Client[] = [
  {
    name: "Chat Completions",
    path: () => "/v1/chat/completions",
    body: { messages: turn },
    words: lengthWords,
    code: { type: "invalid_request_error", code: "context_length_exceeded" },
  },
  {
    name: "Responses",
    path: () => "/v1/responses",
    body: { input: turn },
    words: lengthWords,
    code: { code: "context_length_exceeded" },
    streamed: 200,
  },
  {
    name: "Messages",
    path: () => "/v1/messages",
    body: { max_tokens: 100, messages: turn },
    words: (prompt, window) => `prompt is too long: ${prompt} tokens > ${window} maximum`,
    code: { type: "invalid_request_error" },
  },
  {
    name: "Gemini",
    path: (model, stream) => `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: { contents: [{ role: "user", parts: [{ text: "Tell me about the sea." }] }] },
    words: (prompt, window) =>
      `The input token count (${prompt}) exceeds the maximum number of tokens allowed (${window}).`,
    code: { code: 400, status: "INVALID_ARGUMENT" },
  },
];

async function open(vendor: Vendor): Promise<Stage> {
  const stage = await openStage({ config: { routes: { assistant: { fallback: [targets[vendor]] } } } });
  stage.simulator.play(vendor, {
    fault: "status",
    status: 400,
    contextLength: true,
  });
  return stage;
}

function ask({ url }: Stage, { path, body }: Client, stream: boolean): Promise<Response> {
  const isInPath = path("m", true) !== path("m", false);
  return fetch(`${url}${path("assistant", stream)}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...(isInPath ? {} : { model: "assistant", stream }), ...body }),
  });
}

type Told = Readonly<Record<string, unknown>> & { readonly message: string };

const stories = (Object.keys(targets) as Vendor[]).flatMap((vendor) =>
  clients.flatMap((client) => [false, true].map((stream) => ({ vendor, client, stream, name: client.name }))),
);

describe.each(stories)("$vendor refuses a client of $name (streamed: $stream)", ({ vendor, client, stream }) => {
  test("in that client's words, with the vendor's behind them", async () => {
    await using stage = await open(vendor);
    const response = await ask(stage, client, stream);
    const text = await response.text();
    expect(response.headers.get("x-should-retry")).toBe("false");
    const isStreamed = stream && client.streamed === 200;
    expect(response.status).toBe(isStreamed ? 200 : 400);
    const told = isStreamed ? failedIn(text) : (JSON.parse(text) as { error: Told }).error;
    expect(told).toMatchObject(client.code);
    expect(told.message).toContain(client.words(...numbers[vendor]));
    expect(told.message).toContain(said[vendor]);
  });
});

/** Codex reads nothing else. */
function failedIn(stream: string): Told {
  const events = stream
    .split("\n\n")
    .filter((frame) => frame !== "")
    .map((frame) => JSON.parse(frame.slice(frame.indexOf("data: ") + 6)) as Record<string, unknown>);
  expect(events.map(({ type }) => type)).toEqual(["error", "response.failed"]);
  return (events[1] as { response: { error: Told } }).response.error;
}

test("OpenAI's Responses says so inside its stream: the next target is asked all the same", async () => {
  const long = "sea ".repeat(140_000);
  const routes = { assistant: { fallback: ["long/gpt-4o", targets.google] } };
  await using stage = await openStage({
    config: ({ vendors }) => ({
      routes,
      providers: {
        long: {
          kind: "openai",
          base_url: vendors.openai.baseUrl,
          api_key: "k",
          protocol: "responses",
          // The vendor itself refuses it.
          models: { "gpt-4o": { context: 10_000_000 } },
        },
      },
    }),
  });
  const response = await fetch(`${stage.url}/v1/responses`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "assistant", stream: true, input: long }),
  });
  expect(await response.text()).toContain("response.completed");
  expect(response.headers.get("x-understudy-attempts")).toMatch(
    /^long\/gpt-4o:context_too_long:200:\d+, google\/gemini-2.5-flash:ok:200/u,
  );
});
