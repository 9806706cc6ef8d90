import { expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { membersOf } from "../../shared/raw-members.test-support.ts";
import { fits } from "./fits.ts";

function ask(body: JsonObject, facts: Partial<ModelFacts> = {}): boolean {
  const known = { penalties: null, outputTokens: null, signatures: false, reasoning: { style: "none" }, ...facts };
  return fits(membersOf(body), { model: "gemini", facts: known as ModelFacts });
}

const budget = { style: "budget", minimum: 0, maximum: 24_576, off: 0 } as const;
const strong = { style: "budget", minimum: 128, maximum: 32_768, off: 128 } as const;
const level = { style: "level", levels: ["low", "high"] } as const;

test.each<[JsonObject, Partial<ModelFacts>, boolean]>([
  [{}, {}, true],
  [{ presencePenalty: 0.5 }, {}, true],
  [{ presencePenalty: 0.5 }, { penalties: false }, false],
  [{ frequency_penalty: 0.5 }, { penalties: false }, false],
  [{ temperature: 0.5 }, { penalties: false }, true],
  [{ maxOutputTokens: 9000 }, { outputTokens: 8192 }, false],
  [{ max_output_tokens: 9000 }, { outputTokens: 65_536 }, true],
  [{ thinkingConfig: { thinkingLevel: "low" } }, { reasoning: budget }, false],
  [{ thinkingConfig: { thinkingBudget: 100 } }, { reasoning: budget }, true],
  [{ thinking_config: { thinking_level: "low" } }, { reasoning: level }, true],
  [{ thinkingConfig: { thinkingLevel: "HIGH" } }, { reasoning: level }, true],
  [{ thinkingConfig: { thinkingLevel: "xhigh" } }, { reasoning: level }, false],
  [{ thinkingConfig: { thinkingLevel: "low" } }, {}, true],
  [{ thinkingConfig: { thinkingLevel: "low" } }, { sampling: true }, false],
  [{ thinkingConfig: { thinkingBudget: 100 } }, {}, true],
  [{ thinkingConfig: { thinkingBudget: 100 } }, { sampling: true }, false],
  [{ thinkingConfig: { thinkingBudget: 30_000 } }, { reasoning: budget }, false],
  [{ thinkingConfig: { thinkingBudget: -1 } }, { reasoning: strong }, true],
  [{ thinkingConfig: { thinkingBudget: 0 } }, { reasoning: strong }, false],
  [{ thinkingConfig: { thinkingBudget: 100 } }, { reasoning: level }, true],
  [{ thinkingConfig: { thinkingBudget: 0 } }, { reasoning: level }, false],
  [{ thinkingConfig: { thinkingBudget: 100 } }, { reasoning: { ...level, budgets: false } }, false],
  [{ thinkingConfig: { thinkingBudget: 100, thinkingLevel: "low" } }, { reasoning: level }, false],
])("%j for a model of %j: %s", (config, facts, fit) => {
  expect(ask({ generationConfig: config }, facts)).toBe(fit);
  expect(ask({ generation_config: config }, facts)).toBe(fit);
});

const user = (...parts: JsonObject[]): JsonObject => ({ role: "user", parts });
const model = (...parts: JsonObject[]): JsonObject => ({ role: "model", parts });
const call = (signature?: string): JsonObject => ({
  functionCall: { name: "look", args: {} },
  ...(signature === undefined ? {} : { thoughtSignature: signature }),
});
const result: JsonObject = { functionResponse: { name: "look", response: {} } };
const text: JsonObject = { text: "Hi" };

test.each([
  ["no calls", [user(text), model(text), user(text)], true],
  ["a signed call", [user(text), model(call("s")), user(result)], true],
  [
    "a call signed in the other case",
    [user(text), model({ function_call: { name: "a" }, thought_signature: "s" }), user(result)],
    true,
  ],
  [
    "its sibling unsigned, as the vendor sends them",
    [user(text), model(call("s"), call()), user(result, result)],
    true,
  ],
  ["an unsigned call", [user(text), model(call()), user(result)], false],
  ["an emptily signed call", [user(text), model(call("")), user(result)], false],
  [
    "an unsigned call that is its content's lone part",
    [user(text), { role: "model", parts: call() }, user(result)],
    false,
  ],
  ["a later step unsigned", [user(text), model(call("s")), user(result), model(call()), user(result)], false],
  ["an earlier turn unsigned", [user(text), model(call()), user(result), model(text), user(text)], true],
  ["contents that are no list", "Hi functionCall", true],
  ["words beside a result", [user(text), model(call("s")), user(result, text)], false],
])("where calls must be signed: %s", (_name, contents, fit) => {
  expect(ask({ contents }, { signatures: true })).toBe(fit);
  expect(ask({ contents })).toBe(true);
});

test.each([
  ["a result for each call", [user(text), model(call(), call()), user(result, result)], true],
  ["words beside them, which older models take", [user(text), model(call()), user(result, text)], true],
  ["calls of two contents in a row", [user(text), model(call()), model(call()), user(result, result)], true],
  ["calls that wait", [user(text), model(call())], true],
  ["a call without a result", [user(text), model(call()), user(text)], false],
  ["one of two results", [user(text), model(call(), call()), user(result)], false],
  ["results in two contents", [user(text), model(call(), call()), user(result), user(result)], false],
  ["calls that begin the conversation", [model(call()), user(result)], false],
  ["a result without a call", [user({ function_response: { name: "look" } }), user(text)], false],
])("calls and results that must pair up: %s", (_name, contents, fit) => {
  expect(ask({ contents })).toBe(fit);
});

test("a function's name that comes twice is refused, one that is said elsewhere is not", () => {
  const declared = (...names: string[]): JsonObject => ({ functionDeclarations: names.map((name) => ({ name })) });
  const example = { functionDeclarations: [{ name: "c", parametersJsonSchema: { default: { name: "a" } } }] };
  expect(ask({ tools: [declared("a", "b"), example, { googleSearch: {} }] })).toBe(true);
  expect(ask({ tools: [declared("a", "b"), { function_declarations: [{ name: "a" }] }] })).toBe(false);
});

const declared: JsonObject = { functionDeclarations: [{ name: "a" }] };
const search: JsonObject = { googleSearch: {} };
const json: JsonObject = { responseMimeType: "application/json" };

test.each<[string, JsonObject, boolean]>([
  ["functions alone", { tools: [declared] }, true],
  [
    "a function that is called like a tool of the vendor's",
    { tools: [{ functionDeclarations: [{ name: "google_search" }] }] },
    true,
  ],
  ["tools that are not said", { tools: [{ ...declared, codeExecution: null }] }, true],
  ["a search alone", { tools: [search] }, true],
  ["a search beside functions", { tools: [declared, search] }, false],
  [
    "both in one tool, in the other case",
    { tools: [{ function_declarations: [{ name: "a" }], url_context: {} }] },
    false,
  ],
  ["JSON alone", { generationConfig: json }, true],
  ["JSON beside functions", { tools: [declared], generationConfig: json }, false],
  ["JSON beside a search", { tools: [search], generation_config: { response_mime_type: "application/json" } }, false],
  ["words beside functions", { tools: [declared], generationConfig: { responseMimeType: "text/plain" } }, true],
])("functions, the vendor's tools and JSON, where a model takes one of them: %s", (_name, body, fit) => {
  expect(ask(body, { jsonWithTools: false })).toBe(fit);
  expect(ask(body)).toBe(true);
});

test.each<[string, JsonObject, boolean]>([
  ["functions alone", { tools: [declared] }, true],
  ["a search alone, beside JSON", { tools: [search], generationConfig: json }, true],
  [
    "both, and their calls shown",
    { tools: [declared, search], tool_config: { include_server_side_tool_invocations: true } },
    true,
  ],
  ["both, in the other case", { tools: [{ function_declarations: [{ name: "a" }], url_context: {} }] }, false],
  ["both, and a mode", { tools: [declared, search], toolConfig: { functionCallingConfig: { mode: "AUTO" } } }, false],
])(
  "functions and the vendor's tools, where a model takes them together with their calls shown: %s",
  (...[, body, fit]) => {
    expect(ask(body, { jsonWithTools: true })).toBe(fit);
    expect(ask(body, { jsonWithTools: null })).toBe(true);
  },
);

const image: JsonObject = { inlineData: { mimeType: "image/png", data: "aGk=" } };
const shown: JsonObject = { functionResponse: { name: "look", response: {}, parts: [image] } };

test("an image in a result, and how closely one is looked at, go to models that take them", () => {
  const seen = { contents: [user(text), model(call()), user(shown)] };
  expect(ask(seen, { mediaInResults: false })).toBe(false);
  expect(ask(seen)).toBe(true);
  const close = { contents: [user(text, { ...image, mediaResolution: { level: "MEDIA_RESOLUTION_HIGH" } })] };
  expect(ask(close, { mediaDetail: false })).toBe(false);
  expect(ask(close)).toBe(true);
});

test("words and thoughts that broke off before a call in a content of its own are joined to it", () => {
  const thought = { text: "Hm.", thought: true };
  const contents = [user(text), model(thought), model(thought), model(text, call("s")), user(result)];
  expect(ask({ contents })).toBe(false);
});
