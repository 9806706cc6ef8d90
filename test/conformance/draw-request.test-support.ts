// Conversations drawn at random, in neutral words: who says, calls and answers what, with which tools and settings. Only what
// docs/protocols.md lists as untranslatable is kept out, each with its line there. Not a test.
import fc from "fast-check";
import type {
  ChatRequest,
  Message,
  OutputFormat,
  Part,
  ReasoningPart,
  Sampling,
  Tool,
  ToolResultPart,
  VendorState,
} from "../../src/core/chat.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { Four } from "./protocols.test-support.ts";

const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== "");
const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,20}$/);
/** As vendors give them: plain ones, long ones, ones with signs that others refuse. */
const id = fc.oneof(
  fc.stringMatching(/^call_[a-zA-Z0-9]{8,24}$/),
  fc.stringMatching(/^toolu_[a-zA-Z0-9]{24}$/),
  fc.stringMatching(/^functions\.[a-z]{3,8}:[0-9]{1,2}$/),
  fc.stringMatching(/^[a-z0-9]{60,120}$/),
);

const image = fc.constantFrom("image/png", "image/jpeg", "image/webp", "image/gif").chain((mediaType) =>
  fc.base64String({ minLength: 8, maxLength: 24 }).map((data): Part => {
    return { type: "image", source: { kind: "data", mediaType, data }, detail: null };
  }),
);
const document = fc.base64String({ minLength: 8, maxLength: 24 }).map((data): Part => {
  return { type: "file", source: { kind: "data", mediaType: "application/pdf", data }, filename: "document.pdf" };
});
const text = words.map((said): Part => ({ type: "text", text: said }));

/** A tool's schema that every dialect has words for; what is lowered has tests of its own. */
const leaf = fc.constantFrom<JsonObject>(
  { type: "string" },
  { type: "string", description: "a name" },
  { type: "integer" },
  { type: "number" },
  { type: "boolean" },
  { type: "string", enum: ["a", "b"] },
  { type: "array", items: { type: "string" } },
);
const members = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), leaf, { minKeys: 1, maxKeys: 4 });
const schema = members.chain((properties) =>
  fc.subarray(Object.keys(properties)).map((required): JsonObject => ({
    type: "object",
    properties,
    ...(required.length > 0 ? { required } : {}),
  })),
);
const tools: fc.Arbitrary<Tool[]> = fc.uniqueArray(
  fc.record({
    name,
    description: fc.option(words, { nil: null }),
    parameters: schema,
    strict: fc.constant(null),
  }),
  { selector: (tool) => tool.name, minLength: 1, maxLength: 3 },
);

interface Result {
  readonly said: string;
  readonly isError: boolean;
  readonly image?: Part | undefined;
}
const result: fc.Arbitrary<Result> = fc.oneof(
  fc.record({ said: words, isError: fc.boolean() }),
  fc.record({ said: words, isError: fc.constant(false), image }),
  fc
    .dictionary(fc.stringMatching(/^[a-z]{2,6}$/), fc.oneof(words, fc.integer(), fc.boolean()), {
      minKeys: 2,
      maxKeys: 3,
    })
    .map((value) => ({ said: JSON.stringify(value), isError: false })),
  fc.array(fc.integer(), { maxLength: 3 }).map((value) => ({ said: JSON.stringify(value), isError: false })),
);
const call = fc.record({
  id,
  tool: fc.nat(2),
  input: fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.jsonValue({ maxDepth: 1, noUnicodeString: false }), {
    maxKeys: 3,
  }),
  result,
});

type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;
interface Step {
  readonly thought: { readonly text: string; readonly seal: string } | null;
  readonly said: string | null;
  readonly calls: readonly Call[];
}
interface Turn {
  readonly asked: readonly Part[];
  readonly steps: readonly Step[];
  readonly answer: string;
}
const step: fc.Arbitrary<Step> = fc.record({
  thought: fc.option(fc.record({ text: words, seal: fc.base64String({ minLength: 8, maxLength: 16 }) }), { nil: null }),
  said: fc.option(words, { nil: null }),
  calls: fc.array(call, { minLength: 1, maxLength: 3 }),
});
const turn: fc.Arbitrary<Turn> = fc.record({
  asked: fc
    .tuple(fc.array(fc.oneof(text, text, image, document), { maxLength: 2 }), text)
    .map(([some, last]) => [...some, last]),
  steps: fc.array(step, { maxLength: 2 }),
  answer: words,
});

const rate = fc.integer({ min: 1, max: 99 }).map((percent) => percent / 100);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 2, nil: null });
const sampling: fc.Arbitrary<Sampling> = fc.record({
  maxTokens: maybe(fc.integer({ min: 2000, max: 8000 })),
  temperature: maybe(rate),
  topP: maybe(rate),
  topK: maybe(fc.integer({ min: 1, max: 100 })),
  seed: maybe(fc.nat(2 ** 31 - 1)),
  n: fc.constant(null),
  stop: fc.uniqueArray(fc.stringMatching(/^[A-Z]{1,5}$/), { maxLength: 3 }),
  presencePenalty: maybe(rate),
  frequencyPenalty: maybe(rate),
  logprobs: fc.constant(null),
  topLogprobs: fc.constant(null),
  logitBias: fc.constant(null),
});
const output: fc.Arbitrary<OutputFormat | null> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant({ kind: "json" as const }) },
  {
    weight: 1,
    arbitrary: schema.map((given) => ({
      kind: "json_schema" as const,
      name: "answer",
      description: null,
      schema: given,
      strict: null,
    })),
  },
);

