// The example application's pure parts: reading the gateway's report, the caller's input, and an answer's Markdown.
import { describe, expect, it } from "vitest";
import {
  parseAttempts,
  parseSkipped,
  readFailure,
  readService,
  readTakeover,
  sayVerdict,
  type Attempt,
} from "../examples/gemini-to-gpt4o/attempts.ts";
import { readMessages, readQuestion } from "../examples/gemini-to-gpt4o/input.ts";

interface Block {
  kind: string;
  lines: string[];
  ordered?: boolean;
}

const markdownUrl = new URL("../examples/gemini-to-gpt4o/public/markdown.js", import.meta.url).href;
const { toBlocks } = (await import(markdownUrl)) as { toBlocks: (text: string) => Block[] };

const fellOver = "google/gemini-2.5-flash:overloaded:503:212, openai/gpt-4o:ok:200:640";

function attempt(values: Partial<Attempt>): Attempt {
  return { target: "openai/gpt-4o", verdict: "ok", words: "answered", status: 200, ms: 640, ...values };
}

const overloaded = attempt({
  target: "google/gemini-2.5-flash",
  verdict: "overloaded",
  words: "overloaded",
  status: 503,
  ms: 212,
});

describe("a chunk", () => {
  it("tells who goes on, after whom and why", () => {
    const understudy = { continued_by: "openai/gpt-4o", after: "google/gemini-2.5-flash", verdict: "stalled" };
    const told = { by: "openai/gpt-4o", after: "google/gemini-2.5-flash", verdict: "stalled", words: "fell silent" };
    expect(readTakeover({ choices: [], understudy })).toEqual(told);
  });

  it.each([{}, { understudy: null }, { understudy: "on" }, { understudy: { after: "a/m" } }])(
    "mostly tells nothing of the kind: %j",
    (chunk) => {
      expect(readTakeover(chunk)).toBeNull();
    },
  );
});

describe("the attempts header", () => {
  it("gives each attempt with its verdict in words", () => {
    expect(parseAttempts(fellOver)).toEqual([overloaded, attempt({})]);
  });

  it("reads from the right, so a model's name may hold colons", () => {
    expect(parseAttempts("ollama/llama3.2:3b:unreachable::0")).toEqual([
      attempt({
        target: "ollama/llama3.2:3b",
        verdict: "unreachable",
        words: "could not be reached",
        status: null,
        ms: 0,
      }),
    ]);
  });

  it.each([null, "", " , ", "nonsense", "a:b:c"])("makes nothing of %j", (header) => {
    expect(parseAttempts(header)).toEqual([]);
  });

  it("comes with who served", () => {
    const headers = new Headers({ "x-understudy-target": "openai/gpt-4o", "x-understudy-attempts": fellOver });
    expect(readService(headers)).toEqual({
      servedBy: "openai/gpt-4o",
      attempts: [overloaded, attempt({})],
      skipped: [],
    });
    expect(readService(new Headers())).toEqual({ servedBy: null, attempts: [], skipped: [] });
  });

  it("has one beside it for those who were passed over", () => {
    const header =
      "ollama/llama3.2:3b: API key cooling down (quota_exhausted), 48 s left, openai/gpt-4o: circuit breaker open";
    expect(parseSkipped(header)).toEqual([
      { target: "ollama/llama3.2:3b", reason: "API key cooling down (quota_exhausted), 48 s left" },
      { target: "openai/gpt-4o", reason: "circuit breaker open" },
    ]);
    for (const nothing of [null, "", ", ", "nonsense"]) expect(parseSkipped(nothing)).toEqual([]);
  });

  it("keeps a verdict that it has no words for readable", () => {
    expect(sayVerdict("no_response")).toBe("said nothing");
    expect(sayVerdict("lost_in_space")).toBe("lost in space");
  });
});

