// Answers that are not objects: a schema with a list, a text or a truth value at its root, from every client to every kind of
// target. Nobody is asked for JSON objects then, and what enforces no such schema is told the schema in words.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const roots: Readonly<Record<string, JsonObject>> = {
  list: { type: "array", items: { type: "string" } },
  text: { type: "string", enum: ["a", "b"] },
  truth: { type: "boolean" },
  reference: { $ref: "#/$defs/x", $defs: { x: { type: "array", items: { type: "string" } } } },
};

const messages = [{ role: "user", content: "Say it." }];
const clients: Readonly<
  Record<string, readonly [path: (model: string) => string, body: (schema: JsonObject) => object]>
> = {
  "openai-chat": [
    () => "/v1/chat/completions",
    (schema) => ({ messages, response_format: { type: "json_schema", json_schema: { name: "a", schema } } }),
  ],
  "openai-responses": [
    () => "/v1/responses",
    (schema) => ({ input: "Say it.", text: { format: { type: "json_schema", name: "a", schema } } }),
  ],
  "gemini-generate": [
    (model) => `/v1beta/models/${model}:generateContent`,
    (schema) => ({
      contents: [{ role: "user", parts: [{ text: "Say it." }] }],
      generationConfig: { responseMimeType: "application/json", responseJsonSchema: schema },
    }),
  ],
  "anthropic-messages": [
    () => "/v1/messages",
    (schema) => ({ max_tokens: 50, messages, output_config: { format: { type: "json_schema", schema } } }),
  ],
};
/** With what is expected instead of a schema at the root: words alone, or the schema itself. */
const targets: readonly (readonly [target: string, form: "words" | "schema"])[] = [
  ["openai/gpt-4o", "words"],
  ["responses/gpt-5", "words"],
  ["deepseek/deepseek-flash", "words"],
  ["host/openrouter/some-model", "schema"],
  ["mistral/mistral-large-latest", "schema"],
  ["google/gemini-2.5-flash", "schema"],
  ["anthropic/claude-sonnet-4-5", "schema"],
];

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({
    hosts: ["deepseek", "mistral"],
    config: ({ vendors }) => ({
      providers: {
        // Nobody listens there.
        first: { kind: "openai-compatible", base_url: "http://127.0.0.1:1/v1", api_key: "key" },
        host: { kind: "openai-compatible", base_url: vendors.openai.baseUrl, api_key: "key" },
        responses: { kind: "openai", protocol: "responses", base_url: vendors.openai.baseUrl, api_key: "key" },
      },
      routes: Object.fromEntries(
        targets.map(([target]) => [
          target.split("/")[0]!,
          { fallback: ["first/some-model", target], retry: { attempts: 0 } },
        ]),
      ),
    }),
  });
});
afterAll(() => stage[Symbol.asyncDispose]());

describe.each(Object.entries(clients))("%s", (client, [path, body]) => {
  test.each(targets)("%s: %s", async (target, form) => {
    const route = target.split("/")[0]!;
    for (const [name, schema] of Object.entries(roots)) {
      const response = await fetch(stage.url + path(route), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...(client === "gemini-generate" ? {} : { model: route }), ...body(schema) }),
      });
      await response.text();
      const attempt = attemptsOf(response.headers).at(-1) ?? "";
      // A schema of this client's is always enforced, so a target without a form for it is unfit.
      if (client === "anthropic-messages" && form === "words") {
        expect([name, response.ok]).toEqual([name, false]);
        continue;
      }
      expect([name, attempt]).toEqual([name, `${target}:ok:200`]);
      const sent = JSON.stringify(stage.simulator.log().at(-1)?.body);
      expect(sent).not.toContain("json_object");
      const told = response.headers.get("x-understudy-adapted") ?? "";
      if (form === "words") expect(told).toContain("response_format:json_schema>instruction");
      else expect(sent).toMatch(/"(?:json_schema|responseJsonSchema)"/u);
    }
  });
});
