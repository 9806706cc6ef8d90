import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import type { StoredThing } from "../core/stored-thing.ts";
import { openStoredThingsFile } from "./stored-things-file.ts";

let folder = "";
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "understudy-things-"))));
afterAll(() => rm(folder, { recursive: true }));

const thing = (provider: string): StoredThing => ({ provider, key: { index: 0, label: "sk-…abcd" } });

function open(name: string, most?: number) {
  const warnings: string[] = [];
  const clock = new VirtualClock();
  const file = join(folder, name);
  const options = {
    file,
    clock,
    warn: (text: string) => void warnings.push(text),
    ...(most === undefined ? {} : { most }),
  };
  return { store: openStoredThingsFile(options), file, warnings };
}

test("the latest ones are there after a restart, and nobody else can read the file", async () => {
  const first = open("a", 2);
  expect([first.store.load(), first.warnings]).toEqual([[], []]);
  const all = [
    ["new", thing("openai")],
    ["older", { provider: "x", key: null }],
    ["oldest", thing("y")],
  ] as const;
  first.store.changed(() => []);
  first.store.changed(() => all);
  await first.store.close();
  expect(open("a").store.load()).toEqual([all[1], all[0]]);
  expect((await stat(first.file)).mode & 0o077).toBe(0);
  expect(await readFile(first.file, "utf8")).not.toContain("oldest");
});

test("lines that are none are left out", async () => {
  const { store, file, warnings } = open("broken");
  await writeFile(file, `["a",{"provider":"p","key":null}]\n["b"]\nnull\n{"c":1}\n["",{"provider":"p"}]\n["d",{"prov`);
  expect([store.load(), warnings]).toEqual([[["a", { provider: "p", key: null }]], []]);
});

test("a place that cannot be written is told once, and nothing fails", async () => {
  const { store, warnings } = open("no/such/folder/file");
  expect(store.load()).toEqual([]);
  for (const _time of [1, 2]) {
    store.changed(() => [["a", thing("p")]]);
    await store.close();
  }
  expect(warnings).toEqual([expect.stringContaining("a restart forgets which provider stores what")]);
});
