// Plays one cell: opens the stage, runs the client in a home and a folder of its own, and compares its actions with the
// story. It ends every process that it started, and leaves nothing behind.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binOf } from "./install.ts";
import {
  expectedRoles,
  finalWords,
  firstFile,
  firstWords,
  isWhole,
  secondWords,
  type Asked,
  type Phase,
  type StandIn,
} from "../../test/support/story.ts";
import { openStage } from "./stage.ts";
import { today, type Cell, type Client, type Command } from "./vocabulary.ts";

const longest = 420_000; // milliseconds for one client and story, on a slow machine
const mostAsked = 12; // requests to vendors in one story; a client that sends more is in a loop

export interface Played {
  readonly cell: Cell;
  /** The client's output, for the analysis of a failure. */
  readonly output: string;
}

export async function play(
  client: Client,
  { installed, phase, standIn }: { installed: string; phase: Phase; standIn: StandIn | null },
): Promise<Played> {
  const folder = mkdtempSync(join(tmpdir(), "understudy-client-"));
  const [home, work] = [join(folder, "home"), join(folder, "work")];
  mkdirSync(home);
  mkdirSync(work);
  await using stage = await openStage(client, { standIn, phase });
  const bin = (name: string): string => binOf(installed, client.packages, name);
  const command = client.command({ origin: stage.origin, model: client.model, home, work, installed, bin });
  const began = Date.now();
  try {
    const run = await runCommand(command, { home, work });
    const seconds = (Date.now() - began) / 1000;
    const asked = stage.asked();
    const file = join(work, firstFile.name);
    const complaints = [
      ...complainOfRun(run, client, phase),
      ...(client.callsNothing === true || isCarriedOut(file) ? [] : ["the first call was not carried out"]),
      ...complainOfVendors(asked, client, phase),
    ];
    const served = asked.filter(isWhole).map(({ role }) => (role === "primary" ? "p" : "s"));
    // the answering targets: `p` the primary, `s` the stand-in
    const facts = `${served.join("").padEnd(4)} ${asked.length} requests, ${seconds.toFixed(1)} s`;
    const cell: Cell = { client, phase, standIn, complaints, facts, day: today() };
    return { cell, output: outputOf(run, asked) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function isCarriedOut(file: string): boolean {
  return existsSync(file) && readFileSync(file, "utf8").trim() === firstFile.text;
}

interface Run {
  readonly code: number | string;
  readonly out: string;
  readonly err: string;
}

function runCommand(command: Command, { home, work }: { home: string; work: string }): Promise<Run> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    LANG: "C.UTF-8",
    TERM: "xterm-256color",
    NO_COLOR: "1",
    ...command.env,
  };
  return new Promise((resolve) => {
    const child = spawn(command.file, command.args, {
      cwd: work,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const text = { out: "", err: "" };
    child.stdout.on("data", (bytes: Buffer) => (text.out += bytes.toString()));
    child.stderr.on("data", (bytes: Buffer) => (text.err += bytes.toString()));
    const end = (code: number | string): void => {
      clearTimeout(timer);
      endGroup(child.pid);
      resolve({ code, ...text });
    };
    const timer = setTimeout(() => end(`none after ${longest / 1000} s`), longest);
    child.on("error", (error) => end(error.message));
    child.on("close", (code, signal) => end(code ?? signal ?? "none"));
  });
}

/** The client and its children: it leads a process group of its own. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // they have all ended by themselves
  }
}

/** A client's output while it retries by itself, after text that broke off. */
const askingAgain = /\bretrying\b|\breconnecting\b/iu;

function complainOfRun({ code, out, err }: Run, { harmless }: Client, phase: Phase): string[] {
  const complaints: string[] = [];
  if (code !== 0) complaints.push(`exit code ${code}`);
  const times = countOf(out, finalWords);
  if (times !== 1) complaints.push(`the final text is there ${times} times`);
  for (const words of [firstWords, secondWords])
    if (countOf(out, words) > 1) complaints.push(`"${words}" is there ${countOf(out, words)} times`);
  const isHarmless = (line: string): boolean =>
    harmless?.test(line) === true || (phase === "dying" && askingAgain.test(line));
  const shown = `${out}\n${err}`.split("\n").filter((line) => looksWrong(line) && !isHarmless(line));
  if (shown.length > 0) complaints.push(`it shows: ${shown[0]?.trim().slice(0, 200)}`);
  return complaints;
}

function looksWrong(line: string): boolean {
  return /\b(?:error|exception|traceback|retrying|reconnecting|disconnected|stream closed)\b/iu.test(line);
}

function countOf(text: string, words: string): number {
  const flat = text.replace(/\s+/gu, " ");
  return flat.split(words).length - 1;
}

function complainOfVendors(asked: readonly Asked[], { steps = 3 }: Client, phase: Phase): string[] {
  const complaints: string[] = [];
  const refused = asked.find(({ entry }) => entry.status !== 200 && entry.fault === null);
  if (refused !== undefined) complaints.push(`the ${refused.role} refused a request with ${refused.entry.status}`);
  const whole = asked.filter(isWhole).map(({ role }) => role);
  if (whole.join() !== expectedRoles(phase, steps).join())
    complaints.push(`answered by ${whole.join(", ") || "nobody"}`);
  if (asked.length > mostAsked) complaints.push(`${asked.length} requests to vendors`);
  return complaints;
}

function outputOf({ code, out, err }: Run, asked: readonly Asked[]): string {
  const vendors = asked.map(({ role, entry }) => {
    const ends = entry.events.map(({ what }) => what).join(" ");
    return `${role} ${entry.path} ${entry.model} -> ${entry.status} ${entry.fault ?? ""} (${ends})`;
  });
  const last = asked.slice(-2).map(({ entry }) => JSON.stringify(entry.body));
  return [
    `exit code ${code}`,
    "--- out",
    out,
    "--- err",
    err,
    "--- vendors",
    ...vendors,
    "--- last bodies",
    ...last,
  ].join("\n");
}

export function keepOutput(folder: string, { cell, output }: Played): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${cell.client.name}-${cell.phase}-${cell.standIn ?? "alone"}.txt`);
  writeFileSync(file, output);
  return file;
}
