// Members that hosts have added to this protocol, on the way to OpenAI: dropped and reported if OpenAI stands in for
// such a host; left to OpenAI if the client was written for it.
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import { compatibleFacts, openaiFacts } from "../../../providers/facts.ts";
import { membersOf } from "../../shared/raw-members.test-support.ts";
import { openaiChat } from "../protocol.ts";
import { rewordedFields } from "./strangers.ts";

const standIn: TargetFacts = { model: "gpt-4o", facts: openaiFacts("gpt-4o"), isStandIn: true };
const alone: TargetFacts = { ...standIn, isStandIn: false };

const question = { role: "user", content: "hi" };
const full = (body: JsonObject): JsonObject => ({ model: "m", messages: [question], ...body });
const fits = (body: JsonObject, target: TargetFacts) => openaiChat.chat.request.fits?.(membersOf(full(body)), target);

function sent(body: JsonObject, target: TargetFacts) {
  const decoded = openaiChat.chat.request.decode(full(body), { model: null, stream: false });
  return openaiChat.chat.request.encode(decoded, target);
}

/** At the top level, by the hosts that know them. */
const added = {
  Mistral: "safe_prompt prompt_mode random_seed guardrails",
  xAI: "search_parameters deferred",
  vLLM: "guided_json guided_regex guided_choice structured_outputs min_tokens ignore_eos skip_special_tokens stop_token_ids use_beam_search length_penalty repetition_penalty top_k min_p add_generation_prompt chat_template chat_template_kwargs priority",
  Ollama: "keep_alive options think format",
  "llama.cpp": "cache_prompt n_predict mirostat grammar",
  OpenRouter: "provider models route transforms plugins usage top_a include_reasoning",
  Groq: "reasoning_format include_domains exclude_domains",
  Perplexity: "search_domain_filter search_recency_filter return_images return_related_questions",
  Fireworks: "context_length_exceeded_behavior prompt_truncate_len raw_output",
  Cohere: "documents citation_options connectors",
  DashScope: "enable_thinking thinking_budget enable_search",
  Gemini: "safety_settings cached_content google extra_body",
  LiteLLM: "fallbacks mock_response caching",
};
const names = Object.values(added).flatMap((list) => list.split(" "));

test.each(names)("%s", (name) => {
  const body = { [name]: name === "options" ? { num_ctx: 1 } : true, temperature: 0.5 };
  // Members with a neutral form have a type.
  if (name === "top_k") body[name] = 3 as never;
  expect(fits(body, standIn)).toBe(false);
  const told = sent(body, standIn);
  expect(told.body).toEqual({ model: "gpt-4o", messages: [question], temperature: 0.5 });
  // GPT-4o never reasons.
  expect(told.dropped).toEqual([name === "enable_thinking" ? "reasoning_effort" : name]);
  expect(fits(body, alone)).toBe(!rewordedFields.includes(name));
  if (name !== "top_k" && !rewordedFields.includes(name)) expect(sent(body, alone).body).toHaveProperty(name);
});

