// One recorded request put into the words of one protocol: that vendor's SDK sends it as it is, the simulated service, which
// refuses what the real one refuses, takes it, OpenAI's description has nothing to say against it, and read back it asks the
// same. Or the codec names the field that this target cannot serve. Not a test.
import { isDeepStrictEqual } from "node:util";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI, type GenerateContentConfig } from "@google/genai";
import OpenAI from "openai";
import { type ChatRequest, efforts, type Part } from "../../src/core/chat.ts";
import { GatewayFailure } from "../../src/core/failure.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { Protocol, TargetFacts } from "../../src/core/protocol.ts";
import type { EncodedRequest } from "../../src/core/encoded-request.ts";
import { membersOf } from "../../src/protocols/shared/read.ts";
import type { ModelFacts } from "../../src/core/provider.ts";
import { catalog } from "../../src/providers/catalog.ts";
import { unknownFacts } from "../../src/providers/families/family.ts";
import type { Simulator, Vendor } from "../../src/simulator/simulator.ts";
import type { SchemaChecker } from "../support/openapi.ts";
import type { Recording } from "../support/recordings.ts";
import { linesOf, lostFiles, settingsOf, withoutFiles, withoutFillers } from "./asked.test-support.ts";
import { type Four, fourProtocols, protocolsByApi } from "./protocols.test-support.ts";
import type { Told } from "./answer-cells.test-support.ts";

interface Target {
  readonly vendor: Vendor;
  readonly model: string;
}

/** Models that can do as much as any of their vendor's. */
const targets: Readonly<Record<Four, Target>> = {
  "openai-chat": { vendor: "openai", model: "gpt-4o" },
  "openai-responses": { vendor: "openai", model: "gpt-4o" },
  "anthropic-messages": { vendor: "anthropic", model: "claude-opus-4-5" },
  "gemini-generate": { vendor: "google", model: "gemini-3-flash-preview" },
};

export interface Asking {
  readonly recording: Recording;
  readonly to: Four;
  readonly schemas: SchemaChecker | null;
  readonly simulator: Simulator;
}

export async function askRequest(asking: Asking): Promise<Told> {
  const { recording, to } = asking;
  const own = protocolsByApi[recording.api]!;
  const hint = { model: recording.model ?? "m", stream: recording.api === "gemini-stream" };
  const request = own.chat.request.decode(recording.request.body ?? {}, hint);
  // In its own words the request goes on as it came, to the model that it named.
  if (own.name === to) return askSame(request, recording);
  const { vendor, model } = targets[to];
  const target: TargetFacts = { model, facts: catalog.get(vendor)!.facts(model) };
  const asked = target.facts.imageUrls === false ? withPictures(request) : request;
  let encoded: EncodedRequest;
  try {
    encoded = fourProtocols[to].chat.request.encode(asked, target);
  } catch (error) {
    if (error instanceof GatewayFailure && error.code === "unsupported") return { skipped: fieldOf(error) };
    throw error;
  }
  const complaints = await send(encoded.body, asking);
  complaints.push(...describedOtherwise(encoded.body, asking));
  complaints.push(...differencesAcross(asked, encoded, asking));
  return complaints;
}

