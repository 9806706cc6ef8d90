// How an SDK or framework is played: with a driver (drivers/), the program that a user would write after its first
// page: a model, a tool that runs a command, and its loop; nothing special for Understudy.
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { task } from "../../test/support/story.ts";
import { drivers } from "./install.ts";
import type { Client, Packages, Place, Speech } from "./vocabulary.ts";

const models: Readonly<Record<Speech, string>> = {
  chat: "assistant",
  responses: "assistant",
  messages: "claude-sonnet-4-6",
  gemini: "gemini-2.5-flash",
};

/** A row with a driver. */
export interface Driven {
  readonly name: string;
  readonly title: string;
  readonly packages: Packages;
  /** The package whose version is in the table. Default: the first. */
  readonly shows?: string;
  readonly speaks: Speech;
  readonly driver: string;
  /** The driver's variant: the protocol by default. */
  readonly way?: string;
  readonly more?: Partial<Client>;
}

/** Played with the other protocols only: the agents cover its own. */
export function sdk({ name, title, packages, shows, speaks, driver, way = speaks, more = {} }: Driven): Client {
  return {
    name,
    title,
    packages,
    ...(shows === undefined ? {} : { shows }),
    speaks,
    behind: "other protocols",
    model: models[speaks],
    command: (place) => ({
      ...start(packages, place, driver),
      env: { ORIGIN: place.origin, MODEL: models[speaks], TASK: task, WAY: way, PYTHONDONTWRITEBYTECODE: "1" },
    }),
    ...more,
  };
}

/** A driver of npm must be beside the packages that it imports; one of Go was built there. */
function start({ from }: Packages, { installed, bin }: Place, driver: string): { file: string; args: string[] } {
  if (from === "pypi") return { file: bin("python"), args: [join(drivers, driver)] };
  if (from === "go") return { file: join(installed, driver.replace(/\.go$/u, ".bin")), args: [] };
  for (const one of ["tool.mjs", driver]) copyFileSync(join(drivers, one), join(installed, one));
  return { file: process.execPath, args: [join(installed, driver)] };
}