describe("deeper down", () => {
  const answer = { role: "assistant", content: "ho" };
  const called = (more: JsonObject, inner: JsonObject = {}): JsonObject => ({
    messages: [
      question,
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}", ...inner }, ...more }],
      },
      { role: "tool", tool_call_id: "a", content: "x" },
    ],
  });
  const rows: readonly [string, JsonObject, string][] = [
    ["a user's message", { messages: [{ ...question, provider_options: {} }] }, "messages.provider_options"],
    ["an answer", { messages: [question, { ...answer, thinking_blocks: [] }, question] }, "messages.thinking_blocks"],
    [
      "an answer of a gateway's",
      { messages: [question, { ...answer, provider_specific_fields: { a: 1 } }, question] },
      "messages.provider_specific_fields",
    ],
    ["its id", { messages: [question, { ...answer, id: "x" }, question] }, "messages.id"],
    [
      "a part",
      { messages: [{ role: "user", content: [{ type: "text", text: "hi", annotations_of: 1 }] }] },
      "messages.content.annotations_of",
    ],
    ["a tool", { tools: [{ type: "function", function: { name: "f" }, defer_loading: true }] }, "tools.defer_loading"],
    ["a form", { response_format: { type: "text", schema: {} } }, "response_format.schema"],
    [
      "how it streams",
      { stream: true, stream_options: { continuous_usage_stats: true } },
      "stream_options.continuous_usage_stats",
    ],
    ["a call", called({ provider_specific_fields: {} }), "messages.tool_calls.provider_specific_fields"],
  ];

  test.each(rows)("%s", (_name, body, place) => {
    expect(fits(body, standIn)).toBe(false);
    const told = sent(body, standIn);
    const inner = place.split(".").at(-1) ?? "";
    expect(JSON.stringify(told.body)).not.toContain(`"${inner}"`);
    // This table does not report what the codec itself dropped.
    if (told.dropped.length > 0) expect(told.dropped).toEqual([place]);
    expect(fits(told.body, standIn)).toBe(true);
  });

  test("a schema's own names are no members", () => {
    const parameters = { type: "object", properties: { safe_prompt: { type: "string" } }, "x-foo": 1 };
    const body = {
      tools: [{ type: "function", function: { name: "f", parameters } }],
      store: true,
      metadata: { anything: "x" },
      logit_bias: { 1: 2 },
      response_format: { type: "json_schema", json_schema: { name: "a", schema: parameters } },
    };
    expect(fits(body, standIn)).toBe(true);
    expect(sent(body, standIn).body).toMatchObject(body);
  });

  test("words that look like members are words", () => {
    const content = 'he said "safe_prompt": {"cache_control": 1}';
    expect(fits({ messages: [{ role: "user", content }] }, standIn)).toBe(true);
  });
});

test("what a client of OpenAI's own says, and our table does not know yet, is kept", () => {
  const newer = { brand_new: { a: 1 }, messages: [{ ...question, also_new: true }] };
  expect(fits(newer, alone)).toBe(true);
  const anew = sent({ ...newer, seed: 1, thinking: { type: "disabled" } }, alone);
  expect(anew.body).toMatchObject(newer);
});

test("what asks for something that OpenAI has another word for is put into that", () => {
  const thinks: TargetFacts = { model: "gpt-5", facts: openaiFacts("gpt-5") };
  for (const target of [thinks, { ...thinks, isStandIn: true }])
    for (const wish of [{ thinking: { type: "enabled", budget_tokens: 2000 } }, { reasoning: { effort: "medium" } }]) {
      expect(fits(wish, target)).toBe(false);
      const { body } = sent(wish, target);
      expect(body["reasoning_effort"]).toBe("medium");
      expect(Object.keys(body).filter((name) => name in wish)).toEqual([]);
    }
});

test("forms of other hosts that OpenAI refuses are put into its own for every client", () => {
  const tools = [{ type: "function", function: { name: "f" } }];
  const url = "https://x.example/a.png";
  const image = (image_url: Json): JsonObject => ({
    messages: [{ role: "user", content: [{ type: "image_url", image_url }] }],
  });
  const rows: readonly (readonly [JsonObject, JsonObject])[] = [
    [
      { tools, tool_choice: "any" },
      { tools, tool_choice: "required" },
    ],
    [{ tools: [], tool_choice: "auto", parallel_tool_calls: true }, {}],
    [image(url), image({ url })],
  ];
  for (const [body, own] of rows) {
    expect(fits(body, alone)).toBe(false);
    expect(sent(body, alone)).toMatchObject({ body: { ...full(own), model: "gpt-4o" }, dropped: [] });
    expect(fits(own, alone)).toBe(true);
  }
  expect(fits({ tools: null, tool_choice: null }, alone)).toBe(true);
});

test("a host of one's own takes what it takes", () => {
  const hosted: TargetFacts = { model: "m", facts: compatibleFacts({})("m"), isStandIn: true };
  expect(fits({ safe_prompt: true, messages: [{ ...question, foo: 1 }] }, hosted)).toBe(true);
});

test("nothing is asked of what is not there", () => {
  expect(openaiChat.chat.request.fits?.(membersOf({} as Readonly<Record<string, Json>>), standIn)).toBe(true);
});
