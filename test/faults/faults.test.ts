// Every fault that the simulator can play, on each vendor as the primary, streamed and whole: what the caller gets, what
// the ledger says, and what the vendors saw. The rows stand in rows.ts.
import { describe, expect, test } from "vitest";
import { ask, type Outcome } from "../support/outcome.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { rows, type Expected, type Row, type Vendor } from "./rows.ts";

const models = {
  google: "google/gemini-2.5-flash",
  openai: "openai/gpt-4o",
  anthropic: "anthropic/claude-sonnet-4-5",
} as const;
const standIns = { google: "openai", openai: "google", anthropic: "openai" } as const;

/** Only where silence is what is played is it borne briefly: elsewhere a busy machine must not look like a silent vendor. */
function routeFor(primary: Vendor, expected: Expected): Record<string, unknown> {
  const silence = /no_response|slow_first_token|stalled/.test(JSON.stringify(expected)) ? "500ms" : "5s";
  return {
    fallback: [models[primary], models[standIns[primary]]],
    timeout: { connect: "1s", first_token: silence, idle: silence, total: "10s" },
    retry: { attempts: 1, max_wait: "150ms" },
  };
}

function check(outcome: Outcome, expected: Expected): void {
  switch (expected.by) {
    case "interruption":
      expect(outcome).toMatchObject({
        kind: "interrupted",
        code: expected.code,
        text: expect.stringMatching(/\w/u) as string,
      });
      break;
    case "error":
      expect(outcome).toEqual({ kind: "error", code: expected.code, status: expected.status });
      break;
    case "primary":
      expect(outcome).toMatchObject({ kind: "answer", finish: expected.finish ?? "stop" });
      break;
    case "stand-in":
      expect(outcome).toMatchObject({
        kind: "answer",
        finish: "stop",
        text: expect.stringMatching(/\w{3}/u) as string,
      });
  }
}

async function expectRow(
  stage: Stage,
  row: Row,
  call: { primary: Vendor; streamed: boolean; expected: Expected },
): Promise<void> {
  const { primary, streamed, expected } = call;
  stage.simulator.play(primary, row.fault);
  const seen = await ask({ url: stage.url, streamed, body: row.body ?? {} });
  check(seen.outcome, expected);
  if (expected.by === "stand-in") {
    const tried = expected.verdicts.map((verdict) => `${models[primary]}:${verdict}`);
    // An error inside a 200 has the status that it names itself, where it names one.
    const told = seen.attempts.map((one, index) =>
      expected.verdicts[index]?.includes(":") === false ? one.replace(/:\d+$/u, "") : one,
    );
    expect(told).toEqual([...tried, `${models[standIns[primary]]}:ok:200`]);
  }
  const log = stage.simulator.log().filter((entry) => entry.requestNumberOnConnection > 0);
  const asked = (vendor: Vendor): number => log.filter((entry) => entry.vendor === vendor).length;
  expect(asked(standIns[primary])).toBe(expected.by === "stand-in" ? 1 : 0);
  if (expected.by === "stand-in" && row.fault.fault !== "connection-refused")
    expect(asked(primary)).toBe(expected.verdicts.length);
  // The ledger has each attempt once, with a verdict.
  const ledger = stage.gateway.attempts();
  expect(ledger.length).toBe(Math.max(1, seen.attempts.length));
  expect(ledger.every((entry) => entry.totalMs !== null)).toBe(true);
  // The operator hears of what only an operator can mend, and of nothing else.
  const toMend = ledger.filter(({ verdict }) => /^(?:bad_key|forbidden|unknown_model)$/u.test(verdict));
  expect(stage.warnings.map((line) => line.split(" ", 2).join(" "))).toEqual(
    toMend.map(({ target, verdict }) => `${target}: ${verdict}`),
  );
}

describe.each(["google", "openai", "anthropic"] as const)("%s is the primary", (primary) => {
  const mine = rows.filter((row) => (row.vendors ?? ["google", "openai", "anthropic"]).includes(primary));
  const cases = mine.flatMap((row) =>
    (["whole", "streamed"] as const).flatMap((way) => {
      const expected = row[way];
      return expected === undefined
        ? []
        : [{ name: `${row.name}, ${way}: ${expected.by}`, row, streamed: way === "streamed", expected }];
    }),
  );
  test.concurrent.each(cases)("$name", async ({ row, streamed, expected }) => {
    await using stage = await openStage({ config: { routes: { assistant: routeFor(primary, expected) as never } } });
    await expectRow(stage, row, { primary, streamed, expected });
  });
});
