// Kinds of tools, of items and of betas that a model refuses and nobody knew of: what its own words say is left out or written
// anew, the very request that was refused is answered, and the next ones are not refused any more.
import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { openFakeVendor, type FakeAnswer } from "../support/fake-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
const whole: JsonObject = {
  id: "resp_1",
  object: "response",
  created_at: 1,
  status: "completed",
  model: "m",
  output: [
    {
      type: "message",
      id: "msg_1",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: "A chair.", annotations: [] }],
    },
  ],
  usage: { ...usage, input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: 0 } },
};
const message: JsonObject = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  content: [{ type: "text", text: "A chair." }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage,
};

interface Refusing {
  readonly path: string;
  readonly target: string;
  readonly error: JsonObject;
  /** The vendor refuses what holds this: the headers of betas, and the body. */
  readonly word: string;
  readonly body: JsonObject;
  readonly headers?: Record<string, string>;
}

const parameters = { type: "object", properties: {}, additionalProperties: false, required: [] };
const look: JsonObject = { type: "function", name: "look", strict: true, parameters };
const stage: JsonObject = { type: "namespace", name: "stage", description: "The stage.", tools: [look] };
const invalid = (value: string, param: string): JsonObject => ({
  message: `Invalid value: '${value}'. Supported values are: 'function', 'message'.`,
  type: "invalid_request_error",
  param,
  code: "invalid_value",
});
const words = (said: string): JsonObject => ({
  message: said,
  type: "invalid_request_error",
  param: "tools",
  code: null,
});
const responses = { path: "/v1/responses", target: "openai/gpt-unknown" };
const claude = { path: "/v1/messages", target: "anthropic/stage-hand" };
const hi: JsonObject = { role: "user", content: "hi" };

const cases: readonly (readonly [string, Refusing, (sent: JsonObject) => void, string | null])[] = [
  [
    "a namespace: its tools are functions",
    {
      ...responses,
      error: invalid("namespace", "tools[0].type"),
      word: "namespace",
      body: { input: "hi", tools: [stage] },
    },
    (sent) => expect(sent["tools"]).toMatchObject([{ type: "function", name: "stage__look" }]),
    null,
  ],
  [
    "a namespace, in other words",
    {
      ...responses,
      error: words("Tool 'namespace' is not supported with m."),
      word: "namespace",
      body: { input: "hi", tools: [stage] },
    },
    (sent) => expect(sent["tools"]).toMatchObject([{ type: "function", name: "stage__look" }]),
    null,
  ],
  [
    "tools among the input: they are offered with the others",
    {
      ...responses,
      error: invalid("additional_tools", "input[0].type"),
      word: "additional_tools",
      body: { input: [{ type: "additional_tools", role: "developer", tools: [look] }, hi] },
    },
    (sent) => expect(sent).toMatchObject({ tools: [{ name: "look" }], input: [{ role: "user" }] }),
    null,
  ],
  [
    "free text: the tool is a function",
    {
      ...responses,
      error: invalid("custom", "tools[1].type"),
      word: '"custom"',
      body: { input: "hi", tools: [look, { type: "custom", name: "patch" }] },
    },
    (sent) => expect(sent["tools"]).toMatchObject([{ name: "look" }, { type: "function", name: "patch" }]),
    null,
  ],
  [
    "a call that took free text is a function's",
    {
      ...responses,
      error: invalid("custom_tool_call", "input[1].type"),
      word: "custom_tool_call",
      body: {
        input: [
          hi,
          { type: "custom_tool_call", call_id: "c", name: "patch", input: "x" },
          { type: "custom_tool_call_output", call_id: "c", output: "done" },
        ],
      },
    },
    (sent) => expect(sent["input"]).toMatchObject([hi, { type: "function_call" }, { type: "function_call_output" }]),
    null,
  ],
  [
    "a search of the vendor's own",
    {
      ...responses,
      error: words("Hosted tool 'web_search' is not supported with m."),
      word: "web_search",
      body: { input: "hi", tools: [look, { type: "web_search" }], include: ["web_search_call.action.sources"] },
    },
    (sent) => expect(sent).toMatchObject({ tools: [look] }),
    "tools.web_search, include",
  ],
  [
    "a kind of tool that nobody knows",
    {
      ...responses,
      error: invalid("stage_light", "tools[0].type"),
      word: "stage_light",
      body: { input: "hi", tools: [{ type: "stage_light" }, look] },
    },
    (sent) => expect(sent["tools"]).toEqual([look]),
    "tools.stage_light",
  ],
  [
    "what an answer is to tell beside its words",
    {
      ...responses,
      error: invalid("web_search_call.results", "include[1]"),
      word: "web_search_call.results",
      body: { input: "hi", include: ["reasoning.encrypted_content", "web_search_call.results"] },
    },
    (sent) => expect(sent["include"]).toEqual(["reasoning.encrypted_content"]),
    "include",
  ],
  [
    "a member that nobody knows",
    {
      ...responses,
      error: words("This model does not support stage_light."),
      word: "stage_light",
      body: { input: "hi", stage_light: "on" },
    },
    (sent) => expect(sent).not.toHaveProperty("stage_light"),
    "stage_light",
  ],
  [
    "how much of its reasoning a model keeps",
    {
      ...responses,
      error: {
        ...words("Unknown parameter: 'reasoning.context'."),
        param: "reasoning.context",
        code: "unknown_parameter",
      },
      word: "all_turns",
      body: { input: "hi", reasoning: { effort: "low", context: "all_turns" } },
    },
    (sent) => expect(sent["reasoning"]).toEqual({ effort: "low" }),
    "reasoning.context",
  ],
  [
    "betas, without saying which",
    {
      ...claude,
      error: { type: "invalid_request_error", message: "invalid beta flag" },
      word: "effort-2025-11-24",
      body: { max_tokens: 99, messages: [hi] },
      headers: { "anthropic-beta": "claude-code-20250219,effort-2025-11-24" },
    },
    (sent) => expect(sent["messages"]).toEqual([hi]),
    "anthropic-beta",
  ],
  [
    "a later turn of the operator's",
    {
      ...claude,
      error: { type: "invalid_request_error", message: "messages.1.role: Input should be 'user' or 'assistant'" },
      word: '"role":"system"',
      body: { max_tokens: 99, messages: [hi, { role: "system", content: "Be brief." }] },
    },
    (sent) => expect(JSON.stringify(sent)).toContain("Be brief."),
    null,
  ],
];

