// A fault in one of the gateway's own codecs, in any function and at any call of it, is one more reason to ask the next
// target. Once the client has content it is one error in the stream. It never ends a call without an answer, an error, or
// an entry in the ledger.
import fc from "fast-check";
import { expect, test } from "vitest";
import "../support/fixed-seed.ts";
import type { StreamEvent } from "../../src/core/event.ts";
import type { Reply } from "../../src/core/exchange.ts";
import { BrokenAnswer } from "../../src/core/failure.ts";
import type { Transport } from "../../src/core/transport.ts";
import { createSystemClock } from "../../src/system-clock.ts";
import type { ConfigFile } from "../../src/config/config-file.ts";
import { resolveConfig } from "../../src/config/resolve-config.ts";
import { Canceller } from "../../src/domain/cancellation.ts";
import { createSseParser } from "../../src/domain/sse.ts";
import { handleRequests } from "../../src/gateway.ts";
import { protocols } from "../../src/protocols/index.ts";
import { catalog } from "../../src/providers/catalog.ts";
import { wireParts } from "../../src/wire.ts";
import { type Fault, plantable, plantFault } from "../support/planted-codecs.ts";
import { growRequest, type ClientProtocol } from "../support/growing-requests.ts";

const names: readonly ClientProtocol[] = ["openai-chat", "openai-responses", "anthropic-messages", "gemini-generate"];
/** A target of each protocol, at each of two hosts. */
const kinds = {
  "openai-chat": { kind: "openai", protocol: "chat" },
  "openai-responses": { kind: "openai", protocol: "responses" },
  "anthropic-messages": { kind: "anthropic" },
  "gemini-generate": { kind: "google" },
} as const;
const models = {
  "openai-chat": "gpt-4o",
  "openai-responses": "gpt-4o",
  "anthropic-messages": "claude-sonnet-4-5",
  "gemini-generate": "gemini-2.5-flash",
} as const;

const WORDS = ["One two three. ", "Four five six seven. ", "Eight nine ten eleven twelve."];
const usage = { input: 3, output: 9, cacheRead: null, cacheWrite: null, reasoning: null };
const answerEvents: readonly StreamEvent[] = [
  { type: "start", id: "answer-1", model: "m", created: 1 },
  ...WORDS.map((text): StreamEvent => ({ type: "text-delta", choice: 0, text })),
  { type: "finish", choice: 0, reason: "stop", raw: null },
  { type: "usage", usage },
];
const options = { id: "answer-1", created: 1, includeUsage: true, tools: [] };

/** Of the first target; the others answer. */
type Behaviour = "answers" | "breaks off" | "fails" | "fails like all others";

function vendorBytes(name: ClientProtocol, streamed: boolean, behaviour: Behaviour): Uint8Array[] {
  const { chat } = protocols[name];
  if (!streamed) {
    const parts = [{ type: "text" as const, text: WORDS.join("") }];
    const choice = { index: 0, parts, finish: "stop" as const, rawFinish: null, stopSequence: null, logprobs: null };
    const extras = { protocol: name, fields: {} };
    const response = { id: "answer-1", model: "m", created: 1, choices: [choice], usage, extras };
    return [Buffer.from(JSON.stringify(chat.response.encode(response, options)))];
  }
  const encoder = chat.stream.encoder(options);
  const frames = answerEvents.map((event) => encoder.step([event]));
  const pieces = behaviour === "breaks off" ? frames.slice(0, 3) : [...frames, encoder.end()];
  return pieces.filter((piece) => piece !== "").map((piece) => Buffer.from(piece));
}

interface Play {
  readonly client: ClientProtocol;
  readonly first: ClientProtocol;
  readonly second: ClientProtocol;
  readonly streamed: boolean;
  readonly behaviour: Behaviour;
  readonly fault: Fault;
}

function transportOf({ first, second, streamed, behaviour }: Play): Transport {
  return {
    async send(request) {
      request.onSent();
      const isFirst = request.origin.includes("first");
      const fails = (isFirst && behaviour === "fails") || behaviour === "fails like all others";
      const failed = [
        Buffer.from('{"error":{"message":"overloaded","type":"overloaded_error","status":"UNAVAILABLE"}}'),
      ];
      const pieces = fails ? failed : vendorBytes(isFirst ? first : second, streamed, isFirst ? behaviour : "answers");
      const type = streamed && !fails ? "text/event-stream" : "application/json";
      const next = async (): Promise<Uint8Array | null> => pieces.shift() ?? null;
      return { status: fails ? 503 : 200, headers: { "content-type": type }, body: { next, cancel: () => {} } };
    },
    close: async () => {},
  };
}

interface Heard {
  readonly status: number;
  readonly text: string;
  readonly failures: number;
  readonly complete: boolean;
  /** The connection was cut. */
  readonly broken: boolean;
  /** Whole or not, as JSON or frames of the client's protocol. */
  readonly readable: boolean;
}

