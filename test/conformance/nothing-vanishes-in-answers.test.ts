// Whatever a vendor says, to every client: each word of it is in the client's answer, or the report names the place where it
// stood. Whole and streamed.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatResponse } from "../../src/core/chat.ts";
import type { TargetProtocol } from "../../src/core/protocol.ts";
import { bedrockConverse } from "../../src/protocols/bedrock-converse/protocol.ts";
import { AnswerWords } from "../../src/translate/answer-words.ts";
import { drawAnswer, type DrawnAnswer, type Vendor } from "./draw-answer.test-support.ts";
import { ears } from "./ears.test-support.ts";
import { type Four, four, fourProtocols } from "./protocols.test-support.ts";

const vendors: Readonly<Record<Vendor, TargetProtocol>> = { ...fourProtocols, "bedrock-converse": bedrockConverse };

interface Told {
  readonly wire: string;
  readonly dropped: readonly string[];
}

/** What the gateway's translation does with an answer, without its sockets. */
function tellWhole({ whole }: DrawnAnswer, from: Vendor, to: Four): Told {
  const attempt = { dropped: [] as readonly string[] };
  const answer = vendors[from].chat.response.decode(whole) as ChatResponse;
  const carried = wordsFor(attempt, from, to).whole(answer);
  const body = fourProtocols[to].chat.response.encode(carried, ears[to].options);
  return { wire: JSON.stringify(body), dropped: attempt.dropped };
}

function tellStream({ stream }: DrawnAnswer, from: Vendor, to: Four): Told {
  const attempt = { dropped: [] as readonly string[] };
  const decoder = wordsFor(attempt, from, to).follow(vendors[from].chat.stream.decoder());
  const encoder = fourProtocols[to].chat.stream.encoder(ears[to].options);
  let wire = "";
  for (const { event, data } of stream) wire += encoder.step(decoder.step({ event, data: JSON.stringify(data) }));
  wire += encoder.step(decoder.end()) + encoder.end();
  // Pieces of one text come in several frames.
  const texts = [
    ...wire.matchAll(
      /"(?:text|thinking|content|delta|partial_json|arguments|reasoning_content)":"((?:[^"\\]|\\.)*)"/gu,
    ),
  ];
  return { wire: wire + texts.map(([, text]) => text).join(""), dropped: attempt.dropped };
}

function wordsFor(attempt: { dropped: readonly string[] }, from: Vendor, to: Four): AnswerWords {
  const hasBlocks = vendors[from].chat.hasBlocks === true;
  return new AnswerWords({ attempt, client: fourProtocols[to].chat, hasBlocks, mayHaveTags: !hasBlocks });
}

/** The last name of the entry is on the way to the word. */
function isNamed(path: readonly string[], dropped: readonly string[]): boolean {
  return dropped.some((entry) => entry.startsWith("answer.") && path.includes(entry.split(/[.[]/u).at(-1) ?? ""));
}

function lost({ words }: DrawnAnswer, { wire, dropped }: Told): readonly object[] {
  return words.filter(({ word, path }) => !wire.includes(word) && !isNamed(path, dropped));
}

const pairs = (Object.keys(vendors) as Vendor[]).flatMap((from) =>
  four.filter((to) => to !== from).map((to) => ({ from, to })),
);

describe("a word of an answer arrives, or its loss is reported", () => {
  test.each(pairs)("$from → $to", ({ from, to }) => {
    fc.assert(
      fc.property(drawAnswer[from], (answer) => {
        for (const tell of [tellWhole, tellStream]) {
          const told = tell(answer, from, to);
          expect({ how: tell.name, lost: lost(answer, told), dropped: told.dropped }).toMatchObject({ lost: [] });
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("the text of a block that nobody knows", () => {
  const note = { type: "note", text: "Mind the gap." };
  const answer = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [{ type: "text", text: "One." }, note, { type: "text", text: "Two." }],
    stop_reason: "end_turn",
    usage: { input_tokens: 1, output_tokens: 1 },
  };

  test("is text of its own at every client", () => {
    const told = tellWhole({ whole: answer, stream: [], words: [] }, "anthropic-messages", "openai-chat");
    expect(told.wire).toContain(String.raw`"content":"One.\n\nMind the gap.\n\nTwo."`);
    expect(told.dropped).toEqual([]);
  });

  test("is text of its own where the vendor has no blocks", () => {
    const content = [
      { type: "text", text: "One." },
      { type: "note", title: "Mind the gap." },
      { type: "text", text: "Two." },
    ];
    const whole = { id: "c", model: "m", choices: [{ index: 0, message: { content }, finish_reason: "stop" }] };
    const told = tellWhole({ whole, stream: [], words: [] }, "openai-chat", "anthropic-messages");
    const blocks = (JSON.parse(told.wire) as { content: { text: string }[] }).content;
    expect(blocks.map(({ text }) => text).join("")).toBe("One.\n\ntitle: Mind the gap.\n\nTwo.");
  });

  test("does not move the sources of the text behind it", () => {
    const citations = [{ type: "web_search_result_location", url: "https://x.test", title: "X", cited_text: "a" }];
    const content = [{ type: "text", text: "One." }, note, { type: "text", text: "Two.", citations }];
    const told = tellWhole(
      { whole: { ...answer, content }, stream: [], words: [] },
      "anthropic-messages",
      "openai-chat",
    );
    const { choices } = JSON.parse(told.wire) as {
      choices: {
        message: { content: string; annotations: { url_citation: { start_index: number; end_index: number } }[] };
      }[];
    };
    const { content: text, annotations } = choices[0]!.message;
    const { start_index, end_index } = annotations[0]!.url_citation;
    expect(text.slice(start_index, end_index)).toBe("Two.");
  });
});
