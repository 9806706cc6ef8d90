import { describe, expect, test } from "vitest";
import { attemptRecord } from "../../../test/support/exchange.ts";
import { broken, finish, start, text } from "../../../test/support/scripted-ask.ts";
import type { OutputFormat } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Piece } from "../../core/exchange.ts";
import { bufferUntilValid } from "./buffer-until-valid.ts";
import { wireFailure } from "../target/wire-failure.ts";

const piece = (...events: StreamEvent[]): Piece => ({ events, raw: null });
const call = (tool = 0): StreamEvent => ({ type: "tool-start", choice: 0, tool, id: `c${tool}`, name: `f${tool}` });
const written = (words: string, tool = 0): StreamEvent => ({ type: "tool-delta", choice: 0, tool, arguments: words });
const thought: StreamEvent = { type: "reasoning-delta", choice: 0, text: "Hm" };
const json: OutputFormat = { kind: "json" };

async function hold(output: OutputFormat | null, events: readonly StreamEvent[], mostBytes = Infinity) {
  const rest = events.map((event) => piece(event));
  const held = rest.splice(0, 1);
  let finished = held.some(({ events: [event] }) => event?.type === "finish");
  const record = attemptRecord();
  const wrong = await bufferUntilValid({
    pieces: {
      get complete() {
        return finished;
      },
      next: async () => {
        const next = rest.shift() ?? null;
        if (next?.events[0]?.type === "finish") finished = true;
        record.bytesIn += 1;
        return next;
      },
    },
    heldPieces: held,
    request: { output, tools: [] },
    timer: { expect: () => {}, guard: (work) => work },
    idle: 1_000,
    record,
    mostBytes,
  });
  return { wrong: wrong?.verdict ?? null, words: wrong?.message, held: held.length };
}

describe("JSON", () => {
  test.each<[string, StreamEvent[], string | null, number]>([
    ["that is right is held to its end", [start, text('{"a"'), text(":1}"), finish()], null, 4],
    ["that is wrong is never shown", [text("Here: "), text("{}"), finish()], "invalid_output", 3],
    ["that the limit cut is not judged", [text('{"a"'), finish("length")], null, 2],
    ["that a filter cut is not judged", [text('{"a"'), finish("content_filter")], null, 2],
    ["a refusal owes none", [{ type: "refusal-delta", choice: 0, text: "No" }, finish()], null, 2],
    ["a stream that breaks", [text("{"), broken("cut")], "cut", 2],
  ])("%s", async (...[, events, verdict, held]) => {
    expect(await hold(json, events)).toMatchObject({ wrong: verdict, held });
  });

  test("in several choices is judged in each", async () => {
    const told = await hold(json, [text("{}"), text("oh", 1), finish("stop", 1)]);
    expect(told).toMatchObject({ wrong: "invalid_output" });
  });

  test("that is too large is shown as it comes", async () => {
    expect(await hold(json, [text("no "), text("JSON"), text("at all"), finish()], 0)).toMatchObject({
      wrong: null,
      held: 2,
    });
  });
});

describe("calls", () => {
  test.each<[string, StreamEvent[], string | null, number]>([
    ["that can be read", [call(), written('{"a":'), written("1}"), finish("tool_calls")], null, 4],
    ["that cannot", [call(), written('{"a":'), finish("tool_calls")], "invalid_output", 3],
    [
      "of which one cannot",
      [call(), written("{}"), call(1), written("{", 1), finish("tool_calls")],
      "invalid_output",
      5,
    ],
    ["without arguments", [call(), finish("tool_calls")], null, 2],
    ["after thoughts", [thought, thought, call(), written("{"), finish("tool_calls")], "invalid_output", 5],
    ["after words are shown", [thought, text("Let me see."), call(), written("{"), finish("tool_calls")], null, 2],
    ["before words are held", [call(), text("and"), written("{"), finish("tool_calls")], "invalid_output", 4],
  ])("%s", async (...[, events, verdict, held]) => {
    expect(await hold(null, events)).toMatchObject({ wrong: verdict, held });
  });

  test("the wrong one is named", async () => {
    const { words } = await hold(null, [call(), written("{}"), call(1), written("{", 1), finish("tool_calls")]);
    expect(words).toBe("the arguments of the call to f1 are not valid JSON");
  });
});

test("silence is told as what it is", async () => {
  const told = await bufferUntilValid({
    pieces: { complete: false, next: () => Promise.resolve(null) },
    heldPieces: [piece(text("{"))],
    request: { output: json, tools: [] },
    timer: { expect: () => {}, guard: () => Promise.resolve(wireFailure("stalled", "silent")) },
    idle: 1_000,
    record: attemptRecord(),
    mostBytes: Infinity,
  });
  expect(told?.verdict).toBe("stalled");
});