describe("a failure", () => {
  const detail = { message: "All failed.", code: "all_targets_failed" };
  const listed = [{ target: "google/gemini-2.5-flash", verdict: "overloaded", status: 503, ms: 212 }];

  it.each([
    ["unwrapped, attempts inside", { error: { ...detail, attempts: listed } }],
    ["whole, attempts beside", { error: { error: detail, attempts: listed } }],
    ["whole, attempts inside", { error: { error: { ...detail, attempts: listed } } }],
    [
      "attempts in the headers only",
      { error: detail, headers: new Headers({ "x-understudy-attempts": fellOver.split(", ")[0]! }) },
    ],
    [
      "attempts in headers that are a plain object",
      { error: { error: detail }, headers: { "x-understudy-attempts": fellOver.split(", ")[0] } },
    ],
  ])("is read from an SDK's error: %s", (_form, fields) => {
    const error = Object.assign(new Error("502 All failed."), { status: 502, ...fields });
    expect(readFailure(error)).toEqual({ ...detail, status: 502, attempts: [overloaded], skipped: [] });
  });

  it("after the answer began names the attempt that was cut, which the headers still call ok", () => {
    const begun = new Headers({ "x-understudy-attempts": fellOver });
    const error = Object.assign(new Error("Gone."), { error: { message: "Gone.", code: "stalled" } });
    const { attempts, code } = readFailure(error, begun);
    expect(code).toBe("stalled");
    expect(attempts).toEqual([overloaded, attempt({ verdict: "stalled", words: "fell silent" })]);
    expect(readFailure(new Error("ended"), begun).attempts.at(-1)).toMatchObject({
      verdict: "cut",
      words: "broke off",
    });
  });

  it("of the connection to the gateway is told apart from a vendor's", () => {
    class APIConnectionError extends Error {}
    expect(readFailure(new APIConnectionError("Connection error."))).toMatchObject({
      code: "gateway_unreachable",
      status: 502,
      message: expect.stringContaining("understudy serve") as string,
    });
    expect(readFailure(new TypeError("terminated"), new Headers()).code).toBe("gateway_lost");
  });

  it.each([
    ["text", "text"],
    [undefined, "undefined"],
    [new TypeError("a bug"), "a bug"],
  ])("can be anything that was thrown: %j", (thrown, message) => {
    expect(readFailure(thrown)).toEqual({ message, code: "failed", status: null, attempts: [], skipped: [] });
  });
});

describe("the caller's input", () => {
  it("is taken as it is when it is right", () => {
    const messages = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello" },
    ];
    expect(readQuestion({ question: "Why?" })).toBe("Why?");
    expect(readMessages({ messages })).toEqual(messages);
  });

  it.each([undefined, {}, { question: 7 }, { question: "  " }, []])("is refused as a question: %j", (body) => {
    expect(() => readQuestion(body)).toThrow(
      expect.objectContaining({ status: 400, message: expect.stringContaining('"question"') as string }),
    );
  });

  it.each([
    [undefined, '"messages"'],
    [{ messages: [] }, '"messages"'],
    [{ messages: "Hi" }, '"messages"'],
    [{ messages: [{ role: "user", content: "Hi" }, null] }, "messages[1]"],
    [{ messages: [{ role: "tool", content: "Hi" }] }, "messages[0]"],
    [{ messages: [{ role: "user", content: ["Hi"] }] }, "messages[0]"],
  ])("is refused as a conversation, naming the place: %j", (body, place) => {
    expect(() => readMessages(body)).toThrow(
      expect.objectContaining({ status: 400, message: expect.stringContaining(place) as string }),
    );
  });
});

describe("an answer's Markdown", () => {
  it("becomes paragraphs, headings, lists and code", () => {
    const text = "# Title\nOne\nline\n\nTwo\n\n- a\n- b\n1. c\n\n```js\nlet x;\n\n- no list\n```\nEnd";
    expect(toBlocks(text)).toEqual([
      { kind: "heading", lines: ["Title"] },
      { kind: "paragraph", lines: ["One", "line"] },
      { kind: "paragraph", lines: ["Two"] },
      { kind: "list", ordered: false, lines: ["a", "b"] },
      { kind: "list", ordered: true, lines: ["c"] },
      { kind: "code", lines: ["let x;", "", "- no list"] },
      { kind: "paragraph", lines: ["End"] },
    ]);
  });

  it("shows code whose end has not come yet as code", () => {
    expect(toBlocks("See:\n```js\nconst a = 1;")).toEqual([
      { kind: "paragraph", lines: ["See:"] },
      { kind: "code", lines: ["const a = 1;"] },
    ]);
  });

  it("makes nothing of nothing", () => {
    expect(toBlocks("")).toEqual([]);
  });
});
