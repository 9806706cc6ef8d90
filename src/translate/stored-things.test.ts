import { expect, test } from "vitest";
import { target } from "../../test/support/engine-rig.ts";
import { plainCall } from "../../test/support/exchange.ts";
import type { Key, ProviderRules } from "../core/rules.ts";
import { StoredThings } from "./stored-things.ts";

const keyOf = (label: string, source = "config"): Key => ({ ...target("a/m").provider.keys[0], label, source }) as Key;
const provider = (name: string, keys: readonly Key[] = []): ProviderRules => ({
  ...target("a/m").provider,
  name,
  keys,
});

test("the first known id decides; nobody takes another provider's id, nor an empty one", () => {
  const things = new StoredThings();
  things.rememberAt(provider("one"), null, ["file-1", ""]);
  things.rememberAt(provider("two"), null, ["file-1", "file-2"]);
  expect(things.find(["nothing", "file-2", "file-1"])?.provider).toBe("two");
  expect(things.find(["file-1"])?.provider).toBe("one");
  expect(things.find([""])).toBeNull();
});

test("a caller's own key is not the gateway's account", () => {
  const things = new StoredThings();
  things.rememberAt(provider("one"), keyOf("k", "request"), ["file-1"]);
  expect(things.find(["file-1"])).toBeNull();
});

test("the key of the pool that stored it, also after a reload that moved it", async () => {
  const things = new StoredThings();
  const keys = [keyOf("a"), keyOf("b"), keyOf("b")];
  things.rememberAt(provider("one", keys), keys[2]!, ["file-1"]);
  const place = { path: () => "", model: null, ids: [], isComputed: false };
  const call = plainCall({ passed: { place, rest: null, boundary: null, ids: ["file-1"] } });
  const at = (name: string, pool: readonly Key[]) =>
    things.keyFor(call, { ...target("a/m"), provider: provider(name, pool) });
  expect(await at("one", keys)).toBe(keys[2]);
  const moved = [keyOf("b"), keyOf("c")];
  expect(await at("one", moved)).toBe(moved[0]);
  expect(await at("one", [keyOf("c"), keyOf("d")])).toBeNull();
  expect(at("two", keys)).toBeNull();
});

test("what is remembered is bounded", () => {
  const things = new StoredThings();
  things.rememberAt(provider("one"), null, ["first"]);
  things.rememberAt(
    provider("one"),
    null,
    Array.from({ length: 100_000 }, (_, index) => `id-${index}`),
  );
  expect(things.find(["first"])).toBeNull();
});
