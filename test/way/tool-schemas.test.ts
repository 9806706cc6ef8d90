// Tools as MCP servers and coding agents bring them, through the front door: whatever their schemas, no vendor refuses them,
// the report says what was changed, and what a vendor takes of its own clients passes untouched.
import { describe, expect, test } from "vitest";
import { openStage, type Stage } from "../support/stage.ts";

const artifact = '^(?!__.*__$)[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}"\\\\./[\\]]{1,200}$';
const path = { type: "object", properties: { path: { type: "string" } }, required: ["path"] };
const url = { type: "object", properties: { url: { type: "string" } }, required: ["url"] };

/** By what is odd about them. */
const schemas: Readonly<Record<string, object>> = {
  no_properties: { type: "object" },
  nothing: {},
  no_type: { properties: { a: { type: "string" } } },
  types: { ...path, type: ["object", "null"] },
  any_of: { type: "object", anyOf: [path, url] },
  one_of: { oneOf: [path, url] },
  all_of: { allOf: [path, url] },
  root_enum: { ...path, enum: [{ path: "/" }] },
  root_not: { ...path, not: { required: ["url"] } },
  reference: { $ref: "#/$defs/Path", $defs: { Path: path } },
  artifact: { type: "object", properties: { field: { type: "string", pattern: artifact } } },
  named_group: { type: "object", properties: { day: { type: "string", pattern: "^(?<y>\\d{4})$" } } },
  list: { type: "object", properties: { domain: { type: "array" } } },
  rows: { type: "object", properties: { where: { type: "array", items: { type: ["array", "null"] } } } },
  tuple: { type: "object", properties: { size: { type: "array", items: [{ type: "number" }] } } },
  odd_names: { type: "object", properties: { "filter[id]": { type: "string" }, $top: { type: "integer" } } },
  draft_4: { type: "object", properties: { n: { type: "number", minimum: 0, exclusiveMinimum: true } } },
  map: { type: "object", properties: { env: { type: "object", patternProperties: { "^(.*)$": { type: "string" } } } } },
  nowhere: { type: "object", properties: { a: { $ref: "#/$defs/gone" } } },
};
const names = Object.keys(schemas);
const words = "Look at the sea, please.";

interface Client {
  readonly path: (model: string) => string;
  readonly body: (model: string) => object;
}

const clients: Readonly<Record<string, Client>> = {
  chat: {
    path: () => "/v1/chat/completions",
    body: (model) => ({
      model,
      messages: [{ role: "user", content: words }],
      tools: names.map((name) => ({ type: "function", function: { name, parameters: schemas[name] } })),
    }),
  },
  responses: {
    path: () => "/v1/responses",
    body: (model) => ({
      model,
      input: words,
      tools: names.map((name) => ({ type: "function", name, parameters: schemas[name], strict: false })),
    }),
  },
  messages: {
    path: () => "/v1/messages",
    body: (model) => ({
      model,
      max_tokens: 1000,
      messages: [{ role: "user", content: words }],
      tools: names.map((name) => ({ name, input_schema: schemas[name] })),
    }),
  },
  gemini: {
    path: (model) => `/v1beta/models/${model}:generateContent`,
    body: () => ({
      contents: [{ role: "user", parts: [{ text: words }] }],
      tools: [{ functionDeclarations: names.map((name) => ({ name, parametersJsonSchema: schemas[name] })) }],
    }),
  },
};

async function ask(stage: Stage, { path: pathOf, body }: Client, model: string): Promise<Response> {
  return fetch(stage.url + pathOf(model), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body(model)),
  });
}

/** A second gateway, to which the first one's fake of OpenAI is a host of which nothing is known. */
function openOnHost(stage: Stage): Promise<Stage> {
  const { baseUrl } = stage.simulator.vendors.openai;
  return openStage({ config: { providers: { host: { kind: "openai-compatible", base_url: baseUrl, api_key: "k" } } } });
}

const models = ["openai/gpt-4o", "openai/gpt-5.6-luna", "anthropic/claude-sonnet-4-5", "google/gemini-2.5-flash"];

describe.each(Object.entries(clients))("a client of %s", (_name, client) => {
  test.each(models)("is answered by %s, whatever its tools are", async (model) => {
    await using stage = await openStage();
    const response = await ask(stage, client, model);
    expect([response.status, response.status === 200 ? "" : await response.text()]).toEqual([200, ""]);
  });
});

