// An answer's schema beside its type, as hosts of open models take it (llama.cpp, Together): when the host is down, each
// other vendor gets it in its own form.
import { expect, test } from "vitest";
import { attemptsOf, openStage } from "../support/stage.ts";

const targets = ["openai/gpt-4o", "openai/gpt-5.2", "anthropic/claude-sonnet-4-6", "google/gemini-2.5-flash"];

test.each(targets)("%s answers with that schema", async (target) => {
  await using stage = await openStage({
    config: ({ vendors }) => ({
      providers: {
        host: { kind: "openai-compatible", base_url: "http://127.0.0.1:9/v1", api_key: "k" },
        openai: { base_url: vendors.openai.baseUrl, api_key: "k" },
      },
      routes: { flat: { fallback: ["host/open", target], retry: { attempts: 0 } } },
    }),
  });
  const schema = {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  };
  const response = await fetch(`${stage.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "flat",
      messages: [{ role: "user", content: "Name a city, in JSON." }],
      response_format: { type: "json_schema", schema },
    }),
  });
  expect(attemptsOf(response.headers).at(-1)).toBe(`${target}:ok:200`);
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
  expect(Object.keys(JSON.parse(choices[0]?.message.content ?? "") as object)).toEqual(["city"]);
  expect(response.headers.get("x-understudy-dropped")).toBeNull();
});
