// Answers in JSON of targets that are not bound to the form: code fences come off, what is wrong is marked, and where the
// route says so the next target answers, unseen, also in a stream. Through the SDKs of clients that are translated.
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { describe, expect, test } from "vitest";
import { type FakeAnswer, openFakeVendor } from "../support/fake-vendor.ts";
import { attemptsOf, openStage } from "../support/stage.ts";

const schema = {
  type: "object",
  properties: { n: { type: "integer", minimum: 3 } },
  required: ["n"],
  additionalProperties: false,
};

type Said = readonly string[] | { readonly call: string };

/** A compatible server that says this, whole or a delta each. */
function saying(said: Said) {
  const envelope = { id: "c", created: 1, model: "m" };
  const messageOf = (words: readonly string[]): object =>
    "call" in said
      ? { tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "f", arguments: said.call } }] }
      : { content: words.join("") };
  const finish_reason = "call" in said ? "tool_calls" : "stop";
  return (_path: string, body: string): FakeAnswer => {
    const { stream } = JSON.parse(body) as { stream?: boolean };
    if (stream !== true) {
      const message = { role: "assistant", content: null, ...messageOf(said as readonly string[]) };
      return { body: { ...envelope, object: "chat.completion", choices: [{ index: 0, message, finish_reason }] } };
    }
    const chunk = (delta: object, reason: string | null): string =>
      JSON.stringify({
        ...envelope,
        object: "chat.completion.chunk",
        choices: [{ index: 0, delta, finish_reason: reason }],
      });
    const deltas = "call" in said ? [messageOf([])] : said.map((word) => messageOf([word]));
    return { body: [...deltas.map((delta) => chunk(delta, null)), chunk({}, finish_reason), "[DONE]"] };
  };
}

async function openScene(first: Said) {
  const weak = await openFakeVendor(saying(first));
  const other = await openFakeVendor(saying(['{"n": 4}']));
  const targets = ["weak/m", "other/m"];
  const stage = await openStage({
    config: {
      providers: {
        weak: { kind: "openai-compatible", base_url: weak.baseUrl },
        other: { kind: "openai-compatible", base_url: other.baseUrl },
      },
      routes: {
        usual: { fallback: targets },
        checked: { fallback: targets, fallback_on: ["default", "invalid_output"] },
      },
    },
  });
  return {
    stage,
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await weak[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
    },
  };
}

interface Told {
  readonly text: string;
  readonly headers: Headers;
}

const clients: Readonly<Record<string, (url: string, model: string, streamed: boolean) => Promise<Told>>> = {
  async anthropic(url, model, streamed) {
    const client = new Anthropic({ apiKey: "unused", baseURL: url, maxRetries: 0 });
    const request = {
      model,
      max_tokens: 100,
      messages: [{ role: "user" as const, content: "A number" }],
      output_config: { format: { type: "json_schema" as const, schema } },
    };
    if (streamed) {
      const { data, response } = await client.messages.create({ ...request, stream: true }).withResponse();
      let text = "";
      for await (const event of data)
        if (event.type === "content_block_delta" && event.delta.type === "text_delta") text += event.delta.text;
      return { text, headers: response.headers };
    }
    const { data, response } = await client.messages.create(request).withResponse();
    return {
      text: data.content.map((block) => (block.type === "text" ? block.text : "")).join(""),
      headers: response.headers,
    };
  },
  async gemini(url, model, streamed) {
    const client = new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: url, retryOptions: { attempts: 1 } } });
    const config = { responseMimeType: "application/json", responseJsonSchema: schema };
    const request = { model, contents: "A number", config };
    if (streamed) {
      let text = "";
      let headers = new Headers();
      for await (const chunk of await client.models.generateContentStream(request)) {
        text += chunk.text ?? "";
        headers = new Headers(chunk.sdkHttpResponse?.headers);
      }
      return { text, headers };
    }
    const answer = await client.models.generateContent(request);
    return { text: answer.text ?? "", headers: new Headers(answer.sdkHttpResponse?.headers) };
  },
};
const fenced = ["```", "json\n", '{"n"', ": 3", "}\n", "```"];

describe.each(Object.entries(clients))("a client of %s", (_name, ask) => {
  describe.each([false, true])("streamed: %s", (streamed) => {
    test.each(["usual", "checked"])("gets JSON without its fence on the route %s", async (route) => {
      await using scene = await openScene(fenced);
      const { text, headers } = await ask(scene.stage.url, route, streamed);
      expect(text).toBe('{"n": 3}');
      expect(attemptsOf(headers)).toEqual(["weak/m:ok:200"]);
      expect(headers.get("x-understudy-adapted") ?? "").not.toContain("unmet");
    });

    test("gets the next target's answer where the route leaves what is wrong", async () => {
      await using scene = await openScene(['{"n":', " 1}"]);
      const { text, headers } = await ask(scene.stage.url, "checked", streamed);
      expect(text).toBe('{"n": 4}');
      expect(attemptsOf(headers)).toEqual(["weak/m:invalid_output:200", "other/m:ok:200"]);
      const [left] = scene.stage.gateway.attempts();
      expect(left).toMatchObject({ verdict: "invalid_output", message: expect.stringContaining("minimum") as string });
    });

    test("gets what is wrong elsewhere", async () => {
      await using scene = await openScene(['{"n":', " 1}"]);
      const { text, headers } = await ask(scene.stage.url, "usual", streamed);
      expect(text).toBe('{"n": 1}');
      expect(attemptsOf(headers)).toEqual(["weak/m:ok:200"]);
      // A stream's head has gone before that can be known.
      const marked = (headers.get("x-understudy-adapted") ?? "").includes("response_format:json_schema>unmet");
      expect(marked).toBe(!streamed);
    });
  });
});

test.each([false, true])(
  "arguments that cannot be read are left too, by bytes that pass (streamed: %s)",
  async (stream) => {
    await using scene = await openScene({ call: '{"city": Par}' });
    const ask = (model: string): Promise<Response> =>
      fetch(`${scene.stage.url}/v1/chat/completions`, {
        method: "POST",
        body: JSON.stringify({
          model,
          stream,
          messages: [{ role: "user", content: "Hi" }],
          tools: [{ type: "function", function: { name: "f", parameters: { type: "object" } } }],
        }),
      });
    const left = await ask("checked");
    expect(attemptsOf(left.headers)).toEqual(["weak/m:invalid_output:200", "other/m:ok:200"]);
    expect(await left.text()).not.toContain("Par");
    const given = await ask("usual");
    expect(attemptsOf(given.headers)).toEqual(["weak/m:ok:200"]);
    expect(await given.text()).toContain("Par");
  },
);
