// Streams drawn at random, in neutral words: what any vendor might send, in any order that the words allow. Not a test.
import fc from "fast-check";
import type { FinishReason, VendorState } from "../../src/core/chat.ts";
import type { StreamEvent } from "../../src/core/event.ts";
import type { Four } from "./protocols.test-support.ts";

type Piece =
  | { readonly type: "text"; readonly texts: readonly string[] }
  | { readonly type: "refusal"; readonly texts: readonly string[] }
  | { readonly type: "reasoning"; readonly texts: readonly string[]; readonly seal: string | null }
  | { readonly type: "calls"; readonly calls: readonly Call[]; readonly interleaved: boolean }
  | { readonly type: "image"; readonly data: string };
interface Call {
  readonly name: string;
  readonly slices: readonly string[];
  readonly seal: string | null;
}

const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 });
const texts = fc.array(words, { minLength: 1, maxLength: 4 });
const seal = fc.option(fc.base64String({ minLength: 4, maxLength: 12 }), { nil: null });
const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,20}$/);
/** The arguments' JSON text, cut anywhere. */
const slices = fc
  .tuple(fc.dictionary(words, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }), fc.array(fc.nat(100), { maxLength: 3 }))
  .map(([value, cuts]) => {
    const text = JSON.stringify(value);
    const places = [...new Set(cuts.map((cut) => cut % text.length))].toSorted((one, other) => one - other);
    return [...places, text.length].map((end, index) => text.slice(index === 0 ? 0 : places[index - 1], end));
  });
const piece: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("text" as const), texts }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("reasoning" as const), texts, seal }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("calls" as const),
      calls: fc.array(fc.record({ name, slices, seal }), { minLength: 1, maxLength: 3 }),
      interleaved: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("image" as const), data: fc.base64String({ minLength: 4 }) }) },
);

const count = fc.nat(1000);
const usage = fc.record({
  input: count.map((tokens) => tokens + 2000),
  output: count.map((tokens) => tokens + 1000),
  cacheRead: fc.option(count, { nil: null }),
  cacheWrite: fc.constant(null),
  reasoning: fc.option(count, { nil: null }),
});

export interface Drawn {
  readonly events: readonly StreamEvent[];
  /** How many events the encoder is given at a time. */
  readonly batch: number;
}

/** `sealed`: whose seals the thoughts and calls bear. */
export function drawEvents(options: { readonly choices: number; readonly sealed: Four }): fc.Arbitrary<Drawn> {
  const choice = fc.record({
    // A refusal is the last word.
    pieces: fc
      .tuple(fc.array(piece, { maxLength: 5 }), fc.option(texts, { freq: 5, nil: null }))
      .map(([some, refusal]): Piece[] => (refusal === null ? some : [...some, { type: "refusal", texts: refusal }])),
    ending: fc.constantFrom<FinishReason>("stop", "stop", "stop", "length", "content_filter"),
  });
  return fc
    .record({
      choices: fc.array(choice, { minLength: 1, maxLength: options.choices }),
      usage: fc.option(usage, { nil: null }),
      batch: fc.integer({ min: 1, max: 5 }),
      shuffle: fc.infiniteStream(fc.nat(1)),
    })
    .map(({ choices, usage: counts, batch, shuffle }) => {
      const lists = choices.map(({ pieces, ending }, index) =>
        eventsOf(pieces, { ending, index, sealed: options.sealed }),
      );
      const events: StreamEvent[] = [{ type: "start", id: "", model: "drawn", created: 1 }, ...merge(lists, shuffle)];
      if (counts !== null) events.push({ type: "usage", usage: counts });
      return { events, batch };
    });
}

interface Place {
  readonly ending: FinishReason;
  readonly index: number;
  readonly sealed: Four;
}

function eventsOf(pieces: readonly Piece[], { ending, index: choice, sealed }: Place): StreamEvent[] {
  const events: StreamEvent[] = [];
  let tool = 0;
  for (const one of pieces) {
    if (one.type === "text" || one.type === "refusal") {
      const type = one.type === "text" ? "text-delta" : "refusal-delta";
      events.push(...one.texts.map((text) => ({ type, choice, text }) as const));
    } else if (one.type === "reasoning") {
      const last = one.texts.length - 1;
      events.push(
        ...one.texts.map((text, at) => ({
          type: "reasoning-delta" as const,
          choice,
          text,
          ...(at === last ? thoughtSeal(one.seal, sealed) : {}),
        })),
      );
    } else if (one.type === "image") {
      const source = { kind: "data", mediaType: "image/png", data: one.data } as const;
      events.push({ type: "part", choice, part: { type: "image", source, detail: null } });
    } else {
      events.push(...callEvents(one, { choice, tool, sealed }));
      tool += one.calls.length;
    }
  }
  const called = ending === "stop" && tool > 0;
  events.push({ type: "finish", choice, reason: called ? "tool_calls" : ending, raw: null });
  return events;
}

function thoughtSeal(given: string | null, protocol: Four): { state?: VendorState } {
  if (given === null) return {};
  const value = protocol === "anthropic-messages" ? { type: "thinking", signature: given } : given;
  return { state: { protocol, value } };
}

function callEvents(
  { calls, interleaved }: Extract<Piece, { type: "calls" }>,
  { choice, tool: first, sealed }: { readonly choice: number; readonly tool: number; readonly sealed: Four },
): StreamEvent[] {
  const lists = calls.map(({ name: called, slices: given, seal: signature }, at): StreamEvent[] => {
    const tool = first + at;
    // Only one protocol seals calls.
    const state =
      signature === null || sealed !== "gemini-generate" ? {} : { state: { protocol: sealed, value: signature } };
    return [
      { type: "tool-start", choice, tool, id: `call_${choice}_${tool}`, name: called, ...state },
      ...given.map((text) => ({ type: "tool-delta" as const, choice, tool, arguments: text })),
      { type: "tool-end", choice, tool },
    ];
  });
  if (!interleaved) return lists.flat();
  // Calls begin in their order, and go on side by side.
  const [starts, rests] = [lists.map((list) => list.slice(0, 1)), lists.map((list) => list.slice(1))];
  const longest = Math.max(...rests.map((list) => list.length));
  return [
    ...starts.flat(),
    ...Array.from({ length: longest }, (_, at) => rests.flatMap((list) => list.slice(at, at + 1))).flat(),
  ];
}

/** The choices' events side by side, each in its own order. */
function merge(lists: readonly (readonly StreamEvent[])[], chance: Iterator<number>): StreamEvent[] {
  const rests = lists.map((list) => [...list]);
  const merged: StreamEvent[] = [];
  for (let at = 0; rests.some((rest) => rest.length > 0); at = (at + Number(chance.next().value)) % rests.length) {
    const next = rests[at]?.shift() ?? rests.find((rest) => rest.length > 0)?.shift();
    if (next !== undefined) merged.push(next);
  }
  return merged;
}