function fieldOf({ param }: GatewayFailure): string {
  const field = (param ?? "a field without a name").replace(/^messages\[.*/u, "messages");
  return `\`${field}\``;
}

/** Decoded, encoded and decoded again it is the same in every member. */
function askSame(request: ChatRequest, recording: Recording): string[] {
  const own = protocolsByApi[recording.api]!;
  const { body, dropped } = own.chat.request.encode(request, { model: request.model, facts: openFacts(request) });
  const again = own.chat.request.decode(body, { model: request.model, stream: request.stream });
  const complaints = dropped.map((field) => `dropped ${field}`);
  const asks = (one: ChatRequest): unknown => [linesOf(one.messages), settingsOf(one, []), one.reasoning, one.user];
  if (!isDeepStrictEqual(asks(again), asks(request)))
    complaints.push(`asks ${JSON.stringify(asks(again))} instead of ${JSON.stringify(asks(request))}`);
  return complaints;
}

/** A model that takes what this request asks of its thinking. */
function openFacts({ reasoning, extras }: ChatRequest): ModelFacts {
  const budget = { style: "budget", minimum: 0, maximum: 100_000, off: 0 } as const;
  const { effort = null } = reasoning ?? {};
  const open: ModelFacts = { ...unknownFacts, jsonSchema: true, systemMessages: "anywhere" };
  if (extras.protocol === "gemini-generate") {
    return {
      ...open,
      reasoning: effort === null ? budget : { style: "level", levels: ["minimal", "low", "medium", "high"] },
    };
  }
  if (effort === null && reasoning?.budget !== -1) {
    return { ...open, reasoning: reasoning?.budget == null ? open.reasoning : budget };
  }
  return { ...open, reasoning: { style: "adaptive", efforts, off: true } };
}

/** There and back again: what the request asks is the same, but for what the report names. */
function differencesAcross(request: ChatRequest, encoded: EncodedRequest, { recording, to }: Asking): string[] {
  const own = protocolsByApi[recording.api]!;
  const reported = [...encoded.dropped, ...encoded.adapted];
  const there = fourProtocols[to].chat.request.decode(encoded.body, { model: "m", stream: request.stream });
  const files = lostFiles(request.messages, reported);
  const complaints = differences("there", there, { request, reported, files });
  const back = encodeBack(there, own);
  if (back === null) return complaints;
  const again = own.chat.request.decode(back.body, { model: "m", stream: request.stream });
  const all = [...reported, ...back.dropped, ...back.adapted];
  const lost = [...files, ...lostFiles(there.messages, back.dropped)];
  return [...complaints, ...differences("back", again, { request, reported: all, files: lost })];
}

/** Null where this protocol cannot say it: what only a host of it takes, and the older completions, which go as they came. */
function encodeBack(request: ChatRequest, own: Protocol): EncodedRequest | null {
  try {
    return own.chat.request.encode(request, { model: "m", facts: openFacts(request) });
  } catch (error) {
    if (error instanceof GatewayFailure && error.code === "unsupported") return null;
    throw error;
  }
}

function differences(
  way: string,
  found: ChatRequest,
  { request, reported, files }: { request: ChatRequest; reported: readonly string[]; files: readonly string[] },
): string[] {
  const asks = (one: ChatRequest): readonly unknown[] => {
    // A limit is invented where one is demanded, and so are the tools of a history whose calls nobody declares.
    const limit = request.sampling.maxTokens === null ? ["max_tokens"] : [];
    const tools = request.tools.length === 0 ? ["tools", "tool_choice"] : [];
    const messages = withoutFiles(one.messages, files);
    return [withoutFillers(linesOf(messages)), settingsOf(one, [...reported, ...limit, ...tools])];
  };
  const [one, other] = [asks(found), asks(request)];
  return isDeepStrictEqual(one, other)
    ? []
    : [`${way}: asks ${JSON.stringify(one)} instead of ${JSON.stringify(other)} (${reported.join()})`];
}

const png = { kind: "data", mediaType: "image/png", data: "iVBORw0KGgo=" } as const;

/** Where the target does not fetch addresses, the gateway has done it before. */
function withPictures(request: ChatRequest): ChatRequest {
  const change = (part: Part): Part => {
    if (part.type === "tool-result") return { ...part, parts: part.parts.map((one) => change(one) as typeof one) };
    return part.type === "image" && part.source.kind === "url" ? { ...part, source: png } : part;
  };
  const messages = request.messages.map((message) => ({ ...message, parts: message.parts.map(change) }));
  return { ...request, messages };
}

function describedOtherwise(body: JsonObject, { to, schemas }: Asking): string[] {
  const name =
    to === "openai-chat" ? "CreateChatCompletionRequest" : to === "openai-responses" ? "CreateResponse" : null;
  if (name === null || schemas === null) return [];
  return [...new Set(schemas.faults(name, body))].map((fault) => `described otherwise: ${fault}`);
}

/** Through the vendor's own SDK to its simulated service. What the SDK sends must be what it was given. */
async function send(body: JsonObject, { to, simulator }: Asking): Promise<string[]> {
  const { vendor } = targets[to];
  const { baseUrl } = simulator.vendors[vendor];
  let sent: unknown = null;
  const watched: typeof fetch = (input, init) => {
    sent = JSON.parse(init?.body as string);
    return fetch(input, init);
  };
  const key = { apiKey: "key", maxRetries: 0, timeout: 60_000, fetch: watched };
  try {
    if (to === "openai-chat")
      await drain(new OpenAI({ ...key, baseURL: baseUrl }).chat.completions.create(body as never as ChatBody));
    else if (to === "openai-responses")
      await drain(new OpenAI({ ...key, baseURL: baseUrl }).responses.create(body as never as ResponseBody));
    else if (to === "anthropic-messages") {
      const client = new Anthropic({ ...key, baseURL: baseUrl.replace(/\/v1$/u, ""), defaultHeaders: oldVersion });
      await drain(client.messages.create(body as never as MessageBody));
    } else await sendToGemini(body, { baseUrl, watched });
  } catch (error) {
    return [`refused: ${String(error)}`];
  }
  // A body without its undefined members, as it is on the wire.
  const given = JSON.parse(JSON.stringify(body)) as JsonObject;
  const { generationConfig = {}, ...rest } = sent as JsonObject;
  // One of them always sends this member.
  const plain = Object.keys(membersOf(generationConfig)).length === 0 ? rest : sent;
  return isDeepStrictEqual(plain, given)
    ? []
    : [`the SDK sends ${JSON.stringify(sent)} instead of ${JSON.stringify(given)}`];
}

/** A stream is over when it has been read. */
async function drain(answer: PromiseLike<unknown>): Promise<void> {
  const given = await answer;
  if (typeof given === "object" && given !== null && Symbol.asyncIterator in given)
    await Array.fromAsync(given as AsyncIterable<unknown>);
}

type ChatBody = OpenAI.ChatCompletionCreateParamsNonStreaming;
type ResponseBody = OpenAI.Responses.ResponseCreateParamsNonStreaming;
type MessageBody = Anthropic.MessageCreateParamsNonStreaming;
/** Settings that the newest version refuses are for older models, which still take the older one. */
const oldVersion = { "anthropic-version": "2023-06-01" };

/** This SDK has parameters of its own: what the body has in `generationConfig` stands beside the rest in `config`. */
async function sendToGemini(
  body: JsonObject,
  { baseUrl, watched }: { baseUrl: string; watched: typeof fetch },
): Promise<void> {
  const { contents, generationConfig, ...rest } = body;
  const config = { ...rest, ...membersOf(generationConfig) } as GenerateContentConfig;
  const client = new GoogleGenAI({
    apiKey: "key",
    httpOptions: { baseUrl: baseUrl.replace(/\/v1beta$/u, ""), fetch: watched },
  });
  const { model } = targets["gemini-generate"];
  await client.models.generateContent({ model, contents: contents as never, config });
}
