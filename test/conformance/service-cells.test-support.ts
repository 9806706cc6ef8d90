// Recorded embeddings and counts: a client's SDK reads what a vendor said through the other's codec, and what one client asked
// is taken by the other vendor's simulated service. Not a test.
import { isDeepStrictEqual } from "node:util";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { GatewayFailure } from "../../src/core/failure.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { Protocol } from "../../src/core/protocol.ts";
import { catalog } from "../../src/providers/catalog.ts";
import { membersOf } from "../../src/protocols/shared/read.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import type { SchemaChecker } from "../support/openapi.ts";
import { bodyText, type Recording } from "../support/recordings.ts";
import type { Told } from "./answer-cells.test-support.ts";
import { fourProtocols } from "./protocols.test-support.ts";

export interface Serving {
  readonly recording: Recording;
  readonly schemas: SchemaChecker | null;
  readonly simulator: Simulator;
}

const key = { apiKey: "unused", maxRetries: 0 };
const options = { texts: ["a"], dimensions: null, base64: false, extras: {} };
/** Hosts whose embeddings are neither OpenAI's nor the Gemini API's. */
const strangers: readonly string[] = ["cohere", "vertex"];

export async function embed(serving: Serving): Promise<Told> {
  const { recording } = serving;
  if (strangers.includes(recording.provider)) return { skipped: "the host's own form of embeddings" };
  const protocol = fourProtocols[recording.provider === "gemini" ? "gemini-generate" : "openai-chat"];
  if (recording.response.status >= 300) return raiseError(recording, protocol);
  const complaints = await hearVectors(serving, protocol);
  if (protocol.name === "openai-chat") complaints.push(...(await askGemini(serving)));
  return complaints;
}

/** OpenAI's SDK reads the vendor's vectors; it asks for base64 and gives its users numbers. */
async function hearVectors({ recording, schemas }: Serving, protocol: Protocol): Promise<string[]> {
  const decoded = protocol.operations.embeddings!.response.decode(recording.response.body ?? null, null);
  if ("verdict" in decoded) return [decoded.message];
  const { response } = fourProtocols["openai-chat"].operations.embeddings!;
  const complaints: string[] = [];
  for (const base64 of [false, true]) {
    const body = response.encode(decoded, { ...options, base64 });
    if (base64 === false && body["usage"] !== undefined)
      complaints.push(...(schemas?.faults("CreateEmbeddingResponse", body) ?? []));
    const sdk = new OpenAI({ ...key, fetch: () => Promise.resolve(Response.json(body)) });
    const answer = await sdk.embeddings.create({
      model: "m",
      input: "a",
      ...(base64 ? {} : { encoding_format: "float" }),
    });
    const wanted = decoded.vectors.map((vector) => Float32Array.from(numbersOf(vector)));
    const found = answer.data.map(({ embedding }) => Float32Array.from(embedding));
    if (!isDeepStrictEqual(found, wanted)) complaints.push(`other vectors (base64: ${base64})`);
    const tokens = decoded.usage?.input ?? null;
    if (tokens !== null && answer.usage.prompt_tokens !== tokens) complaints.push("other tokens");
  }
  return complaints;
}

function numbersOf(vector: readonly number[] | string): Iterable<number> {
  if (typeof vector !== "string") return vector;
  const bytes = Buffer.from(vector, "base64");
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}

async function askGemini({ recording, simulator }: Serving): Promise<string[]> {
  const client = fourProtocols["openai-chat"].operations.embeddings!.request;
  try {
    const request = client.decode(recording.request.body ?? {}, { model: "m", variant: null });
    const { path, body } = fourProtocols["gemini-generate"].operations.embeddings!.request.encode!(
      request,
      "gemini-embedding-001",
    );
    return await post(simulator.vendors.google.baseUrl + path, body);
  } catch (error) {
    // Tokens instead of texts: no other vendor can read them.
    if (error instanceof GatewayFailure && error.code === "unsupported" && error.param === "input") return [];
    throw error;
  }
}

async function post(url: string, body: JsonObject): Promise<string[]> {
  const headers = { "content-type": "application/json", authorization: "Bearer key", "x-goog-api-key": "key" };
  const answer = await fetch(url, {
    method: "POST",
    headers: { ...headers, "anthropic-version": "2023-06-01" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return answer.status === 200 ? [] : [`refused: ${text}`];
}

async function raiseError({ response, ...recording }: Recording, protocol: Protocol): Promise<string[]> {
  const { status, headers } = response;
  const failure = protocol.failure.decode(status, headers, bodyText({ response, ...recording }));
  const raised = new GatewayFailure(failure.message, { code: failure.verdict, status });
  const body = fourProtocols["openai-chat"].failure.encode(raised, "req_1");
  const sdk = new OpenAI({ ...key, fetch: () => Promise.resolve(Response.json(body, { status })) });
  const error = await sdk.embeddings.create({ model: "m", input: "a" }).then(
    () => null,
    (one: unknown) => one as { status?: number },
  );
  return error?.status === status ? [] : [`raised ${JSON.stringify(error)}`];
}

const counters = {
  anthropic: { own: "anthropic-messages", other: "gemini-generate", vendor: "google", model: "gemini-3-flash-preview" },
  gemini: { own: "gemini-generate", other: "anthropic-messages", vendor: "anthropic", model: "claude-sonnet-4-5" },
} as const;

/** The request to be counted is one that the other vendor would answer, and the SDK reads the count. */
export async function count({ recording, simulator }: Serving): Promise<Told> {
  const { own, other, vendor, model } = counters[recording.provider === "anthropic" ? "anthropic" : "gemini"];
  const protocol = fourProtocols[own];
  if (recording.response.status >= 300) {
    const { status, headers } = recording.response;
    const { verdict } = protocol.failure.decode(status, headers, bodyText(recording));
    return verdict === "unknown_model" ? [] : [`judged ${verdict}`];
  }
  const operation = protocol.operations.count!;
  const { chat } = operation.request.decode(recording.request.body ?? {}, { model: "m", variant: null });
  const target = fourProtocols[other];
  const { body } = target.chat.request.encode(chat, { model, facts: catalog.get(vendor)!.facts(model) });
  const complaints = await post(simulator.vendors[vendor].baseUrl + target.egress.path(model, false), body);
  const { input_tokens: input, totalTokens: total } = membersOf(recording.response.body);
  const tokens = Number(input ?? total);
  if ((await hearCount(own, operation.response.encode({ tokens, model: "", usage: null }, { chat }))) !== tokens)
    complaints.push("another count");
  return complaints;
}

async function hearCount(own: "anthropic-messages" | "gemini-generate", body: JsonObject): Promise<number | undefined> {
  const fetch = (): Promise<Response> => Promise.resolve(Response.json(body));
  if (own === "anthropic-messages") {
    const messages = [{ role: "user" as const, content: "hi" }];
    return (await new Anthropic({ ...key, fetch }).messages.countTokens({ model: "m", messages })).input_tokens;
  }
  const client = new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: "http://gateway.test", fetch } });
  return (await client.models.countTokens({ model: "m", contents: "hi" })).totalTokens;
}
