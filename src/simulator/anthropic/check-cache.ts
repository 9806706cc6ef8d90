// Anthropic's checks of cache marks: more than four, an unknown form, one on an empty text, and a longer ttl after a
// shorter one. Throws a Complaint.
import { asRecord, recordsOf, show, type JsonRecord } from "../json-record.ts";
import { Complaint } from "./envelope.ts";

interface Mark {
  readonly value: JsonRecord;
  readonly place: string;
}

export function checkCache(body: JsonRecord): void {
  const marks = marksIn(body);
  for (const { value, place } of marks) checkMark(value, place);
  if (marks.length > 4)
    throw new Complaint(`A maximum of 4 blocks with cache_control may be provided. Found ${marks.length}.`);
  const short = marks.findIndex(({ value }) => value["ttl"] !== "1h");
  const late = marks.find(({ value }, index) => value["ttl"] === "1h" && short >= 0 && index > short);
  if (late === undefined) return;
  throw new Complaint(
    `${late.place}.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: \`tools\`, \`system\`, \`messages\`.`,
  );
}

/** In processing order. One on the whole request counts, at its end. */
function marksIn(body: JsonRecord): Mark[] {
  const marks: Mark[] = [];
  collect(body["tools"], "tools", marks);
  collect(body["system"], "system", marks);
  for (const [index, message] of recordsOf(body["messages"]).entries()) {
    for (const [at, block] of recordsOf(message["content"]).entries()) {
      const place = `messages.${index}.content.${at}`;
      collect(block["content"], `${place}.content`, marks);
      add(block, place, marks);
    }
  }
  const whole = asRecord(body["cache_control"]);
  if (whole !== undefined) marks.push({ value: whole, place: "cache_control" });
  return marks;
}

function collect(blocks: unknown, place: string, marks: Mark[]): void {
  for (const [index, block] of recordsOf(blocks).entries()) add(block, `${place}.${index}`, marks);
}

function add(block: JsonRecord, place: string, marks: Mark[]): void {
  const value = asRecord(block["cache_control"]);
  if (value === undefined) return;
  if (block["type"] === "text" && show(block["text"]).trim() === "")
    throw new Complaint(`${place}: cache_control cannot be set for empty text blocks`);
  marks.push({ value, place: `${place}.cache_control` });
}

function checkMark(mark: JsonRecord, place: string): void {
  if (mark["type"] !== "ephemeral") {
    throw new Complaint(
      `${place}: Input tag '${show(mark["type"])}' found using 'type' does not match any of the expected tags: 'ephemeral'`,
    );
  }
  if (mark["ttl"] !== undefined && mark["ttl"] !== "5m" && mark["ttl"] !== "1h")
    throw new Complaint(`${place}.ephemeral.ttl: Input should be '5m' or '1h'`);
}
