// Any conversation, from any protocol to any other and back: what is asked is the same afterwards, but for what the reports
// name and docs/protocols.md lists as untranslatable.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatRequest } from "../../src/core/chat.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { EncodedRequest } from "../../src/core/encoded-request.ts";
import type { ModelFacts } from "../../src/core/provider.ts";
import { membersOf } from "../../src/protocols/shared/read.ts";
import { unknownFacts } from "../../src/providers/families/family.ts";
import { type Line, linesOf, settingsOf, withoutFillers } from "./asked.test-support.ts";
import { drawRequest } from "./draw-request.test-support.ts";
import { type Four, four, fourProtocols } from "./protocols.test-support.ts";

/** A model that takes whatever its protocol has words for. */
const facts: ModelFacts = {
  ...unknownFacts,
  jsonSchema: true,
  jsonWithTools: true,
  outputTokens: 10_000,
  reasoningField: "reasoning_content",
};
const target = { model: "any", facts };
const hint = { model: "drawn", stream: false };

const pairs = four.flatMap((from) => four.filter((to) => to !== from).map((to) => ({ from, to })));

interface Trip {
  readonly start: ChatRequest;
  readonly there: ChatRequest;
  readonly back: ChatRequest;
  readonly reported: readonly string[];
}

/** As a client of `from` sends it, a vendor of `to` reads it, and it would be sent home. */
function travel(drawn: ChatRequest, from: Four, to: Four): Trip {
  const start = fourProtocols[from].chat.request.decode(
    fourProtocols[from].chat.request.encode(drawn, target).body,
    hint,
  );
  const away = fourProtocols[to].chat.request.encode(start, target);
  const there = fourProtocols[to].chat.request.decode(away.body, hint);
  const home = fourProtocols[from].chat.request.encode(there, target);
  const back = fourProtocols[from].chat.request.decode(home.body, hint);
  return { start, there, back, reported: [...reportOf(away), ...reportOf(home)] };
}

const reportOf = ({ dropped, adapted }: EncodedRequest): string[] => [...dropped, ...adapted];

/** Thoughts and seals of the history. */
function thoughtsOf(request: ChatRequest): unknown[] {
  return request.messages.flatMap(({ parts }) =>
    parts.flatMap((part) => {
      if (part.type === "reasoning") return [[part.text, part.state?.value ?? null]];
      return part.type === "tool-call" && part.state !== undefined ? [[part.name, part.state.value]] : [];
    }),
  );
}

/** How many thoughts have words. A seal alone is nothing elsewhere. */
function worded({ messages }: ChatRequest): number {
  return messages.flatMap(({ parts }) => parts).filter((part) => part.type === "reasoning" && part.text !== "").length;
}

/**
 * The operator's later words stay in their place, in the user's name and in tags, where nobody else speaks there. Images in
 * results come after the results, in the user's name, where results are text alone.
 */
function told(request: ChatRequest): Line[] {
  const lines: string[][] = [];
  const media: string[] = [];
  for (const [who = "", ...content] of withoutFillers(linesOf(request.messages))) {
    if (who.startsWith("result ")) media.push(...content.splice(1));
    else lines.push(...media.splice(0).map((one) => ["user's image", one]));
    const speaker = who === "system" && lines.length > 0 ? "user" : who;
    const words = content.map((one) => one.replaceAll(/<\/?system>/gu, ""));
    const last = lines.at(-1);
    if (last?.[0] === speaker && speaker === "user") last[1] += words.join("");
    else lines.push([speaker, ...words]);
  }
  lines.push(...media.map((one) => ["user's image", one]));
  return lines;
}

function asked(request: ChatRequest, { start, reported }: Trip): unknown {
  // A limit is invented where one is demanded, and so are the tools of a history; those that may not be called may be left out.
  const limit = start.sampling.maxTokens === null ? ["max_tokens"] : [];
  const idle = start.tools.length === 0 || start.toolChoice?.kind === "none";
  const invented = idle ? [...limit, "tools", "tool_choice", "parallel_tool_calls"] : limit;
  const schemas = (idle ? [] : request.tools).map(({ name, parameters }) => [name, plainSchema(parameters ?? {})]);
  const output = request.output?.kind === "json_schema" ? plainSchema(request.output.schema) : null;
  const format = reported.some((entry) => entry.startsWith("response_format")) ? null : output;
  return [told(request), settingsOf(request, [...reported, ...invented]), schemas, format];
}

/** The order of members, and that no others may come, is said where it has to be. */
function plainSchema(schema: JsonObject): unknown {
  const { propertyOrdering: _order, additionalProperties: _others, properties, ...rest } = schema;
  const inner = Object.entries(membersOf(properties)).map(
    ([key, value]) => [key, plainSchema(membersOf(value))] as const,
  );
  return { ...rest, ...(properties === undefined ? {} : { properties: Object.fromEntries(inner) }) };
}

describe("conversations drawn at random", () => {
  test.each(pairs)("$from → $to → $from", ({ from, to }) => {
    fc.assert(
      fc.property(drawRequest(from), (drawn) => {
        const trip = travel(drawn, from, to);
        const wanted = asked(trip.start, trip);
        expect(asked(trip.there, trip)).toEqual(wanted);
        expect(asked(trip.back, trip)).toEqual(wanted);
        // Thoughts belong to who had them: elsewhere they are left out, and it is said.
        const left = worded(trip.start) > worded(trip.there);
        expect(left && !trip.reported.some((entry) => entry.includes("reasoning"))).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test.each(four)("%s: what is drawn is what its clients say", (protocol) => {
    fc.assert(
      fc.property(drawRequest(protocol), (drawn) => {
        const { body } = fourProtocols[protocol].chat.request.encode(drawn, target);
        const again = fourProtocols[protocol].chat.request.decode(body, hint);
        expect(told(again)).toEqual(told(drawn));
        expect(thoughtsOf(again)).toEqual(thoughtsOf(drawn));
      }),
      { numRuns: 60 },
    );
  });
});
