// Clients of every protocol as small readers: each asks one question through its vendor's official SDK and tells what came of
// it in words that all share, so that one expectation holds for them all. A second ending is thrown, never passed over.
import Anthropic from "@anthropic-ai/sdk";
import { ApiError, GoogleGenAI, type GenerateContentResponse } from "@google/genai";
import OpenAI from "openai";
import { ask as askChat, type Outcome, verdictIn } from "../support/outcome.ts";

export interface Question {
  /** `http://127.0.0.1:PORT` of the gateway. */
  readonly url: string;
  readonly model: string;
  readonly streamed: boolean;
  /** Whether calls of a tool are asked for, or words. */
  readonly calls: boolean;
}

/** Rejects on two endings, on none, and on what the SDK does not raise as its own error. */
type Client = (question: Question) => Promise<Outcome>;

const SEA = "Tell me about the sea.";
const CALLS = "Look up the sea and the moon";
const parameters = { type: "object" as const, properties: { what: { type: "string" } }, required: ["what"] };

/** What a stream has brought so far; of calls, something that is not blank. */
interface Reading {
  text: string;
  /** One for each ending that was seen, in the shared words. */
  readonly finishes: string[];
}

/** The client's own error, or null where it is none of its. */
type ReadError = (error: unknown) => { readonly status: number | undefined; readonly code: string | null } | null;

/** The one ending of `read`, which fills what it is given; an SDK's error after that is an interruption. */
async function readToTheEnd(read: (reading: Reading) => Promise<void>, readError: ReadError): Promise<Outcome> {
  const reading: Reading = { text: "", finishes: [] };
  try {
    await read(reading);
  } catch (error) {
    const known = readError(error);
    if (known === null) throw error;
    if (reading.finishes.length > 0) throw new Error("an ending and an error: two endings", { cause: error });
    if (reading.text === "") return { kind: "error", ...known };
    return { kind: "interrupted", code: known.code, text: reading.text };
  }
  const [finish, ...more] = reading.finishes;
  if (finish === undefined || more.length > 0) throw new Error(`not one ending: ${reading.finishes.join(", ")}`);
  return { kind: "answer", finish, text: reading.text };
}

const chat: Client = async ({ url, model, streamed, calls }) => {
  const tools = [{ type: "function" as const, function: { name: "look_up", parameters } }];
  const body = calls
    ? { tools, tool_choice: "required" as const, messages: [{ role: "user" as const, content: CALLS }] }
    : { messages: [{ role: "user" as const, content: SEA }] };
  return (await askChat({ url, model, streamed, body })).outcome;
};

const openaiError: ReadError = (error) =>
  error instanceof OpenAI.APIError ? { status: error.status, code: verdictIn(error) } : null;

const responses: Client = ({ url, model, streamed, calls }) => {
  const client = new OpenAI({ apiKey: "unused", baseURL: `${url}/v1`, maxRetries: 0 });
  const tools = [{ type: "function" as const, name: "look_up", parameters, strict: false }];
  const body = calls ? { model, input: CALLS, tools, tool_choice: "required" as const } : { model, input: SEA };
  const finish = (reading: Reading, { status, incomplete_details, output }: OpenAI.Responses.Response): void => {
    const hasCalls = output.some((item) => item.type === "function_call");
    if (status === "completed") reading.finishes.push(hasCalls ? "tool_calls" : "stop");
    else reading.finishes.push(incomplete_details?.reason ?? String(status));
  };
  return readToTheEnd(async (reading) => {
    if (!streamed) {
      const whole = await client.responses.create(body);
      reading.text = whole.output_text;
      finish(reading, whole);
      return;
    }
    for await (const event of await client.responses.create({ ...body, stream: true })) {
      if (event.type === "response.output_text.delta") reading.text += event.delta;
      if (event.type === "response.function_call_arguments.delta") reading.text += event.delta;
      if (event.type === "response.completed" || event.type === "response.incomplete") finish(reading, event.response);
      if (event.type === "response.failed") reading.finishes.push("failed");
    }
  }, openaiError);
};

