import { expect, test } from "vitest";
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
