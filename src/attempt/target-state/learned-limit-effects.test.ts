import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../core/json.ts";
import { learnedLimitEffectOf } from "./learned-limit-effects.ts";

const told = (path: string, value: string | null = null) => learnedLimitEffectOf({ kind: "field", path, value });

const strange = (path: string) => learnedLimitEffectOf({ kind: "field", path, value: null, isUnknown: true });

/** A body after the learned limit was applied. */
function mend(path: string, body: JsonObject, value: string | null = null) {
  const quirk = told(path, value)?.quirks?.[0];
  if (quirk?.request === undefined) throw new Error("nothing mends it");
  return { ...quirk.request(body, "m"), fields: quirk.fields };
}

test("a window is a fact", () => {
  expect(learnedLimitEffectOf({ kind: "window", tokens: 8192 })).toEqual({
    facts: { contextTokens: 8192 },
    again: false,
  });
});

test.each([
  ["tools", { tools: false }],
  ["image", { images: false }],
  ["input_audio", { audio: false }],
])("%s is a fact, and nothing that could be left out", (path, facts) => {
  expect(told(path)).toEqual({ facts, again: false });
});

test.each<{ path: string; facts: object; usual: JsonObject; more: JsonObject }>([
  { path: "logprobs", facts: { logprobs: false }, usual: { logprobs: false }, more: { logprobs: true } },
  { path: "top_logprobs", facts: { logprobs: false }, usual: { top_logprobs: 0 }, more: { top_logprobs: 2 } },
  { path: "n", facts: { multipleChoices: false }, usual: { n: 1 }, more: { n: 2 } },
  {
    path: "generationConfig.responseLogprobs",
    facts: { logprobs: false },
    usual: { generationConfig: { responseLogprobs: false } },
    more: { generationConfig: { responseLogprobs: true } },
  },
  {
    path: "generation_config.candidate_count",
    facts: { multipleChoices: false },
    usual: { generationConfig: { candidateCount: 1 } },
    more: { generationConfig: { candidateCount: 2 } },
  },
])("$path is a fact, and left out where it asks for what is done anyway", ({ path, facts, usual, more }) => {
  expect(told(path)).toMatchObject({ facts, again: true });
  expect(mend(path, usual)).toMatchObject({ dropped: [] });
  expect(mend(path, usual).body).not.toEqual(usual);
  expect(mend(path, more).body).toBe(more);
});

test("text as the only modality is left out; another one makes the target unfit", () => {
  const effect = strange("modalities");
  expect(effect).toMatchObject({ refusedMembers: ["modalities"], again: true });
  const [quirk] = effect?.quirks ?? [];
  expect(quirk?.request?.({ modalities: ["text"] }, "m").body).toEqual({});
  const heard = { modalities: ["text", "audio"] };
  expect(quirk?.request?.(heard, "m").body).toBe(heard);
});

test("kinds of tools are left out and reported, and values of a header withheld", () => {
  const effect = learnedLimitEffectOf({ kind: "tools", types: ["web_search_20260209"] });
  const quirk = effect?.quirks?.[0];
  const own = { name: "look", input_schema: {} };
  const search = { type: "web_search_20260209", name: "web_search" };
  expect(quirk?.request?.({ model: "m", tools: [own, search] }, "m")).toEqual({
    body: { model: "m", tools: [own] },
    dropped: ["tools.web_search_20260209"],
    adapted: [],
  });
  expect(quirk?.request?.({ tools: [search] }, "m").body).toEqual({});
  const untouched = { tools: [own, "odd", null] };
  expect(quirk?.request?.(untouched, "m").body).toBe(untouched);
  expect(learnedLimitEffectOf({ kind: "header", header: "anthropic-beta", values: ["a", "b"] })).toEqual({
    withheld: [
      { header: "anthropic-beta", value: "a" },
      { header: "anthropic-beta", value: "b" },
    ],
    again: true,
  });
});