const anthropicWords: Readonly<Record<string, string>> = {
  end_turn: "stop",
  tool_use: "tool_calls",
  refusal: "content_filter",
};

const anthropicError: ReadError = (error) => {
  if (!(error instanceof Anthropic.APIError)) return null;
  const body = error.error as { error?: { code?: string } } | undefined;
  return { status: error.status as number | undefined, code: body?.error?.code ?? null };
};

const anthropic: Client = ({ url, model, streamed, calls }) => {
  const client = new Anthropic({ apiKey: "unused", baseURL: url, maxRetries: 0 });
  const tools = [{ name: "look_up", input_schema: parameters }];
  const messages = [{ role: "user" as const, content: calls ? CALLS : SEA }];
  const body = {
    model,
    max_tokens: 400,
    messages,
    ...(calls ? { tools, tool_choice: { type: "any" as const } } : {}),
  };
  return readToTheEnd(async (reading) => {
    if (!streamed) {
      const whole = await client.messages.create(body);
      reading.text = whole.content.map((block) => (block.type === "text" ? block.text : "")).join("");
      reading.finishes.push(anthropicWords[whole.stop_reason ?? ""] ?? String(whole.stop_reason));
      return;
    }
    let reason = "";
    for await (const event of await client.messages.create({ ...body, stream: true })) {
      if (event.type === "content_block_delta" && event.delta.type === "text_delta") reading.text += event.delta.text;
      if (event.type === "content_block_start" && event.content_block.type === "tool_use")
        reading.text += event.content_block.name;
      if (event.type === "message_delta") reason = event.delta.stop_reason ?? reason;
      if (event.type === "message_stop") reading.finishes.push(anthropicWords[reason] ?? reason);
    }
  }, anthropicError);
};

/** The SDK keeps the body of an error as text, and adds words before that of one in a stream. */
const geminiError: ReadError = (error) => {
  if (!(error instanceof ApiError)) return null;
  const reason = /"reason":\s*"(\w+)"/u.exec(error.message)?.[1] ?? null;
  return { status: error.status, code: reason?.toLowerCase() ?? null };
};

const gemini: Client = ({ url, model, streamed, calls }) => {
  const client = new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: url } });
  const tools = [{ functionDeclarations: [{ name: "look_up", parametersJsonSchema: parameters }] }];
  const toolConfig = { functionCallingConfig: { mode: "ANY" as never } };
  const body = calls ? { model, contents: CALLS, config: { tools, toolConfig } } : { model, contents: SEA };
  let hasCalls = false;
  const take = (reading: Reading, { candidates, promptFeedback }: GenerateContentResponse): void => {
    const [candidate] = candidates ?? [];
    for (const part of candidate?.content?.parts ?? []) {
      reading.text += part.text ?? "";
      if (part.functionCall === undefined) continue;
      hasCalls = true;
      reading.text += part.functionCall.name ?? "";
    }
    const blocked =
      promptFeedback?.blockReason !== undefined || /SAFETY|PROHIBITED/u.test(candidate?.finishReason ?? "");
    if (blocked) reading.finishes.push("content_filter");
    else if (candidate?.finishReason !== undefined)
      reading.finishes.push(
        candidate.finishReason !== "STOP" ? candidate.finishReason : hasCalls ? "tool_calls" : "stop",
      );
  };
  return readToTheEnd(async (reading) => {
    if (!streamed) take(reading, await client.models.generateContent(body));
    else for await (const slice of await client.models.generateContentStream(body)) take(reading, slice);
  }, geminiError);
};

export const clients: Readonly<Record<string, Client>> = {
  "OpenAI chat": chat,
  "OpenAI Responses": responses,
  Anthropic: anthropic,
  Gemini: gemini,
};
