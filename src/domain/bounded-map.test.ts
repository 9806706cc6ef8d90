import { expect, test } from "vitest";
import { BoundedMap } from "./bounded-map.ts";

test("the oldest entry is forgotten beyond the bound", () => {
  const map = new BoundedMap<string, number>(2);
  for (const [place, name] of ["a", "b", "c"].entries()) map.set(name, place);
  expect([...map.entries()]).toEqual([
    ["b", 1],
    ["c", 2],
  ]);
  expect([map.size, map.get("a"), map.get("c")]).toEqual([2, undefined, 2]);
});

test("an entry that is set again is the newest, one that is only read is not", () => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  map.set("a", 3);
  expect(map.getOrCreate("b", () => 9)).toBe(2);
  map.set("c", 4);
  expect([...map.entries()].map(([name]) => name)).toEqual(["a", "c"]);
});

test("an entry is made once, and can be taken out", () => {
  const map = new BoundedMap<string, object>(2);
  const made = map.getOrCreate("a", () => ({}));
  expect(map.getOrCreate("a", () => ({}))).toBe(made);
  map.delete("a");
  expect(map.getOrCreate("a", () => ({}))).not.toBe(made);
});
