// Answers that do not match the requested format, through the engine: whole and streamed, on routes that leave targets
// for them and on routes that do not.
import { describe, expect, test } from "vitest";
import { createRig, fallback, readStream, target, verdictsOf } from "../../test/support/engine-rig.ts";
import { finish, speaking, start, streaming, text, whole } from "../../test/support/scripted-ask.ts";
import type { Trigger } from "../core/rules.ts";
// It is imported on demand, which takes real time that a virtual clock does not provide.
import "./output/json-schema.ts";

const a = target("a/m");
const b = target("b/m");
const checked: Trigger = {
  kind: "verdicts",
  verdicts: new Set(["invalid_output", "cut", "stalled"]),
  statuses: new Set(),
};
const output = {
  kind: "json_schema",
  name: "n",
  description: null,
  schema: { type: "object", properties: { n: { type: "integer", minimum: 3 } }, required: ["n"] },
  strict: null,
} as const;
const right = '{"n": 3}';
const fenced = `\`\`\`json\n${right}\n\`\`\``;
const textIn = ({ answer }: Awaited<ReturnType<ReturnType<typeof createRig>["call"]>>): unknown =>
  answer?.kind === "whole" ? answer.response.choices[0]?.parts : null;

describe("a whole answer", () => {
  test.each([
    ["words", "Here you are: {}"],
    ["another shape", '{"m": 3}'],
    ["what the target was not told", '{"n": 2}'],
  ])("%s: the next target answers where the route says so", async (_what, said) => {
    const rig = createRig({ "a/m": [whole(said)], "b/m": [whole(right)] });
    expect(verdictsOf(await rig.call(fallback([a, b], checked), { output }))).toEqual(["a/m:invalid_output", "b/m:ok"]);
  });

  test("elsewhere it is given, and marked", async () => {
    const rig = createRig({ "a/m": [whole('{"n": 2}')] });
    const outcome = await rig.call(fallback([a, b]), { output });
    expect(verdictsOf(outcome)).toEqual(["a/m:ok"]);
    expect(outcome.exchange.attempts[0]?.adapted).toEqual(["response_format:json_schema>unmet"]);
  });

  test("a fence comes off, and then it is right", async () => {
    const rig = createRig({ "a/m": [whole(fenced)] });
    for (const node of [fallback([a, b]), fallback([a, b], checked)]) {
      const outcome = await rig.call(node, { output });
      expect(textIn(outcome)).toEqual([{ type: "text", text: right }]);
      expect(outcome.exchange.attempts).toMatchObject([{ verdict: "ok", adapted: [] }]);
    }
  });

  test("nobody asked for JSON: a fence stays", async () => {
    const outcome = await createRig({ "a/m": [whole(fenced)] }).call(fallback([a]), { output: { kind: "text" } });
    expect(textIn(outcome)).toEqual([{ type: "text", text: fenced }]);
  });
});

describe("a stream", () => {
  const streamed = { streamed: true, output } as const;

  test("that is wrong is left unseen where the route says so", async () => {
    const rig = createRig({ "a/m": [speaking(["Here ", "you are: ", right])], "b/m": [speaking(["{", '"n": 4}'])] });
    const outcome = await rig.call(fallback([a, b], checked), streamed);
    expect(await readStream(rig, outcome)).toEqual({ words: '{"n": 4}', failures: [] });
    expect(verdictsOf(outcome)).toEqual(["a/m:invalid_output", "b/m:ok"]);
    expect(rig.log[0]?.cancelledAt).not.toBeNull();
    expect(rig.clock.pending).toBe(0);
  });

  test("that breaks while it is held is left unseen too", async () => {
    const hangs = streaming({ events: [start, text('{"n"')] }, { events: "hang" });
    const rig = createRig({ "a/m": [hangs], "b/m": [speaking([right])] });
    const outcome = await rig.call(fallback([a, b], checked), streamed);
    expect(await readStream(rig, outcome)).toEqual({ words: right, failures: [] });
    expect(verdictsOf(outcome)).toEqual(["a/m:stalled", "b/m:ok"]);
  });

  test("that is right is given whole, with its first content's time", async () => {
    const rig = createRig({ "a/m": [speaking(["```json\n", '{"n":', " 3}", "\n```"], 10)] });
    const outcome = await rig.call(fallback([a, b], checked), streamed);
    expect(await readStream(rig, outcome)).toEqual({ words: '{"n": 3}', failures: [] });
    expect(outcome.exchange.attempts).toMatchObject([{ verdict: "ok", firstTokenMs: 20 }]);
  });

  test("elsewhere is given as it comes, without its fence", async () => {
    const rig = createRig({ "a/m": [speaking(["```json\n", '{"n":', " 2}", "\n```"], 10)] });
    const outcome = await rig.call(fallback([a, b]), streamed);
    expect(rig.clock.now()).toBeLessThan(40);
    expect(await readStream(rig, outcome)).toEqual({ words: '{"n": 2}', failures: [] });
    expect(verdictsOf(outcome)).toEqual(["a/m:ok"]);
  });

  test("of nothing but a fence is empty", async () => {
    const bare = streaming({ events: [start, text("```json\n```"), finish()] });
    const rig = createRig({ "a/m": [bare], "b/m": [speaking([right])] });
    const outcome = await rig.call(fallback([a, b]), streamed);
    await readStream(rig, outcome);
    expect(verdictsOf(outcome).at(-1)).toBe("b/m:ok");
    expect(verdictsOf(outcome)[0]).toBe("a/m:empty");
  });
});