describe("what is left out", () => {
  test("a member at the top, reported", () => {
    const body = { model: "m", temperature: 0.3, seed: 1 };
    expect(mend("temperature", body)).toEqual({
      body: { model: "m", seed: 1 },
      dropped: ["temperature"],
      adapted: [],
      fields: ["temperature"],
    });
  });

  test("a member deeper down, in either spelling", () => {
    const dropped = ["top_k"];
    for (const path of ["generationConfig.topK", "generation_config.top_k"]) {
      expect(mend(path, { generationConfig: { topK: 3, seed: 1 } })).toMatchObject({
        body: { generationConfig: { seed: 1 } },
        dropped,
      });
      expect(mend(path, { generation_config: { top_k: 3 } })).toMatchObject({
        body: { generation_config: {} },
        dropped,
      });
    }
  });

  test("an effort has one name in both protocols", () => {
    expect(mend("reasoning.effort", { reasoning: { effort: "low", summary: "auto" } })).toMatchObject({
      body: { reasoning: { summary: "auto" } },
      dropped: ["reasoning_effort"],
    });
  });

  test("a summary of thoughts goes alone", () => {
    expect(mend("reasoning.summary", { reasoning: { effort: "low", summary: "auto" } })).toMatchObject({
      body: { reasoning: { effort: "low" } },
      dropped: ["summary"],
    });
  });

  test("one value, and no other", () => {
    expect(mend("reasoning_effort", { reasoning_effort: "minimal" }, "minimal").body).toEqual({});
    expect(mend("reasoning_effort", { reasoning_effort: "high" }, "minimal")).toMatchObject({ dropped: [] });
  });

  test("a body without it is the same object", () => {
    const body = { model: "m", reasoning: "none" };
    expect(mend("temperature", body).body).toBe(body);
    expect(mend("reasoning.effort", body).body).toBe(body);
    expect(mend("max_tokens", body).body).toBe(body);
  });
});

test("the answer's limit goes by its other name", () => {
  expect(mend("max_tokens", { max_tokens: 5 })).toMatchObject({
    body: { max_completion_tokens: 5 },
    dropped: [],
    adapted: ["max_tokens:max_tokens>max_completion_tokens"],
  });
  expect(mend("max_tokens", { max_tokens: 5, max_completion_tokens: 7 }).body).toEqual({ max_completion_tokens: 7 });
});

test("what nobody can do without makes the target unfit", () => {
  expect(told("logit_bias")).toMatchObject({ refusedMembers: ["logit_bias"], again: false });
  const asked = { logit_bias: { "7": -100 } };
  expect(mend("logit_bias", asked).body).toBe(asked);
  expect(mend("logit_bias", { logit_bias: null })).toMatchObject({ body: {}, dropped: [] });
});

test("a fact is one", () => {
  expect(learnedLimitEffectOf({ kind: "facts", facts: { tools: true } })).toEqual({
    facts: { tools: true },
    again: true,
  });
});

test.each(["messages", "messages.*.role", "model", "stream", "input", "__proto__", ""])(
  "%j teaches nothing",
  (path) => {
    expect(told(path)).toBeNull();
  },
);

