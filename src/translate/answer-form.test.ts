import { expect, test } from "vitest";
import type { Source } from "../core/transport.ts";
import { readAll } from "../domain/read-all.ts";
import { readAnswerForm } from "./answer-form.ts";

function sourceOf(chunks: readonly string[]): Source<Uint8Array> {
  const open = chunks.map((chunk) => Buffer.from(chunk));
  return { next: () => Promise.resolve(open.shift() ?? null), cancel: () => void open.splice(0) };
}

test.each<[string, readonly string[], string]>([
  ["an object", ["{}"], "document"],
  ["a list, after blank pieces", ["\n", " \r\n", "[1]"], "document"],
  ["an object after a byte order mark", ["\u{feff}{}"], "document"],
  ["data", ["data: 1\n\n"], "events"],
  ["a comment", [": ping\n\n", "data: 1\n\n"], "events"],
  ["the name of an event, in single letters", ["e", "v", "e", "n", "t", ":", " x\n\n"], "events"],
  ["a page", ["<html>"], "other"],
  ["words that begin like an event", ["dat", "e"], "other"],
  ["nothing", [], "other"],
  ["half a name", ["da"], "other"],
  ["blanks without an end", Array.from({ length: 70 }, () => " ".repeat(1024)), "other"],
])("%s", async (_, chunks, expected) => {
  const { form, body } = await readAnswerForm(sourceOf(chunks));
  expect(form).toBe(expected);
  expect(Buffer.from(await readAll(body, 1_000_000)).toString()).toBe(chunks.join(""));
});
