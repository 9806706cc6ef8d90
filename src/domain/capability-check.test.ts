import { describe, expect, test } from "vitest";
import { plainFacts } from "../../test/support/engine-rig.ts";
import { plainCall } from "../../test/support/exchange.ts";
import type { ChatRequest, ClientProtocolName } from "../core/chat.ts";
import type { JsonObject } from "../core/json.ts";
import type { ModelFacts } from "../core/provider.ts";
import { protocols } from "../protocols/index.ts";
import { capabilityCheck } from "./capability-check.ts";

interface Case {
  readonly facts: Partial<ModelFacts>;
  readonly body?: JsonObject;
  readonly text?: string;
  readonly said?: object;
  readonly params?: JsonObject;
  readonly outgrown?: number;
  readonly isAlone?: boolean;
  readonly refused?: readonly string[];
  readonly protocol?: ClientProtocolName;
}

function look(given: Case): string | null {
  const {
    facts,
    body = {},
    text = "Hi",
    said = {},
    params = {},
    outgrown = null,
    refused = [],
    isAlone = false,
  } = given;
  const bytes = Buffer.from(JSON.stringify({ ...body, text }));
  const fields = new Map(
    Object.entries(body).map(([name, value]) => {
      const start = bytes.indexOf(JSON.stringify(value), bytes.indexOf(`"${name}":`) + name.length + 3);
      return [name, { start, end: start + JSON.stringify(value).length }];
    }),
  );
  const messages = [{ role: "user", name: null, parts: [{ type: "text", text }] }];
  const chat = (): ChatRequest =>
    ({ messages, tools: [], sampling: {}, output: null, ...said }) as unknown as ChatRequest;
  const protocol = given.protocol ?? "openai-chat";
  const { conversationMember } = protocols[protocol].ingress;
  const call = plainCall({ body: bytes, fields, chat, protocol, conversationMember });
  const candidate = { model: "m", params, facts: { ...plainFacts, ...facts }, refusedMembers: refused, isAlone };
  const found = capabilityCheck(call)(candidate, outgrown);
  if (found === null) return null;
  expect(found.message.startsWith(`${found.param}: `)).toBe(true);
  return `${found.verdict} ${found.message}`;
}

/** A text of about that many tokens. */
const tokens = (count: number): string => "four".repeat(count);

describe("length", () => {
  test.each([
    ["nothing known", { facts: {}, text: tokens(100_000) }],
    ["within the window", { facts: { contextTokens: 1_000 }, text: tokens(900) }],
    ["over it by less than the margin", { facts: { contextTokens: 1_000 }, text: tokens(1_200) }],
    [
      "a limit above the model's own counts as that",
      { facts: { contextTokens: 1_000, outputTokens: 100 }, body: { max_tokens: 5_000 } },
    ],
    ["outgrown by another, and far smaller", { facts: { contextTokens: 1_000 }, outgrown: 9_000 }],
    ["outgrown by a smaller one", { facts: { contextTokens: 9_000 }, outgrown: 1_000, text: tokens(2_500) }],
    ["of an image's bytes", { facts: { contextTokens: 2_000 }, body: { image: "A".repeat(90_000) } }],
  ] as const)("fits: %s", (_, given) => {
    expect(look(given)).toBeNull();
  });

  test("clearly too long, with numbers", () => {
    const given = { facts: { contextTokens: 1_000 }, text: tokens(1_300) };
    expect(look(given)).toBe(
      "context_too_long messages: m has a context window of 1000 tokens; the request needs about 1304",
    );
    expect(look({ ...given, protocol: "gemini-generate" })).toMatch(/^context_too_long contents/u);
    expect(look({ ...given, protocol: "openai-responses" })).toMatch(/^context_too_long input/u);
  });

  test("the caller's limit of the answer needs its room too", () => {
    const given = { facts: { contextTokens: 1_000, outputTokens: 1_000 }, text: tokens(300) };
    expect(look(given)).toBeNull();
    expect(look({ ...given, body: { max_tokens: 800 } })).toMatch(/needs about 1104 \(800 for the answer\)/u);
    expect(look({ ...given, params: { max_completion_tokens: 900 } })).toMatch(/\(900 for the answer\)/u);
  });

  test("where no other target is left, half the window is room enough: the limit is lowered", () => {
    const given = { facts: { contextTokens: 1_000 }, text: tokens(300), body: { max_tokens: 1_000_000 } };
    expect(look(given)).toMatch(/\(1000000 for the answer\)/u);
    expect(look({ ...given, isAlone: true })).toBeNull();
    expect(look({ ...given, isAlone: true, text: tokens(700) })).toMatch(/\(500 for the answer\)/u);
  });

  test("too long for a larger window, so for this one: but only where it may be", () => {
    const given = { facts: { contextTokens: 2_000 }, text: tokens(1_500) };
    expect(look(given)).toBeNull();
    expect(look({ ...given, outgrown: 2_000 })).toMatch(/^context_too_long .*too long for one of 2000 tokens/u);
    expect(look({ ...given, outgrown: 1_999 })).toBeNull();
    expect(look({ ...given, facts: {}, outgrown: 2_000 })).toBeNull();
  });
});

describe("abilities", () => {
  const tools = { tools: [{ name: "look" }] };
  const cases: readonly (readonly [string, Case, RegExp])[] = [
    [
      "tools",
      { facts: { tools: false }, body: { tools: [{}] }, said: tools },
      /^unsupported tools: m does not support tools/u,
    ],
    [
      "logprobs",
      { facts: { logprobs: false }, body: { logprobs: true }, said: { sampling: { logprobs: true } } },
      /^unsupported logprobs/u,
    ],
    ["n", { facts: { multipleChoices: false }, body: { n: 2 }, said: { sampling: { n: 2 } } }, /^unsupported n: /u],
    ["n of the route", { facts: { multipleChoices: false }, params: { n: 2 } }, /^unsupported n: /u],
    [
      "refused recently",
      { facts: {}, body: { logit_bias: { 50256: -100 } }, refused: ["logit_bias"] },
      /^unsupported logit_bias/u,
    ],
  ];
  test.each(cases)("%s", (_, given, words) => {
    expect(look(given)).toMatch(words);
    const unknown = { tools: null, logprobs: null, multipleChoices: null };
    expect(look({ ...given, facts: unknown, refused: [] })).toBeNull();
  });

  test("media, each by its name", () => {
    const source = { kind: "data", mediaType: "application/pdf", data: "" };
    const messages = [
      {
        role: "user",
        parts: [
          { type: "image", source },
          { type: "file", source },
        ],
      },
    ];
    const given = { body: { messages: "image pdf" }, said: { messages } };
    expect(look({ ...given, facts: { images: false } })).toBe("unsupported messages: m does not accept images");
    expect(look({ ...given, facts: { pdf: false } })).toBe("unsupported messages: m does not accept documents");
    expect(look({ ...given, facts: { audio: false } })).toBeNull();
  });

  test("vectors have needs of their own", () => {
    const call = plainCall({ body: Buffer.from(tokens(10_000)), task: "embeddings" });
    const facts = { ...plainFacts, contextTokens: 100, tools: false };
    expect(capabilityCheck(call)({ model: "m", params: {}, facts, refusedMembers: [] }, null)).toBeNull();
  });
});
