// The loss of the ledger's file fails no request: it is told once, and memory keeps what it has.
import { expect, test } from "vitest";
import { ask } from "../support/outcome.ts";
import { assistant, openStage } from "../support/stage.ts";

test("F15: a ledger file that cannot be written loses lines, says so once, and fails no request", async () => {
  const file = import.meta.dirname; // A folder: nobody can append to it.
  const config = { routes: { assistant }, ledger: { file } };
  const stage = await openStage({ config });
  try {
    for (const streamed of [false, true, false]) {
      const { outcome } = await ask({ url: stage.url, streamed });
      expect(outcome).toMatchObject({ kind: "answer", finish: "stop" });
    }
    expect(stage.gateway.attempts()).toHaveLength(3);
  } finally {
    // Closing waits for what was still to be written.
    await stage[Symbol.asyncDispose]();
  }
  expect(stage.warnings).toEqual([expect.stringContaining(`cannot write the ledger file ${file}`)]);
});
