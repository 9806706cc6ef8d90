// What clients of the four protocols send to the gateway, and how their SDKs read the answers: a chat, a stream, and a tool
// that is called, answered and told of. Not a test.
import type { JsonObject } from "../../../src/core/json.ts";
import type { Gateway } from "../../../src/index.ts";
import { ears } from "../ears.test-support.ts";
import type { Four } from "../protocols.test-support.ts";
import { nothing, type Said } from "../said.test-support.ts";
import { listOf, recordOf } from "./host-rules.test-support.ts";

export interface Heard {
  readonly said: Said;
  readonly usage: readonly [number, number] | null;
  readonly json: JsonObject | null;
  readonly headers: Headers;
}

/** The gateway's refusal, or its stream's error. */
export class Refused extends Error {
  override readonly name: string = "Refused";
  readonly status: number;
  readonly headers: Headers;

  constructor(status: number, text: string, headers: Headers) {
    super(`${status} ${text.slice(0, 300)}`);
    this.status = status;
    this.headers = headers;
  }
}

interface Way {
  readonly path: (route: string, stream: boolean) => string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `history`: after the first question. */
  readonly body: (route: string, history: readonly JsonObject[], stream: boolean) => JsonObject;
  readonly tool: JsonObject;
  /** The answer with its call, and the result. */
  readonly afterCall: (answer: JsonObject, said: Said) => readonly JsonObject[];
}

const question = "What is the weather in Paris?";
const system = "You are a weather service.";
const result = "18 degrees and sunny";
const parameters = {
  type: "object",
  properties: { city: { type: "string", description: "The city." } },
  required: ["city"],
};
const described = { name: "get_weather", description: "The weather in a city." };

export const ways: Readonly<Record<Four, Way>> = {
  "openai-chat": {
    path: () => "/v1/chat/completions",
    body: (model, history, stream) => ({
      model,
      messages: [{ role: "system", content: system }, { role: "user", content: question }, ...history],
      ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
    }),
    tool: { tools: [{ type: "function", function: { ...described, parameters } }] },
    afterCall: (answer, { calls }) => [
      recordOf(listOf(answer["choices"])[0]?.["message"]),
      ...calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: result })),
    ],
  },
  "openai-responses": {
    path: () => "/v1/responses",
    body: (model, history, stream) => ({
      model,
      instructions: system,
      input: [{ role: "user", content: question }, ...history],
      store: false,
      ...(stream ? { stream } : {}),
    }),
    tool: { tools: [{ type: "function", ...described, parameters, strict: false }] },
    afterCall: (answer, { calls }) => [
      ...listOf(answer["output"]),
      ...calls.map(({ id }) => ({ type: "function_call_output", call_id: id, output: result })),
    ],
  },
  "anthropic-messages": {
    path: () => "/v1/messages",
    headers: { "anthropic-version": "2023-06-01" },
    body: (model, history, stream) => ({
      model,
      system,
      max_tokens: 300,
      messages: [{ role: "user", content: question }, ...history],
      ...(stream ? { stream } : {}),
    }),
    tool: { tools: [{ ...described, input_schema: parameters }] },
    afterCall: (answer, { calls }) => [
      { role: "assistant", content: answer["content"] ?? [] },
      {
        role: "user",
        content: calls.map(({ id }) => ({ type: "tool_result", tool_use_id: id, content: result })),
      },
    ],
  },
  "gemini-generate": {
    path: (model, stream) => `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: (_model, history) => ({
      systemInstruction: { parts: [{ text: system }] },
      contents: [{ role: "user", parts: [{ text: question }] }, ...history],
    }),
    tool: {
      tools: [
        {
          functionDeclarations: [
            { ...described, parameters: { ...parameters, type: "OBJECT", properties: { city: { type: "STRING" } } } },
          ],
        },
      ],
    },
    afterCall: (answer, { calls }) => [
      recordOf(listOf(answer["candidates"])[0]?.["content"]),
      {
        role: "user",
        parts: calls.map(({ name, id }) => ({
          functionResponse: { ...(id === "" ? {} : { id }), name, response: { output: result } },
        })),
      },
    ],
  },
};

export interface Talk {
  readonly gateway: Gateway;
  /** The route that is the row's only target. */
  readonly route: string;
}

/** One request of that client, read by its SDK. Throws Refused. */
export async function ask(
  { gateway, route }: Talk,
  client: Four,
  {
    stream = false,
    history = [],
    more = {},
  }: { stream?: boolean; history?: readonly JsonObject[]; more?: JsonObject } = {},
): Promise<Heard> {
  const { path, body, headers = {} } = ways[client];
  const response = await gateway.fetch(`http://gateway${path(route, stream)}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ ...body(route, history, stream), ...more }),
  });
  const text = await response.text();
  if (!response.ok) throw new Refused(response.status, text, response.headers);
  const json = stream ? null : (JSON.parse(text) as JsonObject);
  const heard = await (json === null ? ears[client].stream(text) : ears[client].whole(json)).catch((error: unknown) => {
    throw new Refused(200, error instanceof Error ? error.message : String(error), response.headers);
  });
  const counts = heard.usage === null ? null : ([heard.usage[0], heard.usage[1]] as const);
  return { said: heard.choices.get(0) ?? nothing(), usage: counts, json, headers: response.headers };
}
