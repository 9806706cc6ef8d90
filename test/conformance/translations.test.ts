// Recorded requests of Gemini's and Anthropic's own clients, put into the words of GPT-4o and Claude: the simulated service
// takes them, or the codec says which field that target cannot serve. The lines of the flagship check list that only a
// client of Gemini's can bring about are looked at one by one.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GatewayFailure } from "../../src/core/failure.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { Protocol } from "../../src/core/protocol.ts";
import type { EncodedRequest } from "../../src/core/encoded-request.ts";
import { startSimulator } from "../../src/simulator/index.ts";
import { catalog } from "../../src/providers/catalog.ts";
import type { Simulator, Vendor } from "../../src/simulator/simulator.ts";
import { readRecordings, type Recording, recordingsMissing } from "../support/recordings.ts";
import { protocolsByApi } from "./protocols.test-support.ts";

interface Target {
  readonly vendor: Vendor;
  readonly model: string;
  readonly protocol: Protocol;
}

const gpt4o: Target = { vendor: "openai", model: "gpt-4o", protocol: protocolsByApi["openai-chat"]! };
const claude: Target = {
  vendor: "anthropic",
  model: "claude-sonnet-4-5",
  protocol: protocolsByApi["anthropic-messages"]!,
};

function encode(body: JsonObject, api: string, target: Target): EncodedRequest {
  const row = catalog.get(target.vendor)!;
  const request = protocolsByApi[api]!.chat.request.decode(body, { model: "m", stream: api === "gemini-stream" });
  return target.protocol.chat.request.encode(request, { model: target.model, facts: row.facts(target.model) });
}

const toGpt4o = (body: JsonObject): EncodedRequest => encode(body, "gemini-generate", gpt4o);
const messagesOf = ({ body }: EncodedRequest): JsonObject[] => body["messages"] as unknown as JsonObject[];
const said = (...parts: JsonObject[]): JsonObject => ({ role: "user", parts });
const called = (...parts: JsonObject[]): JsonObject => ({ role: "model", parts });

describe("a Gemini client → GPT-4o", () => {
  test("topK, safety settings and thinking are dropped and reported", () => {
    const { body, dropped } = toGpt4o({
      contents: [said({ text: "hi" })],
      safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "OFF" }],
      generationConfig: { topK: 40, temperature: 0.5, thinkingConfig: { thinkingBudget: 1024, includeThoughts: true } },
    });
    expect(body).toEqual({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }], temperature: 0.5 });
    expect(dropped.toSorted()).toEqual(["reasoning_effort", "safetySettings", "top_k"]);
  });

  test("schemas in capitals are lower-cased, numbers as text are numbers", () => {
    const parameters = {
      type: "OBJECT",
      properties: { tags: { type: "ARRAY", items: { type: "STRING", nullable: true }, minItems: "1" } },
      required: ["tags"],
    };
    const { body } = toGpt4o({
      contents: [said({ text: "hi" })],
      tools: [{ functionDeclarations: [{ name: "tag", parameters }] }],
    });
    expect(JSON.stringify(body["tools"])).not.toMatch(/OBJECT|ARRAY|STRING|nullable|"1"/u);
    expect(body["tools"]).toMatchObject([
      {
        type: "function",
        function: { name: "tag", parameters: { type: "object", properties: { tags: { type: "array", minItems: 1 } } } },
      },
    ]);
  });

  test("signatures and thoughts stay behind; results are one message each, in the calls' order, ids at most 40 long", () => {
    const id = "x".repeat(90);
    const encoded = toGpt4o({
      contents: [
        said({ text: "hi" }),
        called(
          { text: "hm", thought: true, thoughtSignature: "c2ln" },
          { functionCall: { id, name: "a", args: { n: 1 } }, thoughtSignature: "c2ln" },
          { functionCall: { name: "b", args: {} } },
          { functionCall: { name: "b", args: {} } },
        ),
        said(
          { functionResponse: { name: "b", response: { output: "one" } } },
          { functionResponse: { id, name: "a", response: { found: 2 } } },
          { functionResponse: { name: "b", response: { error: "no" } } },
        ),
      ],
    });
    const [, assistant, ...results] = messagesOf(encoded);
    const ids = ((assistant?.["tool_calls"] ?? []) as unknown as JsonObject[]).map((call) => call["id"] as string);
    expect(ids.every((one) => /^[\w-]{1,40}$/u.test(one))).toBe(true);
    expect(new Set(ids).size).toBe(3);
    expect(results).toEqual([
      { role: "tool", tool_call_id: ids[0], content: '{"found":2}' },
      { role: "tool", tool_call_id: ids[1], content: "one" },
      { role: "tool", tool_call_id: ids[2], content: '{"error":"no"}' },
    ]);
    expect(JSON.stringify(encoded.body)).not.toMatch(/c2ln|hm/u);
  });

  test("inline pictures and documents go inline; a picture by address goes by address", () => {
    const [message] = messagesOf(
      toGpt4o({
        contents: [
          said(
            { inlineData: { mimeType: "image/png", data: "iVBORw==" } },
            { fileData: { mimeType: "image/jpeg", fileUri: "https://x.example/a.jpg" } },
            { inlineData: { mimeType: "application/pdf", data: "JVBERi0=" } },
          ),
        ],
      }),
    );
    expect(message?.["content"]).toEqual([
      { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw==" } },
      { type: "image_url", image_url: { url: "https://x.example/a.jpg" } },
      { type: "file", file: { filename: "document.pdf", file_data: "data:application/pdf;base64,JVBERi0=" } },
    ] satisfies Json);
  });

  test.each([
    ["video", { inlineData: { mimeType: "video/mp4", data: "AAAA" } }],
    ["sound", { inlineData: { mimeType: "audio/wav", data: "AAAA" } }],
  ])("%s: this target is skipped", (_name, part) => {
    const asked = (): unknown => toGpt4o({ contents: [said({ text: "What is it?" }, part)] });
    expect(asked).toThrowError(expect.objectContaining({ code: "unsupported", param: "messages" }) as Error);
  });

  test.each([
    ["a video by address", { fileData: { mimeType: "video/mp4", fileUri: "https://youtu.be/x" } }],
    ["a file of Google's", { fileData: { mimeType: "application/pdf", fileUri: "gs://bucket/a.pdf" } }],
  ])("%s is a remark beside words, and is reported", (_name, part) => {
    const encoded = toGpt4o({ contents: [said({ text: "What is it?" }, part)] });
    expect(messagesOf(encoded)[0]?.["content"]).toEqual([
      { type: "text", text: "What is it?" },
      { type: "text", text: "[A file cannot be shown here.]" },
    ] satisfies Json);
    expect(encoded.dropped).toEqual(["contents[0].parts[1].fileData.fileUri"]);
  });
});

