import { mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Clock } from "../core/clock.ts";
import { loadRules } from "./load.ts";
import { watchConfig, type Watch } from "./watch.ts";
import { PLANTED, testCatalog } from "../../test/support/load-config.ts";

/** A clock whose timers fire when the test says so, and which reports when one is set. */
const createClock = () => {
  const timers = new Set<() => void>();
  const waiting: (() => void)[] = [];
  const clock: Clock = {
    now: () => 0,
    wall: () => 0,
    after: (_, act) => {
      timers.add(act);
      for (const tell of waiting.splice(0)) tell();
      return () => timers.delete(act);
    },
  };
  return {
    clock,
    timers,
    /** Resolves once the file's change has been seen. */
    seen: (): Promise<void> => (timers.size > 0 ? Promise.resolve() : new Promise((tell) => waiting.push(tell))),
    goOff: (): void => {
      for (const act of timers) {
        timers.delete(act);
        act();
      }
    },
  };
};

/** All reports of a watch, to be awaited one by one. */
const createNews = () => {
  const told: string[] = [];
  const waiting: ((news: string) => void)[] = [];
  return {
    tell: (news: string): void => {
      const next = waiting.shift();
      if (next === undefined) told.push(news);
      else next(news);
    },
    next: (): Promise<string> => {
      const news = told.shift();
      return news === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(news);
    },
    rest: told,
  };
};

let folder = "";
let path = "";
let watch: Watch | null = null;
const news = { current: createNews() };
const time = { current: createClock() };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "understudy-watch-"));
  path = join(folder, "understudy.yaml");
  await writeFile(path, "server: { port: 1 }");
  news.current = createNews();
  time.current = createClock();
  watch = watchConfig({
    path,
    clock: time.current.clock,
    load: () => loadRules({ kind: "file", path }, { catalog: testCatalog, environment: PLANTED }),
    onLoad: ({ rules }) => news.current.tell(`port ${rules.server.port}`),
    onRefuse: (reason) => news.current.tell(reason.message.replace(folder, "")),
  });
});

afterEach(async () => {
  watch?.close();
  await rm(folder, { recursive: true, force: true });
});

test("a file that lost its contents takes nothing out", async () => {
  const { seen, goOff } = time.current;
  await writeFile(path, "");
  await seen();
  goOff();
  expect(await news.current.next()).toMatch(/understudy\.yaml {2}is empty/u);
  await writeFile(path, "routes: {}");
  await seen();
  goOff();
  expect(await news.current.next()).toBe("port 8787");
});

test("a file that is written anew is loaded once it is quiet", async () => {
  await writeFile(path, "server: { port: 2 }");
  await time.current.seen();
  expect(news.current.rest).toEqual([]);
  time.current.goOff();
  expect(await news.current.next()).toBe("port 2");
});

test("so is one that an editor renames into place", async () => {
  await writeFile(`${path}.tmp`, "server: { port: 3 }");
  await rename(`${path}.tmp`, path);
  await time.current.seen();
  time.current.goOff();
  expect(await news.current.next()).toBe("port 3");
});

test("a bad one is refused with its reason, and mended it is loaded", async () => {
  await writeFile(path, "server: { prt: 4 }");
  await time.current.seen();
  time.current.goOff();
  expect(await news.current.next()).toBe('/understudy.yaml:1  server.prt: unknown key. Did you mean "port"?');
  await writeFile(path, "server: { port: 4 }");
  await time.current.seen();
  time.current.goOff();
  expect(await news.current.next()).toBe("port 4");
});

test("other files of the folder are nobody's business", async () => {
  await writeFile(join(folder, "other.yaml"), "x");
  await writeFile(path, "server: { port: 5 }");
  await time.current.seen();
  time.current.goOff();
  expect(await news.current.next()).toBe("port 5");
  expect(news.current.rest).toEqual([]);
});

test("reload asks at once; after close nothing is told", async () => {
  await watch!.reload();
  expect(await news.current.next()).toBe("port 1");
  const under = watch!.reload();
  watch!.close();
  await under;
  expect(news.current.rest).toEqual([]);
});

test("two reloads never overlap, and the last state wins", async () => {
  const first = watch!.reload();
  await writeFile(path, "server: { port: 6 }");
  await Promise.all([first, watch!.reload()]);
  await news.current.next();
  expect(await news.current.next()).toBe("port 6");
});

test("a file behind a symbolic link, of another name and in another folder, is watched, too", async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), "understudy-link-"));
  const link = join(folder, "link.yaml");
  const real = join(elsewhere, "real.yaml");
  await writeFile(real, "server: { port: 1 }");
  await symlink(real, link);
  const linked = watchConfig({
    path: link,
    clock: time.current.clock,
    load: () => loadRules({ kind: "file", path: link }, { catalog: testCatalog, environment: PLANTED }),
    onLoad: ({ rules }) => news.current.tell(`port ${rules.server.port}`),
    onRefuse: (reason) => news.current.tell(reason.message),
  });
  await writeFile(real, "server: { port: 5 }");
  await time.current.seen();
  time.current.goOff();
  expect(await news.current.next()).toBe("port 5");
  linked.close();
  await rm(elsewhere, { recursive: true, force: true });
});
