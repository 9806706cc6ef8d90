// Members of other hosts of OpenAI's protocol on their way to OpenAI itself, and what any vendor says of members that it
// does not know: left out, told, and the request is answered by a target that is well.
import { describe, expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const [gemini, gpt, claude] = ["google/gemini-2.5-flash", "openai/gpt-4o", "anthropic/claude-sonnet-4-5"] as const;
const messages = [{ role: "user", content: "Tell me about the sea." }];
type Body = Readonly<Record<string, unknown>>;
const strict = { "x-understudy-strict": "true" };

/** Nobody listens there. */
const mistral = { base_url: "http://127.0.0.1:1/v1", api_key: "mistral-key" };
const route = (...targets: string[]) => ({ fallback: targets, retry: { attempts: 0 } });
const opened = (...targets: string[]): Promise<Stage> =>
  openStage({ config: { providers: { mistral }, routes: { one: route(...targets) } } });

interface Sent {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const post = (
  stage: Stage,
  body: Body,
  { path = "/v1/chat/completions", headers = {} }: Sent = {},
): Promise<Response> =>
  fetch(stage.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
const chat = (stage: Stage, body: Body, headers = {}): Promise<Response> =>
  post(stage, { model: "one", messages, ...body }, { headers });
const droppedIn = ({ headers }: Response): string[] => headers.get("x-understudy-dropped")?.split(", ") ?? [];
const sentBody = (stage: Stage): unknown => stage.simulator.log().at(-1)?.body;

describe("a request that was written for another host, which is down", () => {
  const words = { safe_prompt: true, prompt_mode: "reasoning", temperature: 0.5 };

  test("OpenAI gets what is its own, at any depth, and is asked once", async () => {
    await using stage = await opened("mistral/mistral-large-latest", gpt, gemini);
    const history = [
      { role: "system", content: "Be brief.", provider_options: {} },
      { role: "user", content: [{ type: "text", text: "Hi", annotations_of: 1 }] },
      { role: "assistant", content: "Hello.", thinking_blocks: ["odd"], provider_specific_fields: {} },
      ...messages,
    ];
    const response = await chat(stage, { ...words, messages: history });
    expect([response.status, attemptsOf(response.headers)]).toEqual([
      200,
      ["mistral/mistral-large-latest:unreachable:0", `${gpt}:ok:200`],
    ]);
    expect(droppedIn(response)).toEqual([
      "messages.thinking_blocks",
      "safe_prompt",
      "prompt_mode",
      "messages.provider_options",
      "messages.content.annotations_of",
      "messages.provider_specific_fields",
    ]);
    expect(sentBody(stage)).toMatchObject({ temperature: 0.5 });
  });

  const tools = [{ type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } }];
  const png =
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };

  test.each<[string, Body, Body, string[]]>([
    ["the word for a call that must be", { tools, tool_choice: "any" }, { tool_choice: "required" }, []],
    [
      "a choice that says more",
      { tools, tool_choice: { type: "function", function: { name: "look", strict: true }, odd: "look" } },
      { tool_choice: { type: "function", function: { name: "look" } } },
      ["tool_choice.function.strict", "tool_choice.odd"],
    ],
    [
      "a bare address",
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: png }] }] },
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: png } }] }] },
      [],
    ],
    [
      "a schema beside `json_object`",
      { response_format: { type: "json_object", schema } },
      { response_format: { type: "json_schema", json_schema: { name: "answer", schema } } },
      [],
    ],
    ["a tier", { service_tier: "on_demand" }, { model: "gpt-4o" }, ["service_tier"]],
    ["more ends than four", { stop: ["a", "b", "c", "d", "e"] }, { stop: ["a", "b", "c", "d"] }, []],
    ["a choice among no tools", { tools: [], tool_choice: "auto" }, { model: "gpt-4o" }, []],
    [
      "a part that nobody else knows",
      { messages: [{ role: "user", content: [{ type: "note", text: "Look at the sea" }] }] },
      { messages: [{ role: "user", content: "Look at the sea" }] },
      [],
    ],
  ])("OpenAI gets its own forms and words: %s", async (...[, body, sent, dropped]) => {
    await using stage = await opened("mistral/mistral-large-latest", gpt, gemini);
    const response = await chat(stage, body);
    expect([response.status, attemptsOf(response.headers)]).toEqual([
      200,
      ["mistral/mistral-large-latest:unreachable:0", `${gpt}:ok:200`],
    ]);
    expect(sentBody(stage)).toMatchObject(sent);
    expect(droppedIn(response)).toEqual(dropped);
  });

  test("a form of answer that OpenAI has not is another target's", async () => {
    await using stage = await opened("mistral/mistral-large-latest", gpt);
    const response = await chat(stage, { response_format: { type: "grammar", grammar: "root ::= a" } });
    expect(attemptsOf(response.headers)[1]).toBe(`${gpt}:unsupported:skipped`);
  });

  test("a strict caller gets nobody who would leave something out", async () => {
    await using stage = await opened("mistral/mistral-large-latest", gpt);
    const response = await chat(stage, words, strict);
    expect([response.status, attemptsOf(response.headers)]).toEqual([
      502,
      ["mistral/mistral-large-latest:unreachable:0", `${gpt}:unsupported:skipped`],
    ]);
    expect(stage.simulator.log()).toEqual([]);
  });
});

