// A request that one generation of OpenAI's models takes goes to another one: byte for byte where that takes it too, else
// mended or rewritten so that it does, or not at all. Drawn at random, for both services, and judged by the simulated
// vendor's own checks.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GatewayFailure } from "../../src/core/failure.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { Protocol } from "../../src/core/protocol.ts";
import { decodeCall } from "../../src/decode/decode.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";
import { openaiResponses } from "../../src/protocols/openai-responses/protocol.ts";
import { catalog } from "../../src/providers/catalog.ts";
import { checkRequest } from "../../src/simulator/openai/check-request.ts";
import { checkResponsesRequest } from "../../src/simulator/openai/responses/check-request.ts";
import { rawMembers } from "../../src/translate/raw-members.ts";
import { factsIn } from "../../src/translate/choose-protocol.ts";

const row = catalog.get("openai");
if (row === null) throw new Error("no such provider");

const chatModels = [
  "gpt-4o",
  "gpt-4o-mini",
  "gpt-4.1",
  "o1",
  "o3-mini",
  "o3",
  "o4-mini",
  "gpt-5",
  "gpt-5-mini",
  "gpt-5-chat-latest",
  "gpt-5.1",
  "gpt-5.2-chat-latest",
  "gpt-5.2",
  "gpt-5.4",
  "gpt-5.5",
  "gpt-6-astra",
] as const;
const responsesModels = [
  ...chatModels,
  "gpt-5-pro",
  "gpt-5.4-pro",
  "gpt-5-codex",
  "gpt-5.1-codex-max",
  "gpt-5.2-codex",
  "gpt-5.6-sol",
  "gpt-6-luna",
] as const;

const efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
const parameters = { type: "object", properties: {} };
const limits = [100, 4096, 16_384, 32_768, 100_000, 128_000];

const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined, freq: 2 });
const oneOf = <Value extends Json>(...values: readonly Value[]): fc.Arbitrary<Value | undefined> =>
  maybe(fc.constantFrom(...values));