/** Fields that a target cannot serve, by the recording's id. */
const lacks: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "gemini-generate → gpt-4o": {
    "gemini.ash-creates-uses-extends-and-deletes-a-cache.299062ff": "cachedContent",
  },
  "gemini-stream → gpt-4o": {
    "gemini.use-streaming.ab1c69cd": "cachedContent",
  },
  "anthropic-messages → gpt-4o": {},
  "gemini-generate → claude": {
    "gemini.ash-creates-uses-extends-and-deletes-a-cache.299062ff": "cachedContent",
    "gemini.text-response-across-two-candidates.ad2b3197": "n",
  },
  "gemini-stream → claude": {
    "gemini.use-streaming.ab1c69cd": "cachedContent",
  },
};

const ways = Object.keys(lacks).map((way) => ({
  way,
  api: way.split(" ")[0] ?? "",
  target: way.endsWith("gpt-4o") ? gpt4o : claude,
}));

describe.skipIf(recordingsMissing !== "")(`recorded requests of other protocols ${recordingsMissing}`, () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(() => simulator.close());

  async function ask(body: JsonObject, { vendor, model, protocol }: Target): Promise<string | null> {
    const response = await fetch(simulator.vendors[vendor].baseUrl + protocol.egress.path(model, false), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer key", "anthropic-version": "2023-06-01" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return response.status === 200 ? null : `the vendor says: ${text}`;
  }

  async function outcome(recording: Recording, target: Target): Promise<string | null> {
    try {
      return await ask(encode(recording.request.body ?? {}, recording.api, target).body, target);
    } catch (error) {
      if (error instanceof GatewayFailure && error.code === "unsupported") return error.param;
      throw error;
    }
  }

  test.each(ways)("$way", async ({ way, api, target }) => {
    const found: Record<string, string> = {};
    for (const recording of readRecordings(api)) {
      // What the vendor itself refused proves nothing.
      if (recording.request.body === null || recording.response.status >= 400) continue;
      const reason = await outcome(recording, target);
      if (reason !== null) found[recording.id.replace(`${api}.`, "")] = reason;
    }
    expect(found).toEqual(lacks[way]);
  });
});
