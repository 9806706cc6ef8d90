// A keyword of JSON Schema that a model refuses in a body that the gateway wrote: the same request is answered by the
// same target, with the keyword in words, and later requests are not refused any more.
import { expect, test } from "vitest";
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
const gemini: JsonObject = {
  candidates: [{ index: 0, content: { role: "model", parts: [{ text: "A chair." }] }, finishReason: "STOP" }],
  usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 },
};
const invalid = (fault: string): JsonObject => ({
  error: {
    message: `Invalid schema for function 'look': ${fault}`,
    type: "invalid_request_error",
    param: "tools[0].function.parameters",
    code: "invalid_function_parameters",
  },
});
const inContext = "In context=('properties', 'q'), ";
const unknownName = (name: string, steps = ""): string =>
  `Invalid JSON payload received. Unknown name "${name}" at 'tools[0].function_declarations[0].parameters.properties[0].value${steps}': Cannot find field.`;
const complaint = (message: string): JsonObject => ({ error: { code: 400, message, status: "INVALID_ARGUMENT" } });

const openai = "openai/gpt-4o";
const google = "google/gemini-2.5-flash";
const cases: readonly (readonly [string, string, JsonObject, JsonObject, string])[] = [
  ["pattern", openai, { type: "string", pattern: "^a$" }, invalid(`${inContext}'pattern' is not permitted.`), "^a$"],
  ["pattern", openai, { type: "string", pattern: "^b$" }, invalid("'^b$' is not a 'regex'."), "^b$"],
  ["format", openai, { type: "string", format: "uri" }, invalid(`${inContext}'uri' is not a valid format.`), "uri"],
  [
    "propertyNames",
    openai,
    { type: "object", properties: {}, propertyNames: { type: "string" } },
    invalid(`${inContext}'propertyNames' is not permitted.`),
    "propertyNames",
  ],
  ["minimum", google, { type: "integer", minimum: 1 }, complaint(unknownName("minimum")), "At least 1"],
  ["minimum", google, { type: "integer", exclusiveMinimum: 1 }, complaint(unknownName("minimum")), "Greater than 1"],
  [
    "maxItems",
    google,
    { type: "array", items: { type: "string" }, maxItems: 3 },
    complaint(unknownName("maxItems", ".items.properties[0].value.items.properties[1].value.items")),
    "At most 3",
  ],
];

test.each(cases)("%s at %s: %j (F7)", async (...[word, target, q, error, words]) => {
  const model = target === openai ? chat : gemini;
  await using vendor = await openFakeVendor((_, sent) =>
    sent.includes(`"${word}":`) ? { status: 400, body: error } : { body: model },
  );
  const access = { base_url: vendor.baseUrl, api_key: "key" };
  await using gateway = await openStage({
    config: {
      routes: { assistant: { fallback: [target], retry: { attempts: 0 } } },
      providers: { openai: access, google: access },
    },
  });
  const first = await ask(gateway, q);
  expect(attemptsOf(first.headers)).toEqual([
    expect.stringMatching(`^${target}:(?:bad_request|unsupported):400$`),
    `${target}:ok:200`,
  ]);
  const second = await ask(gateway, q);
  expect(attemptsOf(second.headers)).toEqual([`${target}:ok:200`]);
  for (const { headers } of [first, second])
    expect(headers.get("x-understudy-adapted")).toMatch(/tools\.look:\w+>description/u);
  expect(vendor.asked.at(-1)?.body).toContain(words);
});

test("several keywords of one model add up", async () => {
  await using vendor = await openFakeVendor((_, sent) => {
    const word = ["pattern", "maxLength", "format"].find((one) => sent.includes(`"${one}":`));
    return word === undefined
      ? { body: chat }
      : { status: 400, body: invalid(`${inContext}'${word}' is not permitted.`) };
  });
  await using gateway = await openStage({
    config: {
      routes: { assistant: { fallback: [openai], retry: { attempts: 0 } } },
      providers: { openai: { base_url: vendor.baseUrl, api_key: "key" } },
    },
  });
  const q = { type: "string", pattern: "^a$", maxLength: 3, format: "uri" };
  expect((await ask(gateway, q)).status).toBe(200);
  expect(attemptsOf((await ask(gateway, q)).headers)).toEqual([`${openai}:ok:200`]);
});

test("the caller's own schema is the caller's: its refusal comes back at once (F7)", async () => {
  const error = invalid(`${inContext}'pattern' is not permitted.`);
  await using vendor = await openFakeVendor(() => ({ status: 400, body: error }));
  await using gateway = await openStage({
    config: {
      routes: { assistant: { fallback: [openai, google], retry: { attempts: 0 } } },
      providers: { openai: { base_url: vendor.baseUrl, api_key: "key" } },
    },
  });
  const parameters = { type: "object", properties: { q: { type: "string", pattern: "^a$" } } };
  const response = await post(gateway, "/v1/chat/completions", {
    tools: [{ type: "function", function: { name: "look", parameters } }],
  });
  expect(attemptsOf(response.headers)).toEqual([`${openai}:bad_request:400`]);
});

test.each([
  ["openai/gpt-4o", "host/first-model"],
  ["host/some-model", "openai/first-model"],
])("%s stands in with a caller's bytes for another vendor (F7)", async (target, earlier) => {
  const error = invalid(`${inContext}'maxLength' is not permitted.`);
  await using vendor = await openFakeVendor((_, sent) => {
    if (sent.includes('"first-model"')) return { status: 503, body: { error: { message: "down" } } };
    return sent.includes('"maxLength":') ? { status: 400, body: error } : { body: chat };
  });
  const access = { base_url: vendor.baseUrl, api_key: "key" };
  await using gateway = await openStage({
    config: {
      routes: { assistant: { fallback: [earlier, target], retry: { attempts: 0 } } },
      providers: {
        openai: access,
        host: { kind: "openai-compatible", ...access },
      },
    },
  });
  const parameters = { type: "object", properties: { q: { type: "string", maxLength: 3 } } };
  const asking = { tools: [{ type: "function", function: { name: "look", parameters } }] };
  const ends = [`${earlier}:overloaded:503`, `${target}:ok:200`];
  const first = await post(gateway, "/v1/chat/completions", asking);
  expect(attemptsOf(first.headers)).toEqual([ends[0], `${target}:bad_request:400`, ends[1]]);
  const second = await post(gateway, "/v1/chat/completions", asking);
  expect(attemptsOf(second.headers)).toEqual(ends);
  expect(second.headers.get("x-understudy-adapted")).toContain("tools.look:maxLength>description");
});

function ask(gateway: Stage, q: JsonObject): Promise<Response> {
  const schema = { type: "object", properties: { q } };
  return post(gateway, "/v1/messages", { max_tokens: 99, tools: [{ name: "look", input_schema: schema }] });
}

function post({ url }: Stage, path: string, body: JsonObject): Promise<Response> {
  return fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
    body: JSON.stringify({ model: "assistant", messages: [{ role: "user", content: "hi" }], ...body }),
  });
}
