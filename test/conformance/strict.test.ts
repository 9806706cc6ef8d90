// `x-understudy-strict: true` over drawn requests of every client, at the simulated vendors: a target that would have to leave
// something out is not asked, the next one is, and where each of them would, the error says what. And what is left out or
// changed of a request's settings is in one of the two reports.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ChatRequest } from "../../src/core/chat.ts";
import type { EncodedRequest } from "../../src/core/encoded-request.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { catalog } from "../../src/providers/catalog.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { drawBody } from "./draw-body.test-support.ts";
import { type Four, four, fourProtocols } from "./protocols.test-support.ts";

const targets = ["google/gemini-2.5-flash", "anthropic/claude-sonnet-4-5", "openai/gpt-4o"] as const;
const paths: Readonly<Record<Four, string>> = {
  "openai-chat": "/v1/chat/completions",
  "openai-responses": "/v1/responses",
  "anthropic-messages": "/v1/messages",
  "gemini-generate": "/v1beta/models/MODEL:generateContent",
};

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({
    config: {
      routes: {
        all: { fallback: [...targets] },
        google: { target: targets[0] },
        anthropic: { target: targets[1] },
        openai: { target: targets[2] },
      },
    },
  });
});
afterAll(() => stage[Symbol.asyncDispose]());

interface Seen {
  readonly status: number;
  readonly target: string | null;
  /** Of the request. */
  readonly dropped: readonly string[];
  readonly message: string;
  /** How many requests the vendors got. */
  readonly asked: number;
}

async function ask(from: Four, body: JsonObject, { route, strict }: { route: string; strict: boolean }): Promise<Seen> {
  const before = stage.simulator.log().length;
  const response = await fetch(stage.url + paths[from].replace("MODEL", route), {
    method: "POST",
    headers: { "content-type": "application/json", ...(strict ? { "x-understudy-strict": "true" } : {}) },
    body: JSON.stringify(from === "gemini-generate" ? body : { ...body, model: route, stream: false }),
  });
  const answer = (await response.json()) as { error?: { message?: string } };
  const dropped = response.headers.get("x-understudy-dropped")?.split(", ") ?? [];
  return {
    status: response.status,
    target: response.headers.get("x-understudy-target"),
    dropped: dropped.filter((entry) => !entry.startsWith("answer.")),
    message: answer.error?.message ?? "",
    asked: stage.simulator.log().length - before,
  };
}

/** A client's own vendor gets its bytes first, so that what it is known to refuse depends on the requests before. */
const homes: Readonly<Record<Four, (typeof targets)[number]>> = {
  "gemini-generate": targets[0],
  "anthropic-messages": targets[1],
  "openai-chat": targets[2],
  "openai-responses": targets[2],
};
const routeOf = (target: string): string => target.slice(0, target.indexOf("/"));

describe("strict", () => {
  test.each(four)("a target that would drop something of a client of %s is skipped", async (from) => {
    const counts = { whole: 0, skipped: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(drawBody(from), async ({ body }) => {
        const lenient: Seen[] = [];
        for (const target of targets) {
          const seen = await ask(from, body, { route: routeOf(target), strict: false });
          lenient.push(seen);
          if (seen.status !== 200 || seen.dropped.length === 0) continue;
          const alone = await ask(from, body, { route: routeOf(target), strict: true });
          if (target === homes[from]) {
            expect([alone.status, alone.dropped]).toEqual([400, []]);
            continue;
          }
          expect([alone.status, alone.asked]).toEqual([400, 0]);
          expect(alone.message).toContain(seen.dropped[0]);
          expect(alone.message).toContain("x-understudy-strict is true");
        }
        const strict = await ask(from, body, { route: "all", strict: true });
        const first = lenient.findIndex(({ status, dropped }) => status === 200 && dropped.length === 0);
        expect(strict.dropped).toEqual([]);
        if (first !== -1) {
          expect([strict.status, strict.target]).toEqual([200, targets[first]]);
          counts[lenient.slice(0, first).some(({ dropped }) => dropped.length > 0) ? "skipped" : "whole"] += 1;
        } else {
          expect(strict.status).toBe(400);
          counts.refused += 1;
          // Its own vendor's complaint about the client's own bytes goes before ours.
          const named = lenient.flatMap(({ dropped }) => dropped);
          if (strict.message.includes("x-understudy-strict is true"))
            expect(named.filter((name) => strict.message.includes(name))).not.toEqual([]);
        }
      }),
      { numRuns: 25, seed: 8 },
    );
    expect(counts.refused + counts.skipped).toBeGreaterThan(3);
  });
});