/** A request as a client of that protocol would mean it. */
export function drawRequest(protocol: Four): fc.Arbitrary<ChatRequest> {
  return fc
    .record({
      system: fc.option(words, { nil: null }),
      turns: fc.array(turn, { minLength: 1, maxLength: 3 }),
      late: fc.option(words, { freq: 4, nil: null }),
      tools,
      withTools: fc.boolean(),
      forced: fc.constantFrom("auto" as const, "none" as const, "required" as const, "tool" as const, null, null),
      parallelTools: maybe(fc.boolean()),
      output,
      sampling,
      open: fc.boolean(),
    })
    .map(({ turns, late, system, withTools, forced, ...rest }): ChatRequest => {
      const called = turns.some(({ steps }) => steps.length > 0);
      const offered = withTools || called ? rest.tools : [];
      const choice =
        forced === "tool"
          ? { kind: forced, name: rest.tools[0]?.name ?? "" }
          : forced === null
            ? null
            : { kind: forced };
      return {
        model: "drawn",
        messages: [
          ...said("system", system),
          ...messagesOf(turns, { protocol, ...rest }),
          ...lateWord(late, rest.open),
        ],
        tools: offered,
        toolChoice: offered.length > 0 ? choice : null,
        parallelTools: offered.length > 0 ? rest.parallelTools : null,
        output: rest.output,
        reasoning: null,
        sampling: rest.sampling,
        stream: false,
        includeUsage: false,
        user: null,
        extras: { protocol, fields: {} },
      };
    });
}

function said(role: "system" | "user", words_: string | null): Message[] {
  return words_ === null ? [] : [{ role, parts: [{ type: "text", text: words_ }], name: null }];
}

/** The operator says something in the middle, and the user goes on. */
function lateWord(late: string | null, open: boolean): Message[] {
  return late === null || open ? [] : [...said("system", late), ...said("user", "Go on.")];
}

interface Talk {
  readonly protocol: Four;
  readonly tools: readonly Tool[];
  /** Whether it ends on a tool's result. */
  readonly open: boolean;
}

function messagesOf(turns: readonly Turn[], talk: Talk): Message[] {
  const messages: Message[] = [];
  for (const [at, { asked, steps, answer }] of turns.entries()) {
    messages.push({ role: "user", parts: asked, name: null });
    for (const [number, one] of steps.entries()) messages.push(...stepMessages(one, `${at}${number}`, talk));
    // The last word is the user's or a tool's: who ends on the assistant's asks for more of it.
    if (at < turns.length - 1)
      messages.push({ role: "assistant", parts: [{ type: "text", text: answer }], name: null });
    else if (!talk.open && steps.length > 0) messages.push(...said("user", "And then?"));
  }
  return messages;
}

function stepMessages(
  { thought, said: words_, calls }: Step,
  place: string,
  { protocol, tools: offered }: Talk,
): Message[] {
  const named = calls.map((one, index) => ({
    ...one,
    id: `${one.id}${place}${index}`,
    name: offered[one.tool % offered.length]?.name ?? "",
  }));
  const spoken: Part[] = words_ === null ? [] : [{ type: "text", text: words_ }];
  const parts = named.map((one, index): Part => {
    // Where calls are sealed, the first one is.
    const state =
      thought !== null && index === 0 && protocol === "gemini-generate" ? { protocol, value: thought.seal } : undefined;
    return {
      type: "tool-call",
      id: one.id,
      name: one.name,
      arguments: JSON.stringify(one.input),
      ...(state && { state }),
    };
  });
  return [
    { role: "assistant", parts: [...thoughtOf(thought, protocol), ...spoken, ...parts], name: null },
    { role: "tool", parts: named.map(resultOf), name: null },
  ];
}

/** Thoughts as the protocol's own vendor sealed them. */
function thoughtOf(thought: Step["thought"], protocol: Four): ReasoningPart[] {
  if (thought === null) return [];
  const { text: thinking, seal } = thought;
  const states: Readonly<Record<Four, VendorState>> = {
    "openai-chat": { protocol: "openai-chat", value: { field: "reasoning_content" } },
    "openai-responses": {
      protocol: "openai-responses",
      value: {
        item: {
          type: "reasoning",
          id: `rs_${seal.replaceAll(/\W/gu, "")}`,
          summary: [{ type: "summary_text", text: thinking }],
          encrypted_content: seal,
        },
      },
    },
    "anthropic-messages": { protocol: "anthropic-messages", value: { type: "thinking", signature: seal } },
    "gemini-generate": { protocol: "gemini-generate", value: null },
  };
  return [{ type: "reasoning", text: thinking, state: states[protocol] }];
}

function resultOf({
  id: answered,
  name: tool,
  result: one,
}: {
  id: string;
  name: string;
  result: Result;
}): ToolResultPart {
  const parts = [{ type: "text" as const, text: one.said }, ...(one.image?.type === "image" ? [one.image] : [])];
  return { type: "tool-result", id: answered, name: tool, parts, isError: one.isError };
}
