import { describe, expect, test } from "vitest";
import { attemptRecord } from "../../test/support/exchange.ts";
import { TransportFailure } from "../core/transport.ts";
import { PassedStream, type PassedStreamOptions } from "./passed-stream.ts";

function open(
  chunks: readonly (string | Error)[],
  options: Partial<PassedStreamOptions> = {},
  type = "application/json",
) {
  const left = [...chunks];
  const attempt = attemptRecord();
  const ids: string[] = [];
  const body = {
    next: async () => {
      const chunk = left.shift();
      if (chunk instanceof Error) throw chunk;
      return chunk === undefined ? null : Buffer.from(chunk);
    },
    cancel: () => void left.splice(0),
  };
  const stream = new PassedStream({
    response: { status: 200, headers: { "content-type": type }, body },
    attempt,
    codec: { read: (json) => ({ ids: [(json as { id: string }).id], usage: null }) },
    rewrite: null,
    isComputed: false,
    onPart: () => {},
    remember: (some) => void ids.push(...some),
    ...options,
  });
  return { stream, attempt, ids };
}

async function textsOf(stream: PassedStream): Promise<string[]> {
  const texts: string[] = [];
  for (let piece = await stream.next(); piece !== null; piece = await stream.next())
    texts.push(piece.raw === null ? (piece.events[0]?.type ?? "") : Buffer.from(piece.raw).toString());
  return texts;
}

test("each read is a piece; the document is read at its end", async () => {
  const { stream, attempt, ids } = open(['{"id":', '"file-1"}']);
  expect(await textsOf(stream)).toEqual(['{"id":', '"file-1"}']);
  expect([attempt.bytesIn, ids]).toEqual([15, ["file-1"]]);
  expect(await stream.next()).toBeNull();
});

test("a document that is rewritten comes at once, and says so", async () => {
  const { stream, attempt } = open(['{"id":"a', '"}'], { rewrite: (text) => text.replace("a", "b") });
  expect(await textsOf(stream)).toEqual(['{"id":"b"}']);
  expect(attempt.adapted).toEqual(["addresses:vendor>gateway"]);
});

test("beyond 1 MiB it passes unchanged and unread, and nothing of it is lost", async () => {
  const chunk = `"${"x".repeat(600_000)}"`;
  const { stream, ids } = open([chunk, chunk, "end"], { rewrite: () => "never" });
  expect((await textsOf(stream)).join("") === `${chunk}${chunk}end`).toBe(true);
  expect(ids).toEqual([]);
});

test("what is no JSON is not read, whatever its type says", async () => {
  expect((await textsOf(open(["{oops"]).stream)).join("")).toBe("{oops");
  const audio = open(['{"id":"x"}'], {}, "audio/mpeg");
  await textsOf(audio.stream);
  expect(audio.ids).toEqual([]);
});

test("a break is one failure, and the end", async () => {
  const broken = new TransportFailure({ phase: "body", code: "ECONNRESET", message: "reset" });
  const { stream, ids } = open(["{", broken, "never"]);
  expect(await textsOf(stream)).toEqual(["{", "failure"]);
  expect(ids).toEqual([]);
});

test("after a cancel nothing comes", async () => {
  const { stream, ids } = open(['{"id":"a"}']);
  stream.cancel();
  expect([await stream.next(), ids]).toEqual([null, []]);
});

describe("what a model computed", () => {
  test("is one piece, when it is whole", async () => {
    let parts = 0;
    const { stream } = open(['{"id":', '"a"}'], { isComputed: true, onPart: () => (parts += 1) });
    expect([await textsOf(stream), parts]).toEqual([['{"id":"a"}'], 2]);
  });

  test("beyond 16 MiB passes on, and nothing of it is lost", async () => {
    const chunk = "x".repeat(9 * 1024 * 1024);
    const { stream } = open(['"', chunk, chunk, '"'], { isComputed: true });
    const texts = await textsOf(stream);
    expect(texts.map(({ length }) => length)).toEqual([1 + chunk.length * 2, 1]);
  });

  test("as bytes passes as it comes, whatever they begin with", async () => {
    const { stream } = open(["{oops", "<html"], { isComputed: true }, "audio/pcm");
    expect(await textsOf(stream)).toEqual(["{oops", "<html"]);
  });

  test("as text with the type of JSON is taken", async () => {
    expect(await textsOf(open(["a hen"], { isComputed: true }).stream)).toEqual(["a hen"]);
  });

  test.each([
    ["nothing", "empty", open([], { isComputed: true }, "audio/mpeg")],
    ["a page", "malformed", open(["\n<!DOCTYPE html><p>log in"], { isComputed: true }, "text/html")],
    ["a page that claims to be sound", "malformed", open(["<html>"], { isComputed: true }, "audio/mpeg")],
    ["half a document", "malformed", open(['{"data":['], { isComputed: true })],
  ])("is a failure, if it is %s", async (_, verdict, { stream }) => {
    const piece = await stream.next();
    expect(piece?.events).toEqual([{ type: "failure", failure: expect.objectContaining({ verdict, status: 200 }) }]);
    expect(await stream.next()).toBeNull();
  });
});