/** Settings in Chat's words, with values that some model does not take. */
const settings: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      temperature: fc.constantFrom(0, 0.5, 1.5, 2),
      top_p: fc.constantFrom(0.1, 1),
      max_tokens: fc.constantFrom(5, 1000, 1_000_000),
      stop: fc.constantFrom("a", ["a", "b"], ["a", "b", "c", "d", "e", "f"], ["", "x"], [" "]),
      seed: fc.constant(7),
      presence_penalty: fc.constantFrom(0, 1),
      frequency_penalty: fc.constantFrom(0, 1),
      reasoning_effort: fc.constantFrom("none", "minimal", "low", "medium", "high", "xhigh"),
      parallel_tool_calls: fc.boolean(),
      tool_choice: fc.constantFrom("none", "auto", "required", { type: "function", function: { name: "f" } }),
      response_format: fc.constantFrom({ type: "json_object" }, { type: "text" }),
      user: fc.constantFrom("ann", "someone@mail.example"),
    },
    { requiredKeys: [] },
  )
  .map((drawn) => drawn as JsonObject);

/** As it reads where the default asks for the same: there it may be left out. */
type Setting = readonly [name: RegExp, read: (request: ChatRequest) => unknown];
/** Without tools none is called. */
const choiceIn = ({ tools, toolChoice }: ChatRequest): string =>
  tools.length === 0 ? "none" : (toolChoice?.kind ?? "auto");
const settingsOf: Readonly<Record<string, Setting>> = {
  temperature: [/temperature/u, ({ sampling }) => sampling.temperature],
  top_p: [/top_p/u, ({ sampling }) => (sampling.topP === 1 ? null : sampling.topP)],
  max_tokens: [/max_(?:completion_|output_)?tokens/u, ({ sampling }) => sampling.maxTokens],
  // An empty one stops nothing.
  stop: [/stop/u, ({ sampling }) => sampling.stop.filter((word) => word !== "")],
  seed: [/seed/u, ({ sampling }) => sampling.seed],
  presence_penalty: [/presence_penalty/u, ({ sampling }) => sampling.presencePenalty || null],
  frequency_penalty: [/frequency_penalty/u, ({ sampling }) => sampling.frequencyPenalty || null],
  reasoning_effort: [
    /reasoning/u,
    ({ reasoning }) => reasoning !== null && reasoning.effort !== "none" && reasoning.budget !== 0,
  ],
  parallel_tool_calls: [
    /parallel_tool_calls|tool_choice/u,
    (request) => request.parallelTools === false && choiceIn(request) !== "none",
  ],
  tool_choice: [/tool_choice|response_format:json>tool/u, choiceIn],
  response_format: [/response_format/u, ({ output }) => (output?.kind === "text" ? null : output?.kind)],
  user: [/user/u, ({ user }) => user],
};

const models: readonly (readonly [Four, provider: string, model: string])[] = [
  ["openai-chat", "openai", "gpt-4o"],
  ["openai-chat", "openai", "gpt-5.1"],
  ["openai-chat", "openai", "o3"],
  ["openai-chat", "mistral", "mistral-large-latest"],
  ["openai-chat", "groq", "llama-3.3-70b-versatile"],
  ["openai-responses", "openai", "gpt-4o"],
  ["openai-responses", "openai", "gpt-5.1"],
  ["anthropic-messages", "anthropic", "claude-sonnet-4-5"],
  ["anthropic-messages", "anthropic", "claude-opus-4-7"],
  ["gemini-generate", "google", "gemini-2.5-flash"],
  ["gemini-generate", "google", "gemini-3-flash-preview"],
];

describe("a setting arrives as it was, or a report names it", () => {
  test.each(models)("%s: %s/%s", (to, provider, model) => {
    const target = { model, facts: catalog.get(provider)!.facts(model), isStandIn: true };
    const parameters = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
    const tools = [{ type: "function", function: { name: "f", parameters } }];
    const messages = [{ role: "user", content: "Answer in JSON." }];
    fc.assert(
      fc.property(settings, (drawn) => {
        const body = { model: "m", messages, tools, ...drawn };
        const hint = { model: "m", stream: false };
        const request = fourProtocols["openai-chat"].chat.request.decode(body, hint);
        const { chat } = fourProtocols[to];
        let encoded: EncodedRequest;
        try {
          encoded = chat.request.encode(request, target);
        } catch (error) {
          expect(error).toMatchObject({ code: "unsupported" });
          return;
        }
        const arrived = chat.request.decode({ model, ...encoded.body }, hint);
        const reports = [...encoded.dropped, ...encoded.adapted].join(", ");
        const silent = Object.keys(drawn).filter((name) => {
          const [names, read] = settingsOf[name]!;
          return (
            JSON.stringify(read(arrived) ?? null) !== JSON.stringify(read(request) ?? null) && !names.test(reports)
          );
        });
        expect([silent, silent.length > 0 ? [reports, encoded.body] : null]).toEqual([[], null]);
      }),
      { numRuns: 300, seed: 8 },
    );
  });
});
