// Whatever a client writes, at every vendor: each word of it is in the body that the vendor gets, or the report names the place
// where it stood, or the vendor is not asked. And what it gets it takes.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GatewayFailure } from "../../src/core/failure.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { TargetFacts, TargetProtocol } from "../../src/core/protocol.ts";
import type { EncodedRequest } from "../../src/core/encoded-request.ts";
import { bedrockConverse } from "../../src/protocols/bedrock-converse/protocol.ts";
import { catalog } from "../../src/providers/catalog.ts";
import { checkRequest as checkMessages } from "../../src/simulator/anthropic/check-request.ts";
import { checkConverseRequest } from "../../src/simulator/clouds/converse-request.ts";
import { checkRequest as checkGenerate } from "../../src/simulator/gemini/check-request.ts";
import { modelTraits } from "../../src/simulator/gemini/models.ts";
import { checkRequest as checkChat } from "../../src/simulator/openai/check-request.ts";
import { checkConversation, checkInput } from "../../src/simulator/openai/responses/check-input.ts";
import { checkResponsesRequest } from "../../src/simulator/openai/responses/check-request.ts";
import { drawBody, type Written } from "./draw-body.test-support.ts";
import { type Four, four, fourProtocols } from "./protocols.test-support.ts";

/** The four, and the protocol that only targets speak. */
type Asked = Four | "bedrock-converse";
const askedProtocols: Readonly<Record<Asked, TargetProtocol>> = {
  ...fourProtocols,
  "bedrock-converse": bedrockConverse,
};

const models: Readonly<Record<Asked, readonly [provider: string, model: string]>> = {
  "bedrock-converse": ["bedrock", "us.amazon.nova-2-lite-v1:0"],
  "openai-chat": ["openai", "gpt-4o"],
  "openai-responses": ["openai", "gpt-4o"],
  "anthropic-messages": ["anthropic", "claude-sonnet-4-5"],
  "gemini-generate": ["google", "gemini-3-flash-preview"],
};

function targetOf(to: Asked): TargetFacts {
  const [provider, model] = models[to];
  return { model, facts: catalog.get(provider)!.facts(model) };
}

/** Null where this vendor is not asked. */
function encode(body: JsonObject, from: Four, to: Asked): EncodedRequest | null {
  const request = fourProtocols[from].chat.request.decode(body, { model: "drawn", stream: false });
  try {
    return askedProtocols[to].chat.request.encode(request, targetOf(to));
  } catch (error) {
    if (error instanceof GatewayFailure && error.code === "unsupported") return null;
    throw error;
  }
}

/** A text document may travel as bytes. */
function arrives({ word }: Written, sent: string): boolean {
  return sent.includes(word) || sent.includes(Buffer.from(word).toString("base64"));
}

/** What all protocols have is reported by the names that OpenAI's chat gives it. */
const aliases: Readonly<Record<string, string>> = {
  stop_sequences: "stop",
  stopSequences: "stop",
  output: "content",
  parts: "content",
  contents: "messages",
  systemInstruction: "messages",
};
const steps = (path: string): string[] =>
  path
    .replaceAll(/\[\d+\]/gu, "")
    .split(".")
    .map((step) => aliases[step] ?? step)
    // Gemini's clients write either.
    .map((step) => step.replaceAll(/_([a-z])/gu, (_mark, letter: string) => letter.toUpperCase()));

/** The entry is the place, or something that it stands in; or names that stand together in it. */
function names(entry: string, { place, kind }: Written): boolean {
  if (kind === "thought") return /reasoning|thinking/u.test(entry);
  if (place.startsWith(entry) && /^(?:$|[.[])/u.test(place.slice(entry.length))) return true;
  if (/\[\d+\]/u.test(entry)) return false;
  const [named, path] = [steps(entry), steps(place)];
  return path.some((_step, at) => named.every((step, index) => path[at + index] === step));
}

/** What the simulated service says to it: nothing where it takes it. */
const judges: Readonly<Record<Asked, (body: JsonObject) => unknown>> = {
  "bedrock-converse": (body) => checkConverseRequest(body),
  "openai-chat": (body) => checkChat(body),
  "openai-responses": (body) => {
    checkResponsesRequest(body);
    checkConversation(checkInput(body["input"]));
  },
  "anthropic-messages": (body) => checkMessages(body, { version: "2026-10-21", betas: new Set() }),
  "gemini-generate": (body) => checkGenerate(body, modelTraits(models["gemini-generate"][1])!),
};

function complaintOf(to: Asked, body: JsonObject): string | null {
  try {
    judges[to](JSON.parse(JSON.stringify(body)) as JsonObject);
    return null;
  } catch (complaint) {
    return JSON.stringify(
      complaint,
      Object.getOwnPropertyNames(complaint).filter((name) => name !== "stack"),
    );
  }
}

const asked = Object.keys(askedProtocols) as readonly Asked[];
const pairs = four.flatMap((from) => asked.map((to) => ({ from, to })));

describe("a word is carried, or its loss is reported", () => {
  test.each(pairs)("$from → $to", ({ from, to }) => {
    let [asked, drawn] = [0, 0];
    fc.assert(
      fc.property(drawBody(from), ({ body, written }) => {
        drawn += 1;
        const encoded = encode(body, from, to);
        if (encoded === null) return;
        asked += 1;
        const sent = JSON.stringify(encoded.body);
        const lost = written.filter(
          (one) => !arrives(one, sent) && !encoded.dropped.some((entry) => names(entry, one)),
        );
        expect(lost.filter(({ kind }) => kind !== "user")).toEqual([]);
        // Its own clients may send what it refuses.
        if (from !== to) expect(complaintOf(to, encoded.body)).toBeNull();
      }),
      { numRuns: 150 },
    );
    expect(asked / drawn).toBeGreaterThan(0.4);
  });
});
