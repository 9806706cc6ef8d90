// A tool's schema that the first vendor takes, or had mended, does not end the route at a host of OpenAI's protocol that
// stands in: what any such host is known to refuse is mended there too.
import { expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { startSimulator } from "../../src/simulator/index.ts";

const schemas = [
  { type: "object" },
  {},
  {
    anyOf: [
      { type: "object", properties: { a: { type: "string" } } },
      { type: "object", properties: {} },
    ],
  },
  { type: ["object", "null"], properties: { a: { type: "string" } } },
  { type: "object", properties: { a: { type: "string", pattern: "^(?!x)\\p{L}+$" } } },
];

test.each(schemas.flatMap((schema) => [true, false].map((stream) => ({ schema, stream }))))(
  "F7: $schema (streamed: $stream)",
  async ({ schema, stream }) => {
    const simulator = await startSimulator({ seed: 1 });
    const { openai, google } = simulator.vendors;
    const gateway = createGateway(
      {
        providers: {
          openai: { base_url: openai.baseUrl, api_key: "openai-key" },
          host: { kind: "openai-compatible", base_url: openai.baseUrl, api_key: "host-key" },
          google: { base_url: google.baseUrl, api_key: "google-key" },
        },
        routes: { agent: { fallback: ["openai/gpt-4o", "host/gpt-4.1", "google/gemini-2.5-flash"] } },
      },
      { environment: {}, warn: () => {} },
    );
    simulator.play("openai", { fault: "status", status: 503, model: "gpt-4o" });
    const response = await gateway.fetch(`http://gateway/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: "agent",
        stream,
        messages: [{ role: "user", content: "Hi" }],
        tools: [{ type: "function", function: { name: "f", parameters: schema } }],
      }),
    });
    await response.text();
    expect([response.status, response.headers.get("x-understudy-target")]).toEqual([200, "host/gpt-4.1"]);
    await gateway.close();
    await simulator.close();
  },
);
