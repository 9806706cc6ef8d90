import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { key, provider, target } from "../../test/support/engine-rig.ts";
import { attemptRecord, clientRequest, plainCall, plainExchange } from "../../test/support/exchange.ts";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import type { Exchange } from "../core/exchange.ts";
import type { Tariff } from "../core/price.ts";
import type { CallEnd } from "../core/recorder.ts";
import { createLedger, type LedgerEntry, type LedgerStore } from "./ledger.ts";

function memoryStore() {
  const entries: LedgerEntry[] = [];
  const store: LedgerStore = {
    append: (line) => void entries.push(JSON.parse(line) as LedgerEntry),
    close: () => Promise.resolve(),
  };
  return { entries, store };
}

const usage = { input: 10, output: 20, cacheRead: 3, cacheWrite: null, reasoning: 7 };
const failed = attemptRecord({ verdict: "overloaded", status: 503, message: "busy", totalMs: 12.345 });
const tariff: Tariff = { price: () => null, cost: ({ input, output }) => (input ?? 0) * 1e-7 + (output ?? 0) * 2e-7 };
const good = attemptRecord({
  target: "b/m",
  path: "assistant.fallback[1]",
  verdict: "ok",
  status: 200,
  usage,
  tariff,
  headersMs: 1.04,
  firstTokenMs: 2,
  totalMs: 3,
  bytesOut: 5,
  bytesIn: 6,
  dropped: ["top_k"],
  key: "sk-…abcd",
});

/** A finished call. */
function ended(exchange: Exchange): CallEnd {
  return { arrival: exchange, exchange, status: 200, code: null };
}

describe("the ledger", () => {
  test("F14: one line per attempt, failed ones too, with the vendor's count or none", () => {
    const { entries, store } = memoryStore();
    const ledger = createLedger(10, store, new VirtualClock());
    ledger.callEnded(ended(plainExchange({ attempts: [failed, good], metadata: { team: "blue" } })));
    expect(entries).toEqual(ledger.recent());
    expect(entries).toMatchObject([
      {
        request: "req_1",
        at: "2026-01-01T00:00:00.000Z",
        caller: "anonymous",
        model: "assistant",
        attempt: 0,
        of: 2,
        target: "a/m",
        verdict: "overloaded",
        status: 503,
        message: "busy",
        totalMs: 12.3,
        inputTokens: null,
        outputTokens: null,
        usageFrom: null,
        cost: null,
        metadata: { team: "blue" },
      },
      {
        attempt: 1,
        target: "b/m",
        path: "assistant.fallback[1]",
        verdict: "ok",
        key: "sk-…abcd",
        headersMs: 1,
        firstTokenMs: 2,
        totalMs: 3,
        bytesOut: 5,
        bytesIn: 6,
        inputTokens: 10,
        outputTokens: 20,
        cachedTokens: 3,
        reasoningTokens: 7,
        usageFrom: "vendor",
        cost: 0.000005,
        dropped: ["top_k"],
      },
    ]);
  });

  test("a price is asked for when the attempt is written down, at the time of its call, and only where the vendor counted", () => {
    const times: number[] = [];
    const priced: Tariff = { price: () => null, cost: (_usage, at) => times.push(at) / 3 };
    const ledger = createLedger(10, null, new VirtualClock());
    const uncounted = attemptRecord({ verdict: "ok", tariff: priced });
    const counted = attemptRecord({ verdict: "ok", usage, tariff: priced });
    ledger.callEnded(ended(plainExchange({ attempts: [uncounted, counted] })));
    expect(times).toEqual([]);
    expect(ledger.recent().map(({ cost }) => cost)).toEqual([null, 0.3333333333]);
    expect(times).toEqual([Date.UTC(2026, 0, 1)]);
  });

  test.each([
    ["nobody knows the price", null],
    ["the price is not known for this count", { price: () => null, cost: () => null }],
    ["the sum is no number", { price: () => null, cost: () => Number.NaN }],
  ])("no cost where %s", (_name, unpriced) => {
    const ledger = createLedger(10, null, new VirtualClock());
    ledger.callEnded(ended(plainExchange({ attempts: [attemptRecord({ verdict: "ok", usage, tariff: unpriced })] })));
    expect(ledger.recent()[0]).toMatchObject({ usageFrom: "vendor", cost: null });
  });

  test("a call that asked nobody leaves no line", () => {
    const { entries, store } = memoryStore();
    createLedger(10, store, new VirtualClock()).callEnded(ended(plainExchange()));
    expect(entries).toEqual([]);
  });

  test("memory keeps the newest attempts, newest last", () => {
    const ledger = createLedger(3, null, new VirtualClock());
    for (let count = 1; count <= 5; count += 1)
      ledger.callEnded(ended(plainExchange({ id: `r${count}`, attempts: [failed, good] })));
    const names = (most?: number) => ledger.recent(most).map((one) => `${one.request}.${one.attempt}`);
    expect(names(2)).toEqual(["r5.0", "r5.1"]);
    expect(names(3)).toEqual(["r4.1", "r5.0", "r5.1"]);
    expect(names(100)).toEqual(["r4.1", "r5.0", "r5.1"]);
    expect(names(0)).toEqual([]);
  });

  test("a ring that is not full yet, and one of no size", () => {
    const ledger = createLedger(3, null, new VirtualClock());
    ledger.callEnded(ended(plainExchange({ id: "r1", attempts: [good] })));
    ledger.callEnded(ended(plainExchange({ id: "r2", attempts: [good] })));
    expect(ledger.recent().map((one) => one.request)).toEqual(["r1", "r2"]);
    const none = createLedger(0, null, new VirtualClock());
    none.callEnded(ended(plainExchange({ attempts: [good] })));
    expect(none.recent()).toEqual([]);
  });

  test("no prompt, answer, header or key is in a line, and none is held in memory", async () => {
    const secret = "the-secret";
    const provided = provider("a", { keys: [key(secret)] });
    const exchange = plainExchange({
      request: clientRequest({ authorization: secret }, secret),
      call: plainCall({ body: Buffer.from(secret) }),
      caller: { name: "key 1", vendorKey: secret },
      route: { name: "assistant", total: 1, node: target("a/m", { provider: provided }) },
      attempts: [good],
    });
    const ledger = createLedger(10, null, new VirtualClock());
    ledger.callEnded(ended(exchange));
    expect(JSON.stringify(ledger.recent())).not.toContain(secret);
    expect(ledger.recent()[0]).toMatchObject({ caller: "key 1", route: "assistant" });
    await ledger.close();
  });
});

test("a line is JSON whatever the words in it", () => {
  const words = fc.string({ unit: "grapheme" });
  const lists = fc.array(words, { maxLength: 3 });
  const drawn = fc.record({ model: words, message: words, dropped: lists, metadata: fc.dictionary(words, words) });
  fc.assert(
    fc.property(drawn, ({ model, message, dropped, metadata }) => {
      const ledger = createLedger(1, null, new VirtualClock());
      const attempts = [attemptRecord({ verdict: "cut", message, target: model, dropped, vendorRequestId: message })];
      ledger.callEnded(ended(plainExchange({ attempts, metadata, call: plainCall({ model }) })));
      const expected = { model, message, target: model, dropped, metadata, vendorRequest: message };
      expect(ledger.recent()[0]).toMatchObject(expected);
    }),
  );
});
