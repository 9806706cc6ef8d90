// Which requests go to a target of the same protocol byte for byte, which are corrected for it, and what the correction
// keeps.
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import { compatibleFacts, openaiFacts } from "../../../providers/facts.ts";
import { membersOf } from "../../shared/raw-members.test-support.ts";
import { openaiChat } from "../protocol.ts";

const openai = (model: string): TargetFacts => ({ model, facts: openaiFacts(model) });
const hosted = (model: string): TargetFacts => ({ model, facts: compatibleFacts({})(model) });

const question = { role: "user", content: "hi" };
const said = (members: JsonObject): JsonObject => ({
  messages: [question, { role: "assistant", content: "ho", ...members }, question],
});

/** A turn with these calls, and the results of those ids. */
function called(ids: readonly string[], answered: readonly string[], members: JsonObject = {}): JsonObject[] {
  const calls = ids.map((id) => ({ id, type: "function", function: { name: "f", arguments: "{}" } }));
  const results = answered.map((id) => ({ role: "tool", tool_call_id: id, content: `result of ${id}` }));
  return [question, { role: "assistant", content: "ho", tool_calls: calls, ...members }, ...results, question];
}

function full(body: JsonObject): JsonObject {
  return { model: "m", messages: [question], ...body };
}

function fits(body: JsonObject, target: TargetFacts): boolean | undefined {
  return openaiChat.chat.request.fits?.(membersOf(full(body)), target);
}

/** The request that is sent if the bytes do not fit. */
function mended(body: JsonObject, target: TargetFacts): { body: JsonObject; told: readonly string[] } {
  const encoded = openaiChat.chat.request.encode(
    openaiChat.chat.request.decode(full(body), { model: null, stream: false }),
    target,
  );
  return { body: encoded.body, told: [...encoded.dropped, ...encoded.adapted] };
}

const tools = [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }];
const words = (text: string): JsonObject => ({
  messages: [question, { role: "assistant", content: text }, { role: "user", content: text }],
});

describe("bytes go as they are", () => {
  const plain: readonly [string, JsonObject, TargetFacts][] = [
    ["a plain question to GPT-4o", {}, openai("gpt-4o")],
    [
      "everything that GPT-4o takes",
      {
        temperature: 0.2,
        top_p: 0.9,
        seed: 1,
        n: 2,
        stop: ["x"],
        max_tokens: 256,
        logprobs: true,
        presence_penalty: 1,
        logit_bias: { 1: 2 },
        tools,
        response_format: {
          type: "json_schema",
          json_schema: { name: "a", schema: { type: "object", properties: {} } },
        },
        user: "u",
        metadata: { a: "b" },
        store: true,
        service_tier: "auto",
        stream: true,
      },
      openai("gpt-4o"),
    ],
    ["the newer name of the limit to GPT-4o", { max_completion_tokens: 256 }, openai("gpt-4o")],
    ["a developer's message to GPT-4o", { messages: [{ role: "developer", content: "x" }] }, openai("gpt-4o")],
    ["an answer of OpenAI's in the history", said({ refusal: null, annotations: [] }), openai("gpt-4o")],
    [
      "words that look like members",
      words('he wrote "reasoning_content", {"extra_content":1}, "images"'),
      openai("gpt-4o"),
    ],
    ["members that look so in the user's own turn", { messages: [{ ...question, name: "images" }] }, openai("gpt-4o")],
    [
      "instructions anywhere to a host that takes them",
      {
        messages: [
          { role: "system", content: "x" },
          { role: "system", content: "y" },
          question,
          { role: "system", content: "z" },
          question,
        ],
      },
      { model: "grok-4.3", facts: compatibleFacts({ systemMessages: "anywhere" })("grok-4.3") },
    ],
    ["a result for each call", { messages: called(["a", "b"], ["b", "a"]) }, openai("gpt-4o")],
    ["ids of other things beside", { messages: called(["a"], ["a"], { audio: { id: "x" } }) }, openai("gpt-4o")],
    [
      "turns of the assistant's in a row",
      { messages: [question, { role: "assistant", content: "x" }, ...called(["a"], ["a"]).slice(1)] },
      openai("gpt-4o"),
    ],
    ["an id that begins anew", { messages: [...called(["a"], ["a"]), ...called(["a"], ["a"])] }, openai("gpt-4o")],
    ["one in front to a host of one's own", { messages: [{ role: "system", content: "x" }, question] }, hosted("m")],
    ["an effort to a model that takes it", { reasoning_effort: "low" }, openai("gpt-5")],
    ["sampling to a model that is told not to think", { reasoning_effort: "none", temperature: 0 }, openai("gpt-5.1")],
    ["an effort to a model that is not known", { reasoning_effort: "low" }, openai("gpt-9")],
    ["a member that nobody knows", { tempreature: 1 }, openai("gpt-4o")],
    ["whatever a host of one's own may take", { top_k: 3, thinking: {}, min_p: 1 }, hosted("my-model")],
    ["reasoning back to a host that may want it", said({ reasoning_content: "hm" }), hosted("my-model")],
    ["reasoning back to a host that does want it", said({ reasoning_content: "hm" }), hosted("deepseek-chat")],
    [
      "signatures back to an endpoint of Gemini's",
      said({ extra_content: { google: { thought_signature: "s" } } }),
      hosted("gemini-3-pro"),
    ],
  ];
  test.each(plain)("%s", (_name, body, target) => {
    expect(fits(body, target)).toBe(true);
  });
});