// What a client of the host's own protocol sends goes on as it was written.
const translated = Object.entries(clients).filter(([name]) => name !== "chat");

test.each(translated)("a client of %s is answered by a host of which nothing is known", async (_name, client) => {
  await using stage = await openStage();
  await using elsewhere = await openOnHost(stage);
  const response = await ask(elsewhere, client, "host/gpt-4o");
  expect([response.status, response.status === 200 ? "" : await response.text()]).toEqual([200, ""]);
});

describe("the report", () => {
  const told = async (client: string, model: string): Promise<string[]> => {
    await using stage = await openStage();
    const response = await ask(stage, clients[client]!, model);
    return (response.headers.get("x-understudy-adapted") ?? "").split(", ");
  };

  test.each(["chat", "responses", "messages", "gemini"])(
    "says what OpenAI would have refused, to %s",
    async (client) => {
      expect(await told(client, "openai/gpt-4o")).toEqual(
        expect.arrayContaining([
          "tools.no_properties:properties>added",
          "tools.nothing:type+properties>added",
          "tools.types:type>folded",
          "tools.any_of:anyOf>folded",
          "tools.reference:$ref>folded",
          "tools.artifact:pattern>description",
          "tools.list:items>added",
          "tools.draft_4:minimum+exclusiveMinimum>mended",
        ]),
      );
    },
  );

  test.each(["chat", "messages"])("says what Anthropic would have refused, and no more, to %s", async (client) => {
    expect(await told(client, "anthropic/claude-sonnet-4-5")).toEqual([
      "tools.nothing:type>added",
      "tools.no_type:type>added",
      "tools.types:type>folded",
      "tools.any_of:anyOf>folded",
      "tools.one_of:oneOf>folded",
      "tools.one_of:type>added",
      "tools.all_of:allOf>folded",
      "tools.reference:$ref>folded",
      "tools.tuple:items>mended",
      "tools.odd_names:properties>description",
      "tools.draft_4:minimum+exclusiveMinimum>mended",
      "tools.map:patternProperties>folded",
      "tools.nowhere:$ref>description",
    ]);
  });
});

describe("bytes that the client's own vendor takes", () => {
  const fine = {
    type: "object",
    properties: { a: { anyOf: [{ type: "string", pattern: "^[a-z]+$" }, { type: "null" }] }, free: {} },
    $schema: "http://json-schema.org/draft-07/schema#",
  };
  const openai = { type: "function", function: { name: "look", parameters: fine } };

  test.each<[string, string, object]>([
    [
      "openai/gpt-4o",
      "/v1/chat/completions",
      { messages: [{ role: "user", content: words }], tools: [openai], temperature: 0.5 },
    ],
    ["openai/gpt-4o", "/v1/responses", { input: words, tools: [{ type: "function", name: "look", parameters: fine }] }],
    [
      "anthropic/claude-sonnet-4-5",
      "/v1/messages",
      {
        max_tokens: 100,
        messages: [{ role: "user", content: words }],
        tools: [{ name: "look", input_schema: { ...fine, properties: { a: { pattern: artifact } } } }],
      },
    ],
  ])("%s at %s: none of them changes, the first time or the second", async (model, at, body) => {
    await using stage = await openStage();
    for (const padding of ["", " ".repeat(2000)]) {
      const text = JSON.stringify({ model, ...body }).replace('"look"', `"look"${padding}`);
      for (let turn = 0; turn < 2; turn++) {
        const response = await fetch(stage.url + at, {
          method: "POST",
          body: text,
          headers: { "content-type": "application/json" },
        });
        expect(response.status).toBe(200);
        expect(response.headers.get("x-understudy-adapted")).toBeNull();
        expect(stage.simulator.log().at(-1)?.body).toEqual({ ...body, model: model.split("/")[1] });
      }
    }
  });
});

test("answers whose schema is no object are asked for in words where OpenAI has no form for them", async () => {
  await using stage = await openStage();
  const generationConfig = {
    responseMimeType: "application/json",
    responseJsonSchema: { type: "array", items: { type: "string" } },
  };
  const response = await fetch(`${stage.url}/v1beta/models/openai/gpt-4o:generateContent`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ contents: [{ role: "user", parts: [{ text: words }] }], generationConfig }),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get("x-understudy-adapted")).toContain("response_format:json_schema>instruction");
});