describe("a member that the vendor does not know, and the tables neither", () => {
  const newer = { context_length_exceeded_behavior: "truncate" };

  test("is left out and told, the request is repeated once, and later ones are not refused", async () => {
    await using stage = await opened(gpt, gemini);
    const first = await chat(stage, newer);
    expect(attemptsOf(first.headers)).toEqual([`${gpt}:unsupported:400`, `${gpt}:ok:200`]);
    expect(droppedIn(first)).toEqual(["context_length_exceeded_behavior"]);
    const second = await chat(stage, { ...newer, stream: true });
    expect(attemptsOf(second.headers)).toEqual([`${gpt}:ok:200`]);
    expect(droppedIn(second)).toEqual(["context_length_exceeded_behavior"]);
    expect(stage.warnings).toEqual([]);
  });

  test("where several are there, of which a vendor names but one, all that is not its own is left out", async () => {
    await using stage = await opened(gpt);
    const response = await chat(stage, { transforms: [], route: "fallback", brand_new: 1, temperature: 0.5 });
    expect(attemptsOf(response.headers)).toEqual([`${gpt}:unsupported:400`, `${gpt}:ok:200`]);
    expect(droppedIn(response)).toEqual(["transforms", "route", "brand_new"]);
    expect(sentBody(stage)).toMatchObject({ temperature: 0.5 });
  });

  test("goes to OpenAI as it is where the client is OpenAI's own: only a refusal takes it out", async () => {
    await using stage = await opened(gpt, "mistral/mistral-large-latest");
    await chat(stage, newer);
    expect(stage.simulator.log()[0]?.body).toMatchObject(newer);
  });

  test("deep in the history too", async () => {
    await using stage = await opened(gpt);
    const body = { messages: [{ role: "user", content: [{ type: "text", text: "Hi", foo: { a: 1 } }] }] };
    expect(attemptsOf((await chat(stage, body)).headers)).toEqual([`${gpt}:unsupported:400`, `${gpt}:ok:200`]);
    const again = await chat(stage, {
      messages: [...body.messages, { role: "assistant", content: "Hm" }, ...body.messages],
    });
    expect([attemptsOf(again.headers), droppedIn(again)]).toEqual([[`${gpt}:ok:200`], ["messages.content.foo"]]);
  });

  test("a strict caller is answered by the next target that knows it", async () => {
    await using stage = await opened(gpt, gemini);
    const response = await chat(stage, { brand_new: 1 }, strict);
    expect(attemptsOf(response.headers)).toEqual([
      `${gpt}:unsupported:400`,
      `${gpt}:unsupported:skipped`,
      `${gemini}:unsupported:skipped`,
    ]);
    expect(response.status).toBe(400);
  });

  test("by Anthropic's own words, and under the caller's own betas", async () => {
    await using stage = await opened(claude, gpt);
    const ask = (body: Body, headers = {}): Promise<Response> =>
      post(stage, { model: "one", max_tokens: 100, messages, ...body }, { path: "/v1/messages", headers });
    const first = await ask({ brand_new: { a: 1 } });
    expect([first.status, attemptsOf(first.headers)]).toEqual([200, [`${claude}:unsupported:400`, `${claude}:ok:200`]]);
    expect(droppedIn(first)).toEqual(["brand_new"]);
    const edits = { context_management: { edits: [{ type: "clear_tool_uses_20250919" }] } };
    const without = await ask(edits);
    expect(droppedIn(without)).toEqual(["context_management"]);
    const beta = await ask(edits, { "anthropic-beta": "context-management-2025-06-27" });
    expect([beta.status, attemptsOf(beta.headers), droppedIn(beta)]).toEqual([200, [`${claude}:ok:200`], []]);
  });

  test("by Gemini's", async () => {
    await using stage = await opened(gemini, gpt);
    const body = {
      contents: [{ role: "user", parts: [{ text: "Hi" }] }],
      generationConfig: { temperature: 0.5, brandNew: 1 },
    };
    const ask = (): Promise<Response> => post(stage, body, { path: "/v1beta/models/one:generateContent" });
    expect(attemptsOf((await ask()).headers)).toEqual([`${gemini}:unsupported:400`, `${gemini}:ok:200`]);
    const second = await ask();
    expect([attemptsOf(second.headers), droppedIn(second)]).toEqual([
      [`${gemini}:ok:200`],
      ["generation_config.brandNew"],
    ]);
  });

  test("and for vectors", async () => {
    await using stage = await opened("openai/text-embedding-3-small");
    const ask = (): Promise<Response> =>
      post(stage, { model: "one", input: "the sea", input_type: "query" }, { path: "/v1/embeddings" });
    const first = await ask();
    expect([first.status, attemptsOf(first.headers)]).toEqual([
      200,
      ["openai/text-embedding-3-small:unsupported:400", "openai/text-embedding-3-small:ok:200"],
    ]);
    expect(droppedIn(await ask())).toEqual(["input_type"]);
  });

  test("what nobody can do without is never left out", async () => {
    await using stage = await opened(gpt, gemini);
    stage.simulator.play("openai", { fault: "status", status: 400, unsupportedParameter: "messages" });
    const response = await chat(stage, {});
    expect(attemptsOf(response.headers)).toEqual([`${gpt}:unsupported:400`, `${gemini}:ok:200`]);
  });
});