describe("what a vendor has never heard of", () => {
  const without = (path: string, body: JsonObject) => strange(path)?.quirks?.[0]?.request?.(body, "m");

  test("is left out at any depth, from every element", () => {
    const part = (more: JsonObject) => ({ type: "text", text: "x", ...more });
    const body = {
      messages: [
        { role: "system", content: "s" },
        { role: "user", content: [part({ cache_control: {} }), part({}), part({ cache_control: {} })] },
      ],
    };
    expect(without("messages.*.content.*.cache_control", body)).toEqual({
      body: { messages: [body.messages[0], { role: "user", content: [part({}), part({}), part({})] }] },
      dropped: ["messages.content.cache_control"],
      adapted: [],
    });
    expect(strange("messages.*.content.*.cache_control")?.quirks?.[0]).toMatchObject({
      fields: ["messages"],
      words: ["cache_control", "cacheControl"],
    });
  });

  test.each([
    "safe_prompt",
    "stream",
    "name",
    "messages.*.foo",
    "tools.*.custom.defer_loading",
    "response_format.json_schema.foo",
  ])("%s is", (path) => {
    expect(strange(path)).toMatchObject({ again: true });
  });

  test.each(["response_format", "tool_choice", "web_search_options", "previous_response_id"])(
    "%s is what its callers depend on: the target is none for them",
    (name) => {
      expect(strange(name)).toMatchObject({ refusedMembers: [name], again: false });
    },
  );

  test.each([
    "messages",
    "model",
    "messages.*.content",
    "messages.*.tool_calls",
    "contents.*.parts.*.text",
    "instructions",
  ])("%s goes only where it holds nothing", (path) => {
    const steps = path.split(".");
    const nest = (value: Json): JsonObject =>
      steps.reduceRight<Json>((inner, step) => (step === "*" ? [inner] : { [step]: inner }), value) as JsonObject;
    expect(without(path, nest("words"))?.dropped).toEqual([]);
    expect(without(path, nest(null))?.dropped).toHaveLength(1);
  });

  test.each(["tools.*.function.parameters.properties.x", "tools.*.input_schema.foo", "messages.*", "metadata.x"])(
    "%s teaches nothing: the names there are a caller's own",
    (path) => {
      expect(strange(path)).toBeNull();
    },
  );

  test("tools and media are facts, but not in a message beside what was said", () => {
    expect(strange("tools")).toEqual({ facts: { tools: false }, again: false });
    expect(strange("messages.*.assistant.images")).toMatchObject({ again: true });
  });

  test.each(["images", "image", "audio", "input_audio"])(
    "%s at the top is some host's own, and says nothing of what is seen or heard in messages",
    (name) => {
      expect(strange(name)?.facts).toBeUndefined();
      expect(without(name, { [name]: "x", messages: [] })?.body).toEqual({ messages: [] });
    },
  );

  test("the older form of tools says nothing of tools", () => {
    for (const effect of [strange("functions"), told("functions")]) {
      expect(effect).toMatchObject({ refusedMembers: ["functions"], again: false });
      expect(effect?.facts).toBeUndefined();
    }
  });

  test("a stray picture in a text is left out, and says nothing of pictures", () => {
    const picture = { type: "image_url", image_url: { url: "https://media.example/sea.png" } };
    const stray = { type: "text", text: "Look", image_url: "x" };
    const body = { messages: [{ role: "user", content: [stray, picture] }] };
    expect(without("messages.*.content.*.image_url", body)).toMatchObject({
      body: { messages: [{ role: "user", content: [{ type: "text", text: "Look" }, picture] }] },
      dropped: ["messages.content.image_url"],
    });
    expect(strange("messages.*.content.*.image_url")?.facts).toBeUndefined();
  });

  test.each(["generation_config.tools", "messages.*.content.*.tools", "response_format.n", "reasoning.logprobs"])(
    "%s is a stray, and no fact of the model",
    (path) => {
      expect(strange(path)?.facts).toBeUndefined();
      expect(strange(path)?.quirks).toHaveLength(1);
      expect(told(path)).toBeNull();
    },
  );
});

test("a value of something that is needed teaches nothing", () => {
  expect([told("tools", "x"), told("n", "3"), told("max_tokens", "9")]).toEqual([null, null, null]);
});

test.each([
  [["custom"], { customTools: false }],
  [["namespace"], { toolSearch: false }],
  [["additional_tools", "web_search"], { toolSearch: false, webSearch: false }],
])("%j are facts of the model: the request is put into other words", (types, facts) => {
  expect(learnedLimitEffectOf({ kind: "tools", types })).toEqual({ facts, again: true });
});

test("where the service refuses a search, the model may still have one", () => {
  const effect = learnedLimitEffectOf({ kind: "tools", types: ["web_search", "custom"], byService: true });
  expect(effect).toMatchObject({ facts: { customTools: false }, quirks: [{ fields: ["tools"] }], again: true });
});

test("one value of a list goes, and a member that has no name here", () => {
  const body = { include: ["a", "b"], stage_light: 1 };
  expect(mend("include.*", body, "a")).toMatchObject({ body: { ...body, include: ["b"] }, dropped: ["include"] });
  expect(mend("include.*", body, "c").body).toBe(body);
  expect(told("tools.*", "a")).toBeNull();
  expect(mend("stage_light", body)).toMatchObject({ body: { include: body.include }, dropped: ["stage_light"] });
  expect(told("response_format")).toBeNull();
});

test("a header of which nobody says what is wrong is withheld whole", () => {
  const withheld = [{ header: "anthropic-beta", value: null }];
  expect(learnedLimitEffectOf({ kind: "header", header: "anthropic-beta", values: null })).toEqual({
    withheld,
    again: true,
  });
});

test("without its last tool a request says nothing of tools; a caller's own functions are never left out", () => {
  const quirk = learnedLimitEffectOf({ kind: "tools", types: ["file_search", "function", "custom"] })?.quirks?.[0];
  const body = { tools: [{ type: "file_search" }], tool_choice: "auto", parallel_tool_calls: true, input: "hi" };
  expect(quirk?.request?.(body, "m")).toEqual({ body: { input: "hi" }, dropped: ["tools.file_search"], adapted: [] });
  const own = {
    tools: [
      { type: "function", name: "f" },
      { type: "custom", name: "g" },
    ],
  };
  expect(quirk?.request?.(own, "m").body).toEqual(own);
  expect(learnedLimitEffectOf({ kind: "tools", types: ["function"] })).toBeNull();
});