function defined(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

const settings = {
  prompt_cache_retention: oneOf("24h", "in_memory"),
  prompt_cache_options: oneOf({ ttl: "30m" }),
  parallel_tool_calls: oneOf(true, false),
  temperature: oneOf(0.5),
  top_p: oneOf(0.5),
};

const url = "data:image/png;base64,aGVsbG8=";
/** What one generation alone takes is drawn now and then: else hardly any request would be taken. */
const rarely = fc.nat(4).map((one) => one === 4);
const details = fc.constantFrom(undefined, undefined, undefined, "high", "original");
const mark = { prompt_cache_breakpoint: { mode: "explicit" } };
const grammar = { type: "grammar", syntax: "lark", definition: "start: /.+/" } as const;
const { type: kind, ...definition } = grammar;
const tool = { type: "function", function: { name: "look", parameters } };
const custom = { type: "custom", custom: { name: "write" } };
const bound = { type: "custom", custom: { name: "cut", format: { type: kind, grammar: definition } } };
const flat = { type: "function", name: "look", parameters, strict: false };
const flatCustom = { type: "custom", name: "write", format: grammar };

const chats: fc.Arbitrary<JsonObject> = fc
  .record({
    ...settings,
    role: fc.constantFrom("system", "developer"),
    reasoning_effort: oneOf(...efforts),
    verbosity: oneOf("low", "medium", "high"),
    prediction: oneOf({ type: "content", content: "a" }),
    max_tokens: oneOf(...limits),
    max_completion_tokens: oneOf(...limits),
    presence_penalty: oneOf(0.5),
    seed: oneOf(7),
    stop: oneOf("x"),
    tools: oneOf([tool], [tool], [tool, custom], [bound]),
    isMarked: rarely,
    isCalled: rarely,
    detail: details,
  })
  .map(({ role, isMarked, isCalled, detail, ...rest }) => {
    const image = detail === undefined ? [] : [{ type: "image_url", image_url: { url, detail } }];
    const text = { type: "text", text: "What is on stage?", ...(isMarked ? mark : {}) };
    const call = { id: "call_1", type: "custom", custom: { name: "write", input: "a chair" } };
    const calls = [
      { role: "assistant", tool_calls: [call] },
      { role: "tool", tool_call_id: "call_1", content: "done" },
    ];
    const messages = [
      { role, content: "Be brief." },
      { role: "user", content: [text, ...image] },
      ...(isCalled && rest.tools?.includes(custom) === true ? calls : []),
    ];
    return defined({ ...rest, messages });
  });

const responses: fc.Arbitrary<JsonObject> = fc
  .record({
    ...settings,
    effort: oneOf(...efforts),
    summary: oneOf("auto", "concise", "detailed"),
    context: oneOf("auto", "all_turns"),
    mode: oneOf("standard", "pro"),
    verbosity: oneOf("low", "medium", "high"),
    max_output_tokens: oneOf(...limits),
    include: oneOf(["reasoning.encrypted_content"]),
    tools: oneOf([flat], [flat, flatCustom]),
    isMarked: rarely,
    detail: details,
  })
  .map(({ effort, summary, context, mode, verbosity, isMarked, detail, ...rest }) => {
    const reasoning = defined({ effort, summary, context, mode });
    const isSaid = Object.keys(reasoning).length > 0;
    const image = detail === undefined ? [] : [{ type: "input_image", image_url: url, detail }];
    const text = { type: "input_text", text: "What is on stage?", ...(isMarked ? mark : {}) };
    const call = { type: "function_call", call_id: "call_1", name: "look", arguments: "{}" };
    const shown = { type: "function_call_output", call_id: "call_1", output: image };
    const input = [{ role: "user", content: [text] }, ...(image.length === 0 ? [] : [call, shown])];
    return defined({
      ...rest,
      input,
      ...(isSaid ? { reasoning } : {}),
      ...(verbosity === undefined ? {} : { text: { verbosity } }),
    });
  });

interface Service {
  readonly protocol: Protocol;
  readonly models: readonly string[];
  readonly bodies: fc.Arbitrary<JsonObject>;
  readonly check: (body: JsonObject) => unknown;
}

const services: readonly (readonly [string, Service])[] = [
  [
    "Chat Completions",
    { protocol: openaiChat, models: chatModels, bodies: chats, check: (body) => checkRequest({ ...body }) },
  ],
  [
    "Responses",
    {
      protocol: openaiResponses,
      models: responsesModels,
      bodies: responses,
      check: (body) => checkResponsesRequest({ ...body }),
    },
  ],
];

/** What the vendor has against it; null: it is taken. */
function complaint(body: JsonObject, { check }: Service): string | null {
  try {
    check(body);
    return null;
  } catch (error) {
    return String(error);
  }
}

/** As the gateway sends it; null where it goes to another target instead. */
function sent(body: JsonObject, model: string, { protocol }: Service): JsonObject | null {
  const request = { method: "POST", path: "", query: "", headers: {}, body: Buffer.from(JSON.stringify(body)) };
  const decoded = decodeCall(request, { protocol, endpoint: null, maxDepth: 64 });
  const target = { model, facts: factsIn(row!.facts(model), protocol.name) };
  try {
    const isFit = protocol.chat.request.fits?.(rawMembers(decoded, {}), target) === true;
    const given = isFit ? { ...body, model } : protocol.chat.request.encode(decoded.chat(), target).body;
    return row!.quirks
      .filter((quirk) => (quirk.protocol ?? row!.protocol) === protocol.name)
      .reduce((mended, quirk) => quirk.request?.(mended, model).body ?? mended, given);
  } catch (error) {
    if (error instanceof GatewayFailure && error.code === "unsupported") return null;
    throw error;
  }
}

/** Models that see nothing are unfit for it, whatever the simulated vendor says. */
function isSeen(body: JsonObject, model: string): boolean {
  return row!.facts(model).images !== false || !JSON.stringify(body).includes(url);
}

describe.each(services)("generations of OpenAI's models on %s", (_name, service) => {
  const model = fc.constantFrom(...service.models);
  const taken = fc
    .tuple(service.bodies, model)
    .filter(([body, from]) => isSeen(body, from))
    .map(([body, from]): JsonObject => ({ ...body, model: from }))
    .filter((body) => complaint(body, service) === null);

  test("none refuses what another one takes", () => {
    fc.assert(
      fc.property(taken, model, (body, to) => {
        fc.pre(isSeen(body, to));
        const given = sent(body, to, service);
        expect(given).not.toBeNull();
        expect(given === null ? null : complaint(given, service)).toBeNull();
      }),
      { numRuns: 700 },
    );
  });

  test("what a model takes goes to it as it came", () => {
    fc.assert(
      fc.property(taken, (body) => {
        const { model: to } = body;
        expect(typeof to === "string" ? sent(body, to, service) : null).toEqual(body);
      }),
      { numRuns: 500 },
    );
  });
});
