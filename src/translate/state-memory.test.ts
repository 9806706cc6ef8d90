import { describe, expect, test } from "vitest";
import { key, provider } from "../../test/support/engine-rig.ts";
import { plainExchange } from "../../test/support/exchange.ts";
import type { ReasoningStateRules } from "../core/reasoning-state.ts";
import {
  belongs,
  callKey,
  isWeak,
  type Origin,
  ownerOf,
  readMemory,
  readOrigin,
  rememberOrigins,
  sealKey,
} from "./state-memory.ts";

const rules = (model: boolean, account: boolean): ReasoningStateRules => ({
  history: "messages",
  callId: "id",
  markers: [],
  seals: [],
  bound: { model, account },
  sealOf: () => null,
});
const made: Origin = { protocol: "anthropic-messages", vendor: "http://v", model: "m", account: "a" };

describe("who made a state", () => {
  const originOf = rememberOrigins();
  const about = { protocol: "openai-chat", provider: provider("a"), key: null } as const;

  test.each([
    ["claude-sonnet-4-5-20250929", "claude-sonnet-4-5"],
    ["gpt-5-2025-08-07", "gpt-5"],
    ["models/Gemini-3-Pro", "gemini-3-pro"],
    ["claude-opus-4-5@20251101", "claude-opus-4-5"],
    ["gpt-4o", "gpt-4o"],
  ])("%s is %s", (model, plain) => {
    expect(originOf({ ...about, model }).model).toBe(plain);
  });

  test("is told apart by key, and the key itself is never kept", () => {
    const one = originOf({ ...about, model: "m", key: key("secret-one") });
    const other = originOf({ ...about, model: "m", key: key("secret-two") });
    expect(one.account).not.toBe(other.account);
    expect(originOf({ ...about, model: "m", key: key("secret-one") })).toEqual(one);
    expect(JSON.stringify(one)).not.toContain("secret");
    expect(originOf({ ...about, model: "m" }).account).toBe("");
  });

  test.each<[Partial<Origin>, boolean, boolean, boolean]>([
    [{}, true, true, true],
    [{ vendor: "http://other" }, false, false, false],
    [{ protocol: "openai-chat" }, false, false, false],
    [{ model: "n" }, true, true, false],
    [{ model: "n" }, false, true, true],
    [{ account: "b" }, true, true, false],
    [{ account: "b" }, true, false, true],
  ])("at %j, bound to model %s and account %s: %s", (more, ...rest) => {
    const [model, account, expected] = rest;
    expect(belongs(made, { ...made, ...more }, rules(model, account))).toBe(expected);
  });
});

describe("keys", () => {
  test.each([
    ["toolu_01A09q90qw90lq917835lq9", false],
    ["call_Abcdefgh1234567890abcdef", false],
    ["chatcmpl-tool-0123456789abcdef0123456789abcdef", false],
    ["functions.GetTheWeatherForecastOfTomorrow:0", true],
    ["call_1", true],
    ["VzeppoSaq", true],
  ])("%s is weak: %s", (id, weak) => {
    expect(isWeak(id)).toBe(weak);
    expect(callKey("one", id, "a") === callKey("one", id, "b")).toBe(!weak);
  });

  test("no two owners share one, whatever their ids are", () => {
    const strong = "toolu_01A09q90qw90lq917835lq9";
    const keys = [
      callKey("key 1", strong, ""),
      callKey("key 2", strong, ""),
      callKey("key", `1 ${strong}`, ""),
      callKey('key 1","x', strong, ""),
    ];
    expect(new Set(keys).size).toBe(4);
  });

  test("an owner is the caller's name, and what it sends as a vendor's key", () => {
    const named = (name: string, vendorKey: string | null) => ownerOf(plainExchange({ caller: { name, vendorKey } }));
    expect(named("key 1", null)).toBe("key 1");
    const owners = [named("anonymous", "sk-one"), named("anonymous", "sk-two"), ownerOf(plainExchange())];
    expect(new Set(owners).size).toBe(3);
    expect(owners.join()).not.toContain("sk-");
  });

  test("a seal's is short", () => {
    const seal = "a".repeat(5000);
    expect(sealKey(seal).length).toBeLessThan(100);
    expect(sealKey(`${seal}b`)).not.toBe(sealKey(`${seal}c`));
  });
});

test.each([null, undefined, "", "{", "[]", "7", '{"origin":1}', '{"vendor":1}'])("%s is no memory", (text) => {
  expect([readMemory(text), readOrigin(text)]).toEqual([null, null]);
});

test("what is kept is read as it was", () => {
  const memory = { origin: made, name: "f", state: null, before: [] };
  expect(readMemory(JSON.stringify(memory))).toEqual(memory);
  expect(readOrigin(JSON.stringify(made))).toEqual(made);
  expect(readOrigin(JSON.stringify(memory))).toBeNull();
});
