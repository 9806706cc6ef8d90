// The numbers in every vendor's words for a request that is too long, and what the clients of each protocol look for.
// Sources of their patterns: Claude Code 2.1 (`prompt is too long[^0-9]*(\d+)…`), opencode's and pi's overflow patterns,
// Cline's `context-error-handling`, LiteLLM's `ExceptionCheckers` (aider), Codex's `context_length_exceeded`.
import { describe, expect, test } from "vitest";
import { GatewayFailure } from "../../core/failure.ts";
import type { Protocol } from "../../core/protocol.ts";
import { protocols } from "../index.ts";
import { overflowIn } from "./overflow.ts";

type Told = [message: string, window: number | null, prompt: number | null, answer?: number];

const words: Told[] = [
  [
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens. Please reduce the length of the messages.",
    128_000,
    131_072,
  ],
  [
    "This model's maximum context length is 8192 tokens, however you requested 9000 tokens (5000 in your prompt; 4000 for the completion). Please reduce your prompt; or completion length.",
    8192,
    5000,
    4000,
  ],
  [
    "This model's maximum context length is 65536 tokens. However, you requested 66321 tokens (66321 in the messages, 0 in the completion).",
    65_536,
    66_321,
  ],
  [
    "This endpoint's maximum context length is 32768 tokens. However, you requested about 42832 tokens (42832 of text input). Please reduce the length of either one",
    32_768,
    42_832,
  ],
  [
    "This endpoint's maximum context length is 200000 tokens. However, you requested about 244027 tokens (180000 of text input, 20027 of tool input, 44000 in the output).",
    200_000,
    200_027,
    44_000,
  ],
  [
    "This model's maximum context length is 524288 tokens. However, you requested 1 output tokens and your prompt contains at least 524288 input tokens, for a total of at least 524289 tokens.",
    524_288,
    524_288,
    1,
  ],
  ["Your input exceeds the context window of this model. Please adjust your input and try again.", null, null],
  ["prompt is too long: 215000 tokens > 200000 maximum", 200_000, 215_000],
  [
    "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens` and try again",
    200_000,
    190_000,
    20_000,
  ],
  ["The input token count (1150000) exceeds the maximum number of tokens allowed (1048576).", 1_048_576, 1_150_000],
  ["The input token count exceeds the maximum number of tokens allowed (1048576).", 1_048_576, null],
  ["the request exceeds the available context size (4096 tokens), try increasing it", 4096, null],
  ["request (12000 tokens) exceeds the available context size (8192 tokens), try increasing it", 8192, 12_000],
  ["The decoder prompt (length 9000) is longer than the maximum model length of 8192.", 8192, 9000],
  ["This model's maximum prompt length is 131072 but the request contains 140000 tokens.", 131_072, 140_000],
  ["Invalid request: Your request exceeded model token limit: 32768 (requested: 40000)", 32_768, 40_000],
  ["Current length is 9000 while limit is 8192", 8192, 9000],
  ["The input (9000 tokens) is longer than the model's context length (8192 tokens).", 8192, 9000],
  ["prompt token count of 74490 exceeds the limit of 72000", 72_000, 74_490],
  [
    "messages: m has a context window of 8000 tokens; the request needs about 9000 (1000 for the answer)",
    8000,
    8000,
    1000,
  ],
  ["input is too long for requested model", null, null],
];

test.each(words)("%s", (message, ...[window, prompt, answer = null]) => {
  expect(overflowIn(message)).toEqual({ window, prompt, answer });
});

/** The words that clients of each protocol look for, with the groups `prompt` and `window` where they read numbers. */
const lookedFor: Readonly<Record<string, readonly RegExp[]>> = {
  "openai-chat": [
    /maximum context length is (?<window>\d+) tokens|exceeds the context window/i,
    /\bcontext\s*(?:length|window)\b/i,
  ],
  "openai-completions": [/maximum context length is (?<window>\d+) tokens|exceeds the context window/i],
  "openai-responses": [/maximum context length is (?<window>\d+) tokens|exceeds the context window/i],
  "anthropic-messages": [
    /prompt is too long|input length and `max_tokens` exceed context limit/,
    /prompt is too long[^0-9]*(?<prompt>\d+)\s*tokens?\s*>\s*(?<window>\d+)|exceed context limit: (?<prompt2>\d+) \+ \d+ > (?<window2>\d+)/i,
  ],
  "gemini-generate": [
    /input token count(?: \((?<prompt>\d+)\))? exceeds the maximum number of tokens allowed(?: \((?<window>\d+)\))?/i,
  ],
};

describe.each(Object.values(protocols))("a client of $name", (protocol: Protocol) => {
  const patterns = lookedFor[protocol.name] ?? [];
  test.each(words)("knows it by its own words: %s", (message, window, prompt) => {
    const failure = new GatewayFailure(message, { code: "context_too_long", status: 400 });
    const body = protocol.failure.encode(failure, "req_1");
    const { message: told } = body["error"] as { message: string };
    expect(told).toContain(message);
    expect(protocol.failure.frame(failure)).toContain(JSON.stringify(told).slice(1, -1));
    const matches = patterns.map((pattern) => pattern.exec(told));
    if (window === null || prompt === null) {
      expect(matches[0]).not.toBeNull();
      return;
    }
    expect(matches).not.toContain(null);
    for (const { groups = {} } of matches.filter((one) => one !== null)) {
      for (const name of ["window", "window2"]) if (groups[name] !== undefined) expect(groups[name]).toBe(`${window}`);
      for (const name of ["prompt", "prompt2"]) if (groups[name] !== undefined) expect(groups[name]).toBe(`${prompt}`);
    }
  });
});

test("where only the answer's limit is too large, Anthropic's clients learn that, and lower it", () => {
  const message = words[1]?.[0] ?? "";
  const failure = new GatewayFailure(message, { code: "context_too_long", status: 400 });
  expect(protocols["anthropic-messages"].failure.encode(failure, "req_1")).toMatchObject({
    error: {
      message: `input length and \`max_tokens\` exceed context limit: 5000 + 4000 > 8192, decrease input length or \`max_tokens\` and try again. ${message}`,
    },
  });
});

test("other failures keep their words", () => {
  const failure = new GatewayFailure("maximum context length is 8 tokens", { code: "bad_request", status: 400 });
  for (const { failure: codec } of Object.values(protocols))
    expect(codec.encode(failure, "req_1")).toMatchObject({ error: { message: failure.message } });
});

test("OpenAI's clients read the wait of a rate limit in its words, once", () => {
  const told = (message: string, retryAfterMs: number | null): unknown =>
    protocols["openai-responses"].failure.encode(
      new GatewayFailure(message, { code: "rate_limited", status: 429, retryAfterMs }),
      "req_1",
    )["error"];
  expect(told("Resource exhausted", 1500)).toMatchObject({
    message: "Resource exhausted. Please try again in 1.5s.",
    code: "rate_limit_exceeded",
  });
  const own = "Rate limit reached. Please try again in 20s.";
  expect(told(own, 20_000)).toMatchObject({ message: own });
  expect(told("Resource exhausted", null)).toMatchObject({ message: "Resource exhausted" });
});
