import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import { createFileStore, type FileStoreOptions } from "./file-store.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ledger-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const line = (request: string): string => JSON.stringify({ request });

function open(name = "ledger.jsonl", more: Partial<FileStoreOptions> = {}) {
  const clock = new VirtualClock();
  const file = join(folder, name);
  const warnings: string[] = [];
  const store = createFileStore({ file, clock, warn: (message) => warnings.push(message), ...more });
  const read = async () => (await readFile(file, "utf8")).split("\n").filter((one) => one !== "");
  return { clock, file, store, warnings, read };
}

describe("the ledger's file", () => {
  test("lines are written in batches, off the requests' way", async () => {
    const { store, clock, read, file } = open();
    store.append(line("1"));
    store.append(line("2"));
    store.append(line("3"));
    expect(clock.pending).toBe(1);
    expect(await readFile(file, "utf8").catch(() => "")).toBe("");
    await clock.advance(250);
    await store.close();
    expect(await read()).toEqual(['{"request":"1"}', '{"request":"2"}', '{"request":"3"}']);
  });

  test("what waits is written when it is closed, and what was there stays", async () => {
    const first = open();
    first.store.append(line("1"));
    await first.store.close();
    const second = open();
    second.store.append(line("2"));
    await second.store.close();
    expect(await second.read()).toEqual(['{"request":"1"}', '{"request":"2"}']);
    await second.store.close();
  });

  test("others cannot read it", async () => {
    const { store, file } = open();
    store.append(line("1"));
    await store.close();
    expect((await stat(file)).mode & 0o077).toBe(0);
  });

  test("F15: a path that cannot be written is told once, fails nothing, and is taken up again", async () => {
    const { store, clock, warnings, file, read } = open("missing/ledger.jsonl");
    for (const name of ["1", "2"]) {
      store.append(line(name));
      await clock.advance(250);
      await store.close();
    }
    expect(warnings).toEqual([expect.stringContaining("cannot write the ledger file")]);
    await mkdir(join(file, ".."));
    store.append(line("3"));
    await store.close();
    expect(await read()).toEqual(['{"request":"3"}']);
    expect(warnings[1]).toContain("2 lines were lost");
  });

  test("what may wait is bounded", async () => {
    const { store, warnings, read } = open("ledger.jsonl", { most: 2 });
    for (const name of ["1", "2", "3", "4"]) store.append(line(name));
    await store.close();
    expect(await read()).toHaveLength(2);
    expect(warnings).toEqual([expect.stringContaining("too slow"), expect.stringContaining("2 lines were lost")]);
  });

  test("F21: a full file is moved aside, and the one before it goes: two files at most", async () => {
    const { store, file, read } = open("ledger.jsonl", { maxSize: 50 });
    for (const name of ["one", "two", "three", "four", "five"]) {
      store.append(line(name));
      await store.close();
    }
    expect(await read()).toEqual([line("five")]);
    expect(await readFile(`${file}.1`, "utf8")).toBe(`${line("three")}\n${line("four")}\n`);
    expect((await readdir(join(file, ".."))).toSorted()).toEqual(["ledger.jsonl", "ledger.jsonl.1"]);
  });

  test("a file that another program moved is begun again", async () => {
    const { store, file, read } = open("ledger.jsonl", { maxSize: 50 });
    store.append(line("one"));
    await store.close();
    await rename(file, `${file}.moved`);
    for (const name of ["two", "three"]) {
      store.append(line(name));
      await store.close();
    }
    expect(await read()).toEqual([line("two"), line("three")]);
  });

  test("F21: the folder of the default place is made, for this user alone", async () => {
    const { store, file, read, warnings } = open("state/understudy/ledger.jsonl", { makesFolder: true });
    store.append(line("1"));
    await store.close();
    expect([await read(), warnings]).toEqual([[line("1")], []]);
    expect((await stat(join(file, ".."))).mode & 0o077).toBe(0);
  });
});