async function hear(reply: Reply, { client, streamed }: Play): Promise<Heard> {
  const { body, status } = reply;
  const whole = typeof body === "string" || body instanceof Uint8Array ? Buffer.from(body as string).toString() : null;
  const nothing = { status, text: "", failures: 0, complete: false, broken: false, readable: true };
  if (whole !== null) {
    const json = JSON.parse(whole) as never;
    if (status !== 200) return { ...nothing, failures: 1 };
    const decoded = protocols[client].chat.response.decode(json);
    if ("verdict" in decoded || streamed) return { ...nothing, readable: false };
    const text = decoded.choices.flatMap(({ parts }) => parts.map((part) => (part.type === "text" ? part.text : "")));
    return { ...nothing, text: text.join(""), complete: true };
  }
  if (body === null || !(typeof body === "object" && "next" in body)) return { ...nothing, readable: false };
  const decoder = protocols[client].chat.stream.decoder();
  const parser = createSseParser();
  const events: StreamEvent[] = [];
  let broken = false;
  try {
    for (let piece = await body.next(); piece !== null; piece = await body.next())
      for (const frame of parser.push(Buffer.from(piece as string)).frames) events.push(...decoder.step(frame));
  } catch (error) {
    if (!(error instanceof BrokenAnswer)) throw error;
    broken = true;
  }
  events.push(...decoder.end());
  const failures = events.filter(({ type }) => type === "failure").length;
  const complete = events.some(({ type }) => type === "finish");
  const text = events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
  return { ...nothing, text, failures, complete, broken };
}

async function play(one: Play): Promise<{ heard: Heard; thrown: number; verdicts: (string | null)[]; told: string }> {
  const { client, first, second, streamed, fault } = one;
  const provider = (name: string, kind: ClientProtocol): object => ({
    ...kinds[kind],
    base_url: `https://${name}.test/v1`,
    api_key: `${name}-key`,
  });
  const data = {
    providers: {
      first: provider("first", first),
      second: provider("second", second),
      third: provider("third", second),
    },
    routes: {
      main: {
        fallback: [`first/${models[first]}`, `second/${models[second]}`, `third/${models[second]}`],
        retry: { attempts: 0 },
      },
    },
  };
  const raw = { data, name: "play", lineOf: () => null };
  const { rules } = resolveConfig(raw, { catalog, environment: {} }, (config) => config as ConfigFile);
  const warnings: string[] = [];
  const planted = plantFault(protocols, fault);
  const state = { rules, draining: false };
  const parts = wireParts(state, {
    clock: createSystemClock(),
    transport: transportOf(one),
    warn: (text) => void warnings.push(text),
    log: () => {},
  });
  const handle = handleRequests({ ...parts, protocols: planted.protocols });
  const { path, body } = growRequest("messages of one role", 1, { protocol: client, model: "main" });
  const asStream = streamed && client !== "gemini-generate" ? { stream: true } : {};
  const request = {
    method: "POST",
    path: streamed ? path.replace(":generateContent", ":streamGenerateContent") : path,
    query: streamed && client === "gemini-generate" ? "alt=sse" : "",
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ ...body, ...asStream })),
  };
  const heard = await hear(await handle(request, new Canceller()), one);
  const verdicts = parts.ledger.recent(10).map(({ verdict }) => verdict);
  await parts.closeAll();
  return { heard, thrown: planted.thrown(), verdicts, told: warnings.join("\n") };
}

/** A function, and the protocol that it belongs to. */
const drawFunction = fc.oneof(
  fc.record({ whose: fc.constant("client" as const), name: fc.constantFrom(...plantable.client) }),
  fc.record({
    whose: fc.constantFrom("first" as const, "second" as const),
    name: fc.constantFrom(...plantable.target),
  }),
);

const drawPlay: fc.Arbitrary<Play> = fc
  .record({
    client: fc.constantFrom(...names),
    first: fc.constantFrom(...names),
    second: fc.constantFrom(...names),
    streamed: fc.boolean(),
    behaviour: fc.constantFrom<Behaviour>("answers", "answers", "breaks off", "fails", "fails like all others"),
    planted: drawFunction,
    call: fc.constantFrom(1, 1, 2, 3, 4, 5),
    forever: fc.boolean(),
  })
  .map(({ planted: { whose, name }, call, forever, streamed, ...play }) => ({
    ...play,
    streamed: name.startsWith("stream") || (streamed && !name.startsWith("response")),
    fault: { where: `${play[whose]} ${name}`, call, forever },
  }));

test("F2, F14: a fault in a codec leads to the next target, or to one error", async () => {
  let planted = 0;
  await fc.assert(
    fc.asyncProperty(drawPlay, async (one) => {
      const { heard, thrown, verdicts, told } = await play(one);
      const { status, text, failures, complete, broken, readable } = heard;
      expect(verdicts).not.toContain(null);
      if (thrown === 0) return;
      planted += 1;
      expect(readable).toBe(true);
      expect(told).toContain("planted in");
      // One ending: complete, one error, or a cut connection where even the error could not be written.
      expect(failures).toBeLessThanOrEqual(1);
      if (complete && failures === 0 && !broken) expect(text.trim()).toBe(WORDS.join("").trim());
      else {
        expect(failures === 1 || broken).toBe(true);
        // What its client saw break is no success in the ledger.
        expect(verdicts.at(-1)).not.toBe("ok");
      }
      // Two targets are healthy, and a fault that passes hits one attempt.
      const { where, forever } = one.fault;
      // A request whose own members cannot be read reaches no target.
      const mayFail = forever || one.behaviour === "fails like all others";
      if (!mayFail && text === "" && !where.endsWith("response.repeats"))
        expect(`${status} without an answer`).toBe("an answer");
    }),
    { numRuns: 1_000 },
  );
  expect(planted).toBeGreaterThan(80);
});
