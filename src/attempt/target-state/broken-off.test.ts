// Clients repeat a broken request at once: the target that broke the answer is asked last for a while.
import { describe, expect, test } from "vitest";
import {
  createRig,
  fallback,
  readStream,
  target,
  verdictsOf,
  type Outcome,
  type Rig,
} from "../../../test/support/engine-rig.ts";
import { plainCall, plainExchange } from "../../../test/support/exchange.ts";
import { broken, finish, speaking, start, streaming, text, whole } from "../../../test/support/scripted-ask.ts";
import { VirtualClock } from "../../../test/support/virtual-clock.ts";
import type { RouteNode } from "../../core/rules.ts";
import { BrokenOff } from "./broken-off.ts";

const LASTS = 20_000;

function open() {
  const clock = new VirtualClock();
  const memory = new BrokenOff(clock, ({ body }) => (body.length === 0 ? null : body));
  const asked = (words: string, caller = "me") => ({
    exchange: { ...plainExchange(), caller: { name: caller, vendorKey: null } },
    call: plainCall({ body: Buffer.from(words) }),
  });
  return { clock, memory, asked };
}

describe("what is remembered", () => {
  test("is a caller's conversation at a target, for seconds", async () => {
    const { clock, memory, asked } = open();
    expect(memory.remaining(asked("hi"), "a/m")).toBeNull();
    memory.note(asked("hi"), "a/m");
    expect(memory.remaining(asked("hi"), "a/m")).toBe(LASTS);
    expect(memory.remaining(asked("hi"), "b/m")).toBeNull();
    expect(memory.remaining(asked("ho"), "a/m")).toBeNull();
    expect(memory.remaining(asked("hi", "you"), "a/m")).toBeNull();
    await clock.advance(LASTS);
    expect(memory.remaining(asked("hi"), "a/m")).toBeNull();
  });

  test("is bounded, the newest stay; what is no conversation is not kept", () => {
    const { memory, asked } = open();
    for (let count = 0; count < 5_000; count += 1) memory.note(asked(`c${count}`), "a/m");
    expect(memory.remaining(asked("c0"), "a/m")).toBeNull();
    expect(memory.remaining(asked("c4999"), "a/m")).toBe(LASTS);
    memory.note(asked(""), "a/m");
    expect(memory.remaining(asked(""), "a/m")).toBeNull();
  });
});

describe("the same request again, after its answer broke off", () => {
  const cut = streaming({ events: [start, text("The sea")] }, { after: 10, events: [broken("cut")] });
  const route = fallback([target("a/m"), target("b/m")]);
  /** Asks, and reads the answer to its end. */
  const ask = async (rig: Rig, node: RouteNode = route): Promise<Outcome> => {
    const outcome = await rig.call(node, { streamed: true, body: Buffer.from("hi") });
    if (outcome.answer?.kind === "stream") await readStream(rig, outcome);
    return outcome;
  };

  test("begins at the next target, and comes back in time", async () => {
    const rig = createRig({ "a/m": [cut, speaking(["fine"])], "b/m": [speaking(["fine"])] });
    expect(verdictsOf(await ask(rig))).toEqual(["a/m:cut"]);
    const again = await ask(rig);
    expect(verdictsOf(again)).toEqual(["b/m:ok"]);
    expect(again.exchange.skipped.map(({ target: name, reason }) => `${name}: ${reason}`)).toEqual([
      "a/m: its last answer in this conversation broke off",
    ]);
    await rig.clock.advance(LASTS);
    expect(verdictsOf(await ask(rig))).toEqual(["a/m:ok"]);
  });

  test("where nobody else answers, it is asked after all; where nobody else is, at once", async () => {
    const rig = createRig({ "a/m": [cut, whole("fine")], "b/m": [cut] });
    await ask(rig);
    await ask(rig);
    expect(verdictsOf(await ask(rig))).toEqual(["a/m:ok"]);
    const alone = createRig({ "a/m": [cut, whole("fine")] });
    await ask(alone, target("a/m"));
    expect(verdictsOf(await ask(alone, target("a/m")))).toEqual(["a/m:ok"]);
  });

  test("an answer that ended is no reason", async () => {
    const rig = createRig({ "a/m": [streaming({ events: [start, text("x"), finish(), { type: "end" }] })] });
    await ask(rig);
    expect(verdictsOf(await ask(rig))).toEqual(["a/m:ok"]);
  });
});