test.each(cases)("%s", async (...[, refusing, expectSent, dropped]) => {
  const { path, target, error, word } = refusing;
  const betas = (): string => String((vendor.asked.at(-1)?.headers["anthropic-beta"] ?? "") as string);
  const answer = (_: string, sent: string): FakeAnswer =>
    sent.includes(word) || betas().includes(word)
      ? { status: 400, body: path === claude.path ? { type: "error", error } : { error } }
      : { body: path === claude.path ? message : whole };
  await using vendor = await openFakeVendor(answer);
  const access = { base_url: vendor.baseUrl, api_key: "key" };
  await using gateway = await openStage({
    config: {
      routes: { assistant: { fallback: [target], retry: { attempts: 0 } } },
      providers: { openai: access, anthropic: access },
    },
  });
  const first = await ask(gateway, refusing);
  expect(attemptsOf(first.headers)).toEqual([`${target}:unsupported:400`, `${target}:ok:200`]);
  const second = await ask(gateway, refusing);
  expect(attemptsOf(second.headers)).toEqual([`${target}:ok:200`]);
  for (const { headers } of [first, second]) expect(headers.get("x-understudy-dropped")).toBe(dropped);
  expectSent(JSON.parse(vendor.asked.at(-1)?.body ?? "") as JsonObject);
});

function ask({ url }: Stage, { path, body, headers = {} }: Refusing): Promise<Response> {
  return fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01", ...headers },
    body: JSON.stringify({ model: "assistant", ...body }),
  });
}

test("a kind of tool that Claude does not know is left out from the second try on", async () => {
  await using gateway = await openStage();
  const own = { name: "look", input_schema: { type: "object", properties: {} } };
  const tools = [own, { type: "telepathy_20270101", name: "telepathy" }];
  const target = "anthropic/claude-opus-5";
  const put = (): Promise<Response> =>
    fetch(`${gateway.url}/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
      body: JSON.stringify({ model: target, max_tokens: 99, tools, messages: [hi] }),
    });
  const first = await put();
  expect(attemptsOf(first.headers)).toEqual([`${target}:unsupported:400`, `${target}:ok:200`]);
  expect(first.headers.get("x-understudy-dropped")).toBe("tools.telepathy_20270101");
  expect(attemptsOf((await put()).headers)).toEqual([`${target}:ok:200`]);
  expect(gateway.simulator.log().at(-1)?.body).toMatchObject({ tools: [own] });
});

test("a strict caller whose betas were refused is answered by the next target", async () => {
  const error = { type: "invalid_request_error", message: "invalid beta flag" };
  await using vendor = await openFakeVendor((_, sent) =>
    sent.includes('"first"') && vendor.asked.at(-1)?.headers["anthropic-beta"] !== undefined
      ? { status: 400, body: { type: "error", error } }
      : { body: message },
  );
  const access = { base_url: vendor.baseUrl, api_key: "key" };
  await using gateway = await openStage({
    config: {
      routes: { assistant: { fallback: ["anthropic/first", "anthropic/second"], retry: { attempts: 0 } } },
      providers: { anthropic: access },
    },
  });
  const headers = { "anthropic-beta": "effort-2025-11-24", "x-understudy-strict": "true" };
  const asking: Refusing = { ...claude, error, word: "", body: { max_tokens: 9, messages: [hi] }, headers };
  const { headers: told } = await ask(gateway, asking);
  expect(attemptsOf(told).at(-1)).toBe("anthropic/second:ok:200");
  expect(vendor.asked.at(-1)?.headers["anthropic-beta"]).toBe("effort-2025-11-24");
});

test("who insists on a search that was refused is answered by the next target, and the first is not asked again", async () => {
  const error = words("Hosted tool 'web_search' is not supported with m.");
  await using vendor = await openFakeVendor((_, sent) =>
    sent.includes('"first"') ? { status: 400, body: { error } } : { body: whole },
  );
  const access = { base_url: vendor.baseUrl, api_key: "key" };
  await using gateway = await openStage({
    config: {
      routes: { assistant: { fallback: ["openai/first", "openai/second"], retry: { attempts: 0 } } },
      providers: { openai: access },
    },
  });
  const body = { input: "hi", tools: [{ type: "web_search" }], tool_choice: { type: "web_search" } };
  const asking: Refusing = { ...responses, error, word: "", body };
  const skipped = ["openai/first:unsupported:skipped", "openai/second:ok:200"];
  expect(attemptsOf((await ask(gateway, asking)).headers)).toEqual(["openai/first:unsupported:400", ...skipped]);
  expect(attemptsOf((await ask(gateway, asking)).headers)).toEqual(skipped);
});