describe("what the target refuses is left out or put into its words, and told", () => {
  const message = (body: JsonObject): JsonObject => (body["messages"] as readonly JsonObject[])[1] ?? {};
  const answer = { role: "assistant", content: "ho" };
  const rows: readonly [string, JsonObject, TargetFacts, (body: JsonObject) => Json | undefined, Json, string[]][] = [
    [
      "an effort",
      { reasoning_effort: "high" },
      openai("gpt-4o"),
      (b) => b["reasoning_effort"] ?? null,
      null,
      ["reasoning_effort"],
    ],
    [
      "an effort's word",
      { reasoning_effort: "none" },
      openai("gpt-5"),
      (b) => b["reasoning_effort"] ?? null,
      "minimal",
      ["reasoning_effort:none>minimal"],
    ],
    [
      "a schema without a name",
      { response_format: { type: "json_schema", json_schema: { schema: {} } } },
      openai("gpt-4o"),
      (b) => b["response_format"] ?? null,
      { type: "json_schema", json_schema: { name: "answer", schema: { type: "object", properties: {} } } },
      ["response_format:type+properties>added"],
    ],
    [
      "thinking, where the model has an effort",
      { thinking: { type: "enabled", budget_tokens: 2000 } },
      openai("gpt-5"),
      (b) => b["reasoning_effort"] ?? null,
      "medium",
      ["reasoning_budget:2000>medium"],
    ],
    [
      "thinking, where it has none",
      { thinking: { type: "enabled", budget_tokens: 2000 } },
      openai("gpt-4o"),
      (b) => b["thinking"] ?? b["reasoning_effort"] ?? null,
      null,
      ["reasoning_effort"],
    ],
    ["temperature", { temperature: 0 }, openai("gpt-5"), (b) => b["temperature"] ?? null, null, ["temperature"]],
    ["the limit's older name", { max_tokens: 99 }, openai("gpt-5"), (b) => b["max_completion_tokens"] ?? null, 99, []],
    [
      "a limit too high",
      { max_tokens: 65_536 },
      openai("gpt-4o"),
      (b) => b["max_tokens"] ?? null,
      16_384,
      ["max_tokens:65536>16384"],
    ],
    ["reasoning", said({ reasoning_content: "hm" }), openai("gpt-4o"), message, answer, ["reasoning_content"]],
    [
      "reasoning, as routers spell it",
      said({ reasoning: "hm", reasoning_details: [{ type: "x" }] }),
      openai("gpt-4o"),
      message,
      answer,
      ["reasoning_content", "messages.reasoning_details"],
    ],
    [
      "reasoning in parts",
      said({
        content: [
          { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
          { type: "text", text: "ho" },
        ],
      }),
      openai("gpt-4o"),
      message,
      answer,
      ["reasoning_content"],
    ],
    [
      "signatures",
      said({ extra_content: { google: { thought_signature: "s" } } }),
      openai("gpt-4o"),
      message,
      answer,
      [],
    ],
    [
      "other hosts' extensions",
      said({ extra_content: { host: 1 } }),
      openai("gpt-4o"),
      message,
      answer,
      ["extra_content"],
    ],
    [
      "images of an answer",
      said({ images: [{ type: "image_url", image_url: { url: "data:image/png;base64,eA==" } }] }),
      openai("gpt-4o"),
      message,
      answer,
      ["images"],
    ],
    [
      "signatures at a host of one's own",
      said({ extra_content: { google: { thought_signature: "s" } } }),
      hosted("llama"),
      message,
      answer,
      [],
    ],
    [
      "another spelling of reasoning",
      said({ reasoning: "hm" }),
      hosted("deepseek-chat"),
      message,
      { ...answer, reasoning_content: "hm" },
      [],
    ],
    [
      "an answer to go on with",
      { messages: [question, { role: "assistant", content: "", prefix: true }] },
      openai("gpt-4o"),
      (b) => (b["messages"] as readonly Json[])[1],
      { role: "assistant", content: "" },
      ["prefix"],
    ],
    [
      "pictures beside the content",
      { messages: [{ role: "user", content: "x", images: ["iVBORw0KGgo="] }] },
      openai("gpt-4o"),
      (b) => (b["messages"] as readonly Json[])[0],
      { role: "user", content: "x" },
      ["images"],
    ],
    [
      "a call without a result",
      { messages: called(["a", "b"], ["b"]) },
      openai("gpt-4o"),
      (b) => (b["messages"] as readonly Json[]).slice(2, 4),
      [
        { role: "tool", tool_call_id: "a", content: "[no result]" },
        { role: "tool", tool_call_id: "b", content: "result of b" },
      ],
      ["messages.tool:missing>[no result]"],
    ],
    [
      "a result without a call",
      { messages: [question, { role: "tool", tool_call_id: "x", content: "r" }] },
      openai("gpt-4o"),
      message,
      { role: "user", content: "<tool_result>\nr\n</tool_result>" },
      ["messages.tool:no call>user"],
    ],
    [
      "a word of the assistant's before the result",
      {
        messages: [
          ...called(["a"], []).slice(0, 2),
          { role: "assistant", content: "hm" },
          { role: "tool", tool_call_id: "a", content: "r" },
        ],
      },
      openai("gpt-4o"),
      (b) => (b["messages"] as readonly Json[]).map((one) => (one as JsonObject)["role"] ?? null),
      ["user", "assistant", "tool"],
      [],
    ],
    [
      "an id that is too long",
      { messages: called(["x".repeat(70)], ["x".repeat(70)]) },
      openai("gpt-4o"),
      (b) => (((b["messages"] as readonly Json[])[2] as JsonObject)["tool_call_id"] as string).length,
      29,
      [],
    ],
    [
      "a call without a result at a host of one's own",
      { messages: called(["a"], []) },
      hosted("my-model"),
      (b) => (b["messages"] as readonly Json[])[2],
      { role: "tool", tool_call_id: "a", content: "[no result]" },
      ["messages.tool:missing>[no result]"],
    ],
    [
      "a call without a result at Mistral",
      { messages: called(["abcdefgh1"], []) },
      { model: "mistral-large-latest", facts: compatibleFacts({ turnOrder: "assistant-after-tool" })("mistral-large") },
      (b) => (b["messages"] as readonly Json[]).map((one) => (one as JsonObject)["role"] ?? null),
      ["user", "assistant", "tool", "assistant", "user"],
      ["messages.tool:missing>[no result]", "messages:+assistant"],
    ],
    [
      "several instructions at a host of one's own",
      { messages: [{ role: "system", content: "x" }, { role: "system", content: "y" }, question] },
      hosted("my-model"),
      (b) => (b["messages"] as readonly Json[])[0],
      { role: "system", content: "x\n\ny" },
      ["messages.system:2>1"],
    ],
    [
      "late instructions at a host of one's own",
      { messages: [question, { role: "system", content: "x", name: "n" }] },
      hosted("my-model"),
      message,
      { role: "user", content: "<system>\nx\n</system>", name: "n" },
      ["messages.role:system>user"],
    ],
    [
      "the developer",
      { messages: [{ role: "developer", content: "x" }, question] },
      hosted("my-model"),
      (b) => (b["messages"] as readonly Json[])[0],
      { role: "system", content: "x" },
      ["role:developer>system"],
    ],
  ];
  test.each(rows)("%s", (...[, body, target, look, expected, told]) => {
    expect(fits(body, target)).toBe(false);
    const sent = mended(body, target);
    expect(look(sent.body)).toEqual(expected);
    expect(sent.told).toEqual(told);
    expect(openaiChat.chat.request.fits?.(membersOf(sent.body), target)).toBe(true);
  });
});

describe("what the target cannot do at all is another target's", () => {
  const rows: readonly [string, JsonObject, TargetFacts, string][] = [
    [
      "video",
      { messages: [{ role: "user", content: [{ type: "video_url", video_url: { url: "https://x/y.mp4" } }] }] },
      openai("gpt-4o"),
      "messages",
    ],
    [
      "documents by address",
      { messages: [{ role: "user", content: [{ type: "document_url", document_url: "https://x/y.pdf" }] }] },
      openai("gpt-4o"),
      "messages",
    ],
    ["several choices", { n: 2 }, openai("gpt-5"), "n"],
    ["log probabilities", { logprobs: true }, openai("gpt-5"), "logprobs"],
    ["tools", { tools }, openai("o1-mini"), "tools"],
    [
      "images",
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://x/y.png" } }] }] },
      openai("gpt-4"),
      "messages",
    ],
    [
      "documents",
      {
        messages: [
          {
            role: "user",
            content: [{ type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,eA==" } }],
          },
        ],
      },
      openai("gpt-4"),
      "messages",
    ],
    [
      "sound",
      {
        messages: [{ role: "user", content: [{ type: "input_audio", input_audio: { data: "eA==", format: "wav" } }] }],
      },
      openai("gpt-4o"),
      "messages",
    ],
    [
      "a strict schema",
      { response_format: { type: "json_schema", json_schema: { name: "a", strict: true, schema: {} } } },
      openai("gpt-4"),
      "response_format",
    ],
  ];
  test.each(rows)("%s", (...[, body, target, param]) => {
    expect(fits(body, target)).toBe(false);
    expect(() => mended(body, target)).toThrowError(expect.objectContaining({ code: "unsupported", param }) as Error);
  });
});

describe("shapes that hosts let pass and OpenAI refuses", () => {
  const tools = [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }];
  const image = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } };
  const history = called(["call_1"], ["call_1"]).map((message) =>
    message["role"] === "tool" ? { ...message, content: [{ type: "text", text: "seen" }, image] } : message,
  );

  test.each<[string, JsonObject]>([
    ["a list without tools", { tools: [] }],
    ["and a choice among them", { tools: [], tool_choice: "auto" }],
    ["a choice without tools", { tool_choice: "none" }],
    ["a word on parallel calls without tools", { parallel_tool_calls: true }],
  ])("%s is left out at OpenAI, and goes to others as it is", (_name, body) => {
    expect(fits(body, openai("gpt-4o"))).toBe(false);
    expect(fits(body, hosted("some-model"))).toBe(true);
    expect(mended(body, openai("gpt-4o"))).toEqual({ body: { ...full({}), model: "gpt-4o" }, told: [] });
  });

  test("an image in a tool's result follows in a message of the user's at OpenAI", () => {
    expect(fits({ messages: history, tools }, openai("gpt-4o"))).toBe(false);
    expect(fits({ messages: history, tools }, hosted("some-model"))).toBe(true);
    const { messages } = mended({ messages: history, tools }, openai("gpt-4o")).body;
    expect(JSON.stringify(messages)).toMatch(/"role":"tool"[^{}]*"seen"\},\{"role":"user".*"image_url"/u);
  });

  test.each<[string, JsonObject]>([
    ["a choice among tools", { tools, tool_choice: "auto", parallel_tool_calls: true }],
    ["null", { tools: null, tool_choice: null }],
    [
      "an image of the user's beside results",
      { messages: [...called(["a"], ["a"]), { role: "user", content: [image] }], tools },
    ],
  ])("%s goes to OpenAI as it is", (_name, body) => {
    expect(fits(body, openai("gpt-4o"))).toBe(true);
  });
});
