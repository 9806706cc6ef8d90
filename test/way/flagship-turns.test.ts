// One conversation with tools in which another vendor answers at every turn: each must take the history that the others
// left, calls and results stay linked, Gemini gets its signatures back and nobody else ever sees them.
import type OpenAI from "openai";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import type { Vendor } from "../../src/simulator/simulator.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { at, put, sentTo, tool, type Told } from "./flagship.test-support.ts";

type History = OpenAI.ChatCompletionMessageParam[];

const targets: Readonly<Record<Vendor, string>> = {
  google: "google/gemini-3-flash-preview",
  openai: "openai/gpt-4o",
  anthropic: "anthropic/claude-sonnet-4-5",
};
const order = ["google", "openai", "anthropic"] as const;
const standIn = "skip_thought_signature_validator";
const tools = [tool("look_up_sea"), tool("look_up_moon")];

/** What a client keeps of an answer: all that it got, or what OpenAI's own types know. */
const clients = {
  "a client that echoes all it got": (message: OpenAI.ChatCompletionMessage): OpenAI.ChatCompletionMessageParam =>
    structuredClone(message) as OpenAI.ChatCompletionMessageParam,
  "a client that keeps the standard members": (
    message: OpenAI.ChatCompletionMessage,
  ): OpenAI.ChatCompletionMessageParam => ({
    role: "assistant",
    content: message.content,
    ...(message.tool_calls === undefined
      ? {}
      : {
          tool_calls: message.tool_calls.flatMap((call) =>
            call.type === "function"
              ? [
                  {
                    id: call.id,
                    type: "function" as const,
                    function: { name: call.function.name, arguments: call.function.arguments },
                  },
                ]
              : [],
          ),
        }),
  }),
} as const;

const rows: readonly (readonly Vendor[])[] = [
  ["google", "openai", "google"],
  ["openai", "google", "openai"],
  ["google", "openai", "google", "openai", "google"],
  ["openai", "google", "anthropic", "google", "openai"],
  ["google", "google", "openai", "openai", "google"],
  ["anthropic", "google", "openai", "anthropic", "google"],
];

function openTurns(): Promise<Stage> {
  return openStage({
    config: {
      routes: {
        assistant: { fallback: order.map((vendor) => targets[vendor]), retry: { attempts: 0 }, breaker: false },
      },
    },
  });
}

/** Everybody before `vendor` in the route is down. */
function serveBy(stage: Stage, vendor: Vendor): void {
  stage.simulator.heal();
  for (const other of order.slice(0, order.indexOf(vendor)))
    stage.simulator.play(other, { fault: "status", status: 503 });
}

interface Play {
  readonly stage: Stage;
  readonly streamed: boolean;
  readonly keep: (message: OpenAI.ChatCompletionMessage) => OpenAI.ChatCompletionMessageParam;
  readonly history: History;
}

/** One question: every vendor but the last calls tools, the last one speaks. */
async function playTurn(play: Play, question: string, vendors: readonly Vendor[]): Promise<void> {
  const { stage, streamed, keep, history } = play;
  history.push({ role: "user", content: question });
  for (const [step, vendor] of vendors.entries()) {
    serveBy(stage, vendor);
    const isLast = step === vendors.length - 1;
    const tool_choice = isLast ? "none" : "required";
    const told = await put(
      stage,
      { messages: history, tools, tool_choice, reasoning: { effort: "low", exclude: false } },
      streamed,
    );
    expect(told.served).toBe(targets[vendor]);
    history.push(keep(told.choice.message));
    if (isLast) {
      expect(told.choice.finish_reason).toBe("stop");
      expect(told.choice.message.content).toMatch(/\w{3}/u);
    } else answerCalls(told, history);
  }
}

function answerCalls(told: Told, history: History): void {
  const calls = told.choice.message.tool_calls ?? [];
  expect(told.choice.finish_reason).toBe("tool_calls");
  expect(calls).toHaveLength(2);
  for (const call of calls) {
    if (call.type === "function") expect(JSON.parse(call.function.arguments)).toBeTypeOf("object");
    history.push({ role: "tool", tool_call_id: call.id, content: `found by ${call.id}` });
  }
}

/** The signatures that a client was given and kept, by the call's id. */
function signaturesOf(history: History): Map<string, string> {
  const calls = history.flatMap((message) => (message.role === "assistant" ? (message.tool_calls ?? []) : []));
  const found = new Map<string, string>();
  for (const call of calls) {
    const signature = at(call as unknown as JsonObject, "extra_content", "google", "thought_signature");
    if (typeof signature === "string") found.set(call.id, signature);
  }
  return found;
}

/** The pairs in what Gemini was sent: each call's id is its response's, in the same order. */
function checkPairs(body: JsonObject): void {
  const contents = body["contents"] as readonly { parts: readonly Record<string, { id: string }>[] }[];
  for (const [index, { parts }] of contents.entries()) {
    const calls = parts.flatMap(({ functionCall }) => functionCall?.id ?? []);
    if (calls.length === 0) continue;
    expect(contents[index + 1]?.parts.flatMap(({ functionResponse }) => functionResponse?.id ?? [])).toEqual(calls);
  }
}

/**
 * What Gemini was sent: its own signature on its own call where the client kept it; else the documented stand-in, which
 * the simulator insists on for the first call of each step.
 */
function checkSignatures(stage: Stage, owned: ReadonlyMap<string, string>): void {
  let real = 0;
  let stoodIn = 0;
  for (const body of sentTo(stage, "google")) {
    const contents = body["contents"] as readonly { parts: readonly JsonObject[] }[];
    for (const part of contents.flatMap(({ parts }) => parts)) {
      const own = owned.get((at(part, "functionCall", "id") ?? "") as string);
      if (own !== undefined) expect(part["thoughtSignature"]).toBe(own);
      if (own !== undefined) real += 1;
      if (part["thoughtSignature"] === standIn) stoodIn += 1;
    }
  }
  expect(stoodIn).toBeGreaterThan(0);
  expect(real > 0).toBe(owned.size > 0);
}

describe.each(Object.entries(clients))("%s", (name, keep) => {
  const echoes = name.includes("echoes");
  describe.each([{ streamed: false }, { streamed: true }])("streamed: $streamed", ({ streamed }) => {
    test.each(rows.map((vendors) => ({ vendors, way: vendors.join(", ") })))("$way", async ({ vendors }) => {
      await using stage = await openTurns();
      const play: Play = { stage, streamed, keep, history: [] };
      await playTurn(play, "Look up the sea and the moon", vendors);
      await playTurn(play, "Once more the sea and the moon, please", vendors.toReversed());

      const refused = stage.simulator.log().filter(({ status, fault }) => status !== 200 && fault === null);
      expect(refused.map(({ vendor, status }) => [vendor, status])).toEqual([]);
      const toOpenai = JSON.stringify(sentTo(stage, "openai"));
      expect(toOpenai).not.toMatch(/signature|extra_content|reasoning|understudy/u);
      const toAnthropic = JSON.stringify(sentTo(stage, "anthropic"));
      expect(toAnthropic).not.toMatch(/thought_?signature|extra_content|reasoning_|skip_thought/iu);
      for (const body of sentTo(stage, "google")) checkPairs(body);
      const ids = play.history.flatMap((message) =>
        message.role === "assistant" ? (message.tool_calls ?? []).map(({ id }) => id) : [],
      );
      expect(new Set(ids).size).toBe(ids.length);
      expect(signaturesOf(play.history).size > 0).toBe(echoes);
      checkSignatures(stage, signaturesOf(play.history));
    });
  });
});
