import { describe, expect, test } from "vitest";
import type { JsonObject } from "../core/json.ts";
import type { Pausing, StreamDecoder } from "../core/protocol.ts";
import { PauseDetector } from "./pause-detector.ts";

/** Pauses with `more`, and resumes with a counter. */
const pausing: Pausing = {
  canPause: () => true,
  isPause: (raw) => raw === "more",
  resume: (body, answer) => (answer === null ? null : { ...body, after: answer }),
  collector() {
    let seen = "";
    return {
      step(frame) {
        seen += frame.data;
      },
      answer: () => seen,
    };
  },
};

const decoder: StreamDecoder = {
  step: (frame) => [{ type: "text-delta", choice: 0, text: frame.data }],
  end: () => [{ type: "end" }],
};

describe("a watch over pauses", () => {
  test("knows the next request from a whole answer, and builds on it", () => {
    const asked: (JsonObject | null)[] = [];
    const watch = new PauseDetector(pausing, { a: 1 });
    for (const answer of ["one", "two"]) {
      watch.see(answer);
      asked.push(watch.next());
    }
    expect(asked).toEqual([
      { a: 1, after: "one" },
      { a: 1, after: "two" },
    ]);
  });

  test("forgets an answer that it has gone on from", () => {
    const watch = new PauseDetector(pausing, {});
    watch.see("one");
    watch.next();
    expect(watch.next()).toBeNull();
  });

  test("reads along with a stream and changes nothing in it", () => {
    const watch = new PauseDetector(pausing, {});
    const followed = watch.follow(decoder);
    expect(followed.step({ event: null, data: "a" })).toEqual([{ type: "text-delta", choice: 0, text: "a" }]);
    followed.step({ event: null, data: "b" });
    expect(followed.end()).toEqual([{ type: "end" }]);
    expect(watch.next()).toEqual({ after: "ab" });
  });

  test("sees a pause in the vendor's word only, sixteen requests long", () => {
    const watch = new PauseDetector(pausing, {});
    expect([watch.isPause("stop"), watch.isPause(null), watch.isPause("more")]).toEqual([false, false, true]);
    let hops = 1;
    for (; watch.isPause("more"); hops += 1) {
      watch.see(hops);
      watch.next();
    }
    expect(hops).toBe(16);
  });
});
