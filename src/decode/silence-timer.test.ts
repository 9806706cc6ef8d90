import { expect, test } from "vitest";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import { SilenceTimer } from "./silence-timer.ts";

function open() {
  const clock = new VirtualClock();
  const signs: number[] = [];
  const silence = new SilenceTimer({ clock, milliseconds: 15, sign: "." });
  silence.attach(() => signs.push(clock.now()));
  return { clock, signs, silence };
}

test("F18: a sign after each full silence, counted from the last output", async () => {
  const { clock, signs, silence } = open();
  silence.waits();
  await clock.advance(10);
  silence.recordSign();
  silence.waits();
  await clock.advance(40);
  expect(signs).toEqual([25, 40]);
});

test("F18: no sign, and no timer, while nobody waits: a slow client gets no pile of them", async () => {
  const { clock, signs, silence } = open();
  silence.waits();
  silence.recordSign();
  await clock.advance(1_000);
  expect([signs, clock.pending]).toEqual([[], 0]);
  silence.waits();
  await clock.advance(15);
  expect(signs).toEqual([1_015]);
});

test("one timer for all events; none after the end", async () => {
  const { clock, signs, silence } = open();
  for (let event = 0; event < 100; event += 1) {
    silence.waits();
    silence.recordSign();
  }
  expect(clock.pending).toBe(1);
  silence.end();
  silence.waits();
  await clock.advance(100);
  expect([signs, clock.pending]).toEqual([[], 0]);
});
