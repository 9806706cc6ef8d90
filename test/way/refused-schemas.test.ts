// A schema that a model refuses without naming a keyword, in a body that the gateway wrote: the same target is asked once
// more with the plainest schema, answers, and gets it from then on; what went into words is reported.
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { openFakeVendor } from "../support/fake-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
const chat: JsonObject = {
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "A chair." } }],
  usage,
};
const message: JsonObject = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  content: [{ type: "text", text: "A chair." }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 2 },
};
const gemini: JsonObject = {
  candidates: [{ index: 0, content: { role: "model", parts: [{ text: "A chair." }] }, finishReason: "STOP" }],
  usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 },
};
const openaiError = (words: string): JsonObject => ({ error: { message: words, type: "BadRequestError", code: 400 } });
const claudeError = (words: string): JsonObject => ({
  type: "error",
  error: { type: "invalid_request_error", message: words },
});
const googleError = (words: string): JsonObject => ({
  error: { code: 400, message: words, status: "INVALID_ARGUMENT" },
});

interface Refusing {
  readonly target: string;
  readonly words: string;
  readonly error: (words: string) => JsonObject;
  readonly answer: JsonObject;
}
const claude = { target: "anthropic/claude-sonnet-4-5", error: claudeError, answer: message };
const host = { target: "host/some-model", error: openaiError, answer: chat };
const cases: readonly Refusing[] = [
  {
    ...claude,
    words:
      "tools.0.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://docs.claude.com/en/docs/tool-use.",
  },
  {
    ...claude,
    words: "tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level",
  },
  { ...host, words: "The provided JSON schema contains features not supported by xgrammar." },
  { ...host, words: "Failed to initialize samplers: failed to parse grammar" },
  { ...host, words: 'JSON schema conversion failed:\nUnrecognized schema: {"type":"x"}' },
  {
    ...host,
    words:
      "invalid JSON schema for tool look, tools[0].function.parameters: `/properties/q`: 'required' present but 'properties' is missing",
  },
  {
    ...host,
    words:
      "tools.function.parameters is not a valid moonshot flavored json schema, details: <At path 'properties.q': type should be defined in anyOf items instead of the parent schema>",
  },
  {
    target: "google/gemini-2.5-flash",
    words:
      "The specified schema produces a constraint that has too many states for serving. Typical causes of this error are: schemas with lots of text.",
    error: googleError,
    answer: gemini,
  },
];

const q = {
  oneOf: [{ type: "string", pattern: "^a$" }, { type: "null" }],
  description: "What to look for",
};
const list = { type: "array", items: { type: "string" }, maxItems: 3, uniqueItems: true };
const schema = { type: "object", properties: { q, list }, required: ["list"], if: { required: ["q"] } };
/** What no plainest schema holds. */
const isPlain = (sent: string): boolean => !/"(?:oneOf|pattern|maxItems|uniqueItems|if)":/u.test(sent);

function open(target: string, baseUrl: string): Promise<Stage> {
  const access = { base_url: baseUrl, api_key: "key" };
  return openStage({
    config: {
      routes: { assistant: { fallback: [target], retry: { attempts: 0 } } },
      providers: { anthropic: access, google: access, host: { kind: "openai-compatible", ...access } },
    },
  });
}

describe.each(cases)("$target: $words", ({ target, words, error, answer }) => {
  /** A client of another protocol. */
  const client = target.startsWith("host")
    ? { path: "/v1/messages", body: { max_tokens: 99, tools: [{ name: "look", input_schema: schema }] } }
    : {
        path: "/v1/chat/completions",
        body: { tools: [{ type: "function", function: { name: "look", parameters: schema } }] },
      };

  test("the plainest schema is taken, and sent from then on (F7)", async () => {
    await using vendor = await openFakeVendor((_, sent) =>
      isPlain(sent) ? { body: answer } : { status: 400, body: error(words) },
    );
    await using gateway = await open(target, vendor.baseUrl);
    const first = await post(gateway, client.path, client.body);
    expect(attemptsOf(first.headers)).toEqual([
      expect.stringMatching(`^${target}:(?:bad_request|unsupported):400$`),
      `${target}:ok:200`,
    ]);
    const second = await post(gateway, client.path, client.body);
    expect(attemptsOf(second.headers)).toEqual([`${target}:ok:200`]);
    const told = second.headers.get("x-understudy-adapted") ?? "";
    for (const keyword of ["oneOf", "pattern", "maxItems", "uniqueItems", "if"]) expect(told).toContain(keyword);
    const sent = vendor.asked.at(-1)?.body ?? "";
    for (const kept of ["At most 3 items.", "No item twice.", "What to look for", '"required":["list"]'])
      expect(sent).toContain(kept);
  });

  test("a target that refuses even that is asked twice, and the refusal comes back", async () => {
    await using vendor = await openFakeVendor(() => ({ status: 400, body: error(words) }));
    await using gateway = await open(target, vendor.baseUrl);
    const response = await post(gateway, client.path, client.body);
    expect(response.status).toBe(400);
    expect(vendor.asked).toHaveLength(2);
  });
});

test("keywords that an engine of a host names are described, all of them at once", async () => {
  await using vendor = await openFakeVendor((_, sent) =>
    /"(?:uniqueItems|maxItems)":/u.test(sent)
      ? { status: 400, body: openaiError('Grammar error: Unimplemented keys: ["uniqueItems", "maxItems"]') }
      : { body: chat },
  );
  await using gateway = await open("host/some-model", vendor.baseUrl);
  const response = await post(gateway, "/v1/messages", {
    max_tokens: 99,
    tools: [{ name: "look", input_schema: schema }],
  });
  expect(attemptsOf(response.headers).at(-1)).toBe("host/some-model:ok:200");
  expect(vendor.asked).toHaveLength(2);
  expect(vendor.asked.at(-1)?.body).toContain('"pattern"');
});

test("a keyword that Claude does not enforce is described, and the tool stays strict", async () => {
  const words = "tools.0.custom: For 'string' type, property 'format' is not supported";
  await using vendor = await openFakeVendor((_, sent) =>
    sent.includes('"format":') ? { status: 400, body: claudeError(words) } : { body: message },
  );
  await using gateway = await open("anthropic/claude-sonnet-4-5", vendor.baseUrl);
  const parameters = {
    type: "object",
    properties: { day: { type: "string", format: "date" } },
    required: ["day"],
    additionalProperties: false,
  };
  const tools = [{ type: "function", function: { name: "look", parameters, strict: true } }];
  const response = await post(gateway, "/v1/chat/completions", { tools });
  expect(attemptsOf(response.headers).at(-1)).toBe("anthropic/claude-sonnet-4-5:ok:200");
  expect(vendor.asked.at(-1)?.body).toContain('"strict":true');
});

function post({ url }: Stage, path: string, body: JsonObject): Promise<Response> {
  return fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
    body: JSON.stringify({ model: "assistant", messages: [{ role: "user", content: "hi" }], ...body }),
  });
}
