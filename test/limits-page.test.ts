// docs/configuration/limits.md has the numbers of the code: each of its limits is read from the source that sets it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { defaultServer } from "../src/config/defaults.ts";
import { MOST_ANSWER } from "../src/domain/read-all.ts";
import { HIGH_WATER } from "../src/transport/reading.ts";
import { IDLE_TIMEOUT, MAX_HEAD } from "../src/transport/pool.ts";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/configuration/limits.md"), "utf8");

/** The cell beside a limit, under a heading. */
function told(heading: string, limit: string): string {
  const section = page.split(/^## /mu).find((one) => one.startsWith(`${heading}\n`)) ?? "";
  const line = section.split("\n").find((one) => one.startsWith(`| ${limit}`));
  return line?.split("|")[2]?.trim() ?? `no line "${limit}" under "${heading}"`;
}

/** A constant of one module, or a member of one, which is a product of whole numbers. */
function constant(file: string, name: string): number {
  const text = readFileSync(join(root, "src", file), "utf8");
  const value = new RegExp(`^(?:(?:export )?const ${name}(?:: number)? =|  ${name}:) ([\\d_ *]+)[;,]`, "mu").exec(
    text,
  )?.[1];
  if (value === undefined) throw new Error(`no ${name} in src/${file}`);
  return value.split("*").reduce((product, factor) => product * Number(factor.replaceAll("_", "")), 1);
}

const bytes = (count: number): string => {
  for (const [unit, name] of [
    [1024 ** 3, "GiB"],
    [1024 ** 2, "MiB"],
    [1024, "KiB"],
  ] as const)
    if (count >= unit) return `${count / unit} ${name}`;
  return `${count} bytes`;
};
const time = (milliseconds: number): string =>
  milliseconds >= 120_000 ? `${milliseconds / 60_000} min` : `${milliseconds / 1_000} s`;
const number = (count: number): string => count.toLocaleString("en-US");

const REQUESTS = "Requests";
const MEDIA = "Images and files that a conversation links to";
const KEPT = "Answers kept for repeated requests";
const ANSWERS = "Answers of vendors";

const limits: readonly (readonly [heading: string, limit: string, says: string])[] = [
  [REQUESTS, "a request's headers", bytes(constant("listen/listener.ts", "MAX_HEAD"))],
  [REQUESTS, "a request's body", bytes(defaultServer.maxBody)],
  [REQUESTS, "a form or file for", bytes(defaultServer.maxUpload)],
  [REQUESTS, "what is held of it", bytes(defaultServer.spool)],
  [REQUESTS, "what is held if a model answers", bytes(defaultServer.maxBody)],
  [REQUESTS, "parts of a form", number(constant("decode/form-fields.ts", "MOST_PARTS"))],
  [REQUESTS, "a JSON answer that is read", bytes(constant("translate/passed-stream.ts", "MOST_READ"))],
  [REQUESTS, "the same, if a model computed it", bytes(constant("translate/passed-stream.ts", "MOST_COMPUTED"))],
  [REQUESTS, "ids of stored things", number(constant("translate/stored-things.ts", "MOST"))],
  [REQUESTS, "all bodies held", bytes(defaultServer.maxBodies)],
  [REQUESTS, "encodings of a body", number(constant("listen/decode-body.ts", "MOST_ENCODINGS"))],
  [REQUESTS, "[sessions](../realtime.md#while-it-is-open) at a time", number(defaultServer.sessions.max)],
  [REQUESTS, "a message of a session", bytes(defaultServer.sessions.maxMessage)],
  [REQUESTS, "the time of a session", time(defaultServer.sessions.maxTime ?? 0)],
  [REQUESTS, "its time without a message", time(defaultServer.sessions.idle ?? 0)],
  [REQUESTS, "bytes before a session's 101", bytes(constant("listen/early-bytes.ts", "MOST"))],
  [REQUESTS, "nesting of its JSON", number(defaultServer.maxDepth)],
  [REQUESTS, "nesting of `x-understudy-metadata`", number(constant("plan/metadata.ts", "DEEPEST"))],
  [REQUESTS, "nesting of `x-portkey-config`", number(constant("config/portkey-shape.ts", "DEEPEST"))],
  [REQUESTS, "a model's name", `${number(constant("decode/read-field.ts", "LONGEST_MODEL"))} characters`],
  [REQUESTS, "time for the headers", time(constant("listen/listener.ts", "HEAD_TIMEOUT"))],
  [REQUESTS, "time for the whole request", time(constant("listen/listener.ts", "REQUEST_TIMEOUT"))],
  [REQUESTS, "an idle connection", time(constant("listen/listener.ts", "IDLE_TIMEOUT"))],
  [MEDIA, "one image or file", bytes(constant("translate/media.ts", "MOST_BYTES"))],
  [MEDIA, "all of them in a request", bytes(constant("translate/media.ts", "MOST_TOGETHER"))],
  [MEDIA, "their number in a request", number(constant("translate/media.ts", "MOST_MEDIA"))],
  [MEDIA, "time for one", time(constant("translate/media.ts", "LONGEST"))],
  [KEPT, "time after", time(constant("decode/repeated-calls.ts", "keptFor"))],
  [KEPT, "answers", number(constant("decode/repeated-calls.ts", "entries"))],
  [KEPT, "one answer", bytes(constant("decode/repeated-calls.ts", "bytesEach"))],
  [KEPT, "all of them", bytes(constant("decode/repeated-calls.ts", "bytes"))],
  [ANSWERS, "an answer's headers", bytes(MAX_HEAD)],
  [ANSWERS, "a whole answer", bytes(MOST_ANSWER)],
  [ANSWERS, "one event of a stream", bytes(MOST_ANSWER)],
  [
    ANSWERS,
    "events before the first content",
    `${number(constant("attempt/target/single-attempt.ts", "MOST_HELD"))}, and ${bytes(constant("attempt/target/single-attempt.ts", "MOST_HELD_BYTES"))}`,
  ],
  [ANSWERS, "reads without an event", number(constant("attempt/stream/committed-stream.ts", "MOST_EMPTY"))],
  [
    ANSWERS,
    "an answer that is checked",
    `${bytes(constant("attempt/target/single-attempt.ts", "MOST_HELD_BYTES"))}, and ${number(constant("attempt/output/buffer-until-valid.ts", "MOST_PIECES"))} pieces`,
  ],
  [ANSWERS, "blank bytes", bytes(constant("translate/answer-form.ts", "MOST_BLANK"))],
  [
    ANSWERS,
    "an error's body",
    `${bytes(constant("translate/read-error.ts", "MOST_BYTES"))}, and ${time(constant("translate/read-error.ts", "LONGEST"))}`,
  ],
  [ANSWERS, "unread bytes of a stream", `${bytes(HIGH_WATER)}, and one read`],
  [ANSWERS, "an open stream after", time(constant("attempt/stream/committed-stream.ts", "AFTERWARDS"))],
  [ANSWERS, "an idle connection", `${time(IDLE_TIMEOUT)}, or what the vendor says`],
];

test.each(limits)("%s: %s is %s", (heading, limit, says) => {
  expect(told(heading, limit)).toBe(says);
});

test("every limit of the page is compared, but those that follow from the machine", () => {
  const rows = page.split("\n").filter((line) => /^\| (?!limit |---)/u.test(line));
  const free = ["requests in flight", "a stream |"];
  const missing = rows.filter(
    (row) => ![...limits.map(([, limit]) => limit), ...free].some((limit) => row.startsWith(`| ${limit}`)),
  );
  expect(missing).toEqual([]);
});
