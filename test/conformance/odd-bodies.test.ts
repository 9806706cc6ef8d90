// Bodies with something of another kind in some place, as newer clients and hosts send them: a codec may complain, naming the
// place, and then that target is not asked. It must never break down, which would look like an error of the gateway's own.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GatewayFailure } from "../../src/core/failure.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { TargetFacts } from "../../src/core/protocol.ts";
import { isArray, isObject } from "../../src/protocols/shared/read.ts";
import { membersOf } from "../../src/protocols/shared/raw-members.test-support.ts";
import { catalog } from "../../src/providers/catalog.ts";
import { drawBody } from "./draw-body.test-support.ts";
import { type Four, four, fourProtocols } from "./protocols.test-support.ts";

const models: Readonly<Record<Four, readonly (readonly [provider: string, model: string])[]>> = {
  "openai-chat": [
    ["openai", "gpt-4o"],
    ["openai", "o3"],
    ["mistral", "mistral-large-latest"],
    ["groq", "qwen3-32b"],
    ["perplexity", "sonar"],
  ],
  "openai-responses": [
    ["openai", "gpt-4o"],
    ["openai", "gpt-5.4"],
  ],
  "anthropic-messages": [
    ["anthropic", "claude-sonnet-4-5"],
    ["anthropic", "claude-3-5-haiku-latest"],
    ["anthropic", "claude-opus-4-7"],
  ],
  "gemini-generate": [
    ["google", "gemini-2.5-flash"],
    ["google", "gemini-3-flash-preview"],
  ],
};

const targets = (to: Four): TargetFacts[] =>
  models[to].flatMap(([provider, model]) => {
    const facts = catalog.get(provider)!.facts(model);
    return [
      { model, facts },
      { model, facts, isStandIn: true },
    ];
  });

const odd: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, "", "odd", 7, -1.5, true, [], {}, [[]], [null], [7], ["odd"], { type: "odd" }),
  fc.constantFrom<Json>({ type: 7 }, { role: 7 }, { content: 7 }, { type: null }, [{ type: [] }], [{ type: "text" }]),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

/** All places in a value, as a count. */
function sizeOf(value: Json): number {
  const inner = isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return inner.reduce<number>((sum, one) => sum + sizeOf(one ?? null), 1);
}

/** The value with another one in its place number `at`. */
function replaceAt(value: Json, at: number, by: Json): Json {
  if (at === 0) return by;
  let left = at - 1;
  const inner = (one: Json): Json => {
    const size = sizeOf(one);
    const here = left;
    left -= size;
    return here >= 0 && here < size ? replaceAt(one, here, by) : one;
  };
  if (isArray(value)) return value.map(inner);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inner(one ?? null)]));
}

const oddBody = (from: Four): fc.Arbitrary<JsonObject> =>
  fc
    .tuple(drawBody(from), fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 3 }))
    .map(([{ body }, changes]) =>
      changes.reduce<JsonObject>((changed, [at, by]) => {
        const size = sizeOf(changed);
        return size < 2 ? changed : (replaceAt(changed, 1 + (at % (size - 1)), by) as JsonObject);
      }, body),
    );

/** What a codec says of a body is a complaint about it, or it is a fault. */
function complains(error: unknown, codes: readonly string[]): true {
  if (error instanceof GatewayFailure && codes.includes(error.code)) return true;
  throw error;
}

describe.each(four)("an odd body of a client of %s", (from) => {
  const protocol = fourProtocols[from];

  test("is looked at and read without a fault, and written for everybody, or complained about", () => {
    let [read, refused] = [0, 0];
    fc.assert(
      fc.property(oddBody(from), fc.constantFrom(...four), (body, to) => {
        const members = membersOf(body);
        for (const target of targets(from)) protocol.chat.request.fits?.(members, target);
        protocol.chat.request.peek?.(members);
        if (protocol.ingress.borrowed?.isIn(members) === true) protocol.ingress.borrowed.rewrite(body);
        try {
          const request = protocol.chat.request.decode(body, { model: "drawn", stream: false });
          read += 1;
          for (const target of targets(to))
            try {
              fourProtocols[to].chat.request.encode(request, target);
            } catch (error) {
              complains(error, ["unsupported", "bad_request"]);
            }
        } catch (error) {
          refused += 1;
          complains(error, ["bad_request", "unsupported"]);
        }
      }),
      { numRuns: 300 },
    );
    expect([read, refused].every((count) => count > 20)).toBe(true);
  });
});
