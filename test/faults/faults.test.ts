// Every fault that the simulator can play, over real sockets: on each vendor as the primary, streamed and whole, with a
// stand-in and without, for clients of every protocol. Of each call is held against its row what the caller got, what the
// ledger says, what the vendors saw, what the operator was told and how long it took. The rows stand in rows.ts.
import { describe, expect, test, vi } from "vitest";
import type { Outcome } from "../support/outcome.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { clients } from "./clients.ts";
import { continued, rows, withoutStandIn, type Expected, type Row, type Vendor } from "./rows.ts";

const vendors = ["google", "openai", "anthropic"] as const;
const models: Readonly<Record<Vendor, string>> = {
  google: "google/gemini-2.5-flash",
  openai: "openai/gpt-4o",
  anthropic: "anthropic/claude-sonnet-4-5",
};
/** Whose bytes a vendor gets as they are. */
const natives: Readonly<Record<Vendor, readonly string[]>> = {
  google: ["Gemini"],
  openai: ["OpenAI chat", "OpenAI Responses"],
  anthropic: ["Anthropic"],
};
const standIns: Readonly<Record<Vendor, Vendor>> = { google: "openai", openai: "google", anthropic: "openai" };

/** Milliseconds: what silence is borne where silence is played, and what a call may take on a busy machine beyond that. */
const SILENCE = 1_000;
const SLACK = 20_000;
const silences = /^(?:no_response|slow_first_token|stalled)\b/u;

interface Scene {
  readonly row: Row;
  readonly primary: Vendor;
  readonly streamed: boolean;
  readonly setting: "two targets" | "one target" | "two targets, mid_stream: continue";
  readonly expected: Expected;
  /** As `expected`, for the clients whose request the gateway writes. */
  readonly written: Expected;
}

/** What everybody saw of one call, in a form that can be compared whole. */
interface Told {
  readonly caller: string;
  readonly ledger: readonly string[];
  readonly asked: Readonly<Record<"primary" | "standIn", number>>;
  readonly warned: readonly string[];
  /** Requests that a vendor is still at work on. */
  readonly leftRunning: number;
  readonly time: "as expected" | `${number} ms`;
}

/** Only where silence is what is played is it borne briefly: elsewhere a busy machine must not look like a silent vendor. */
function routeFor({ primary, setting, expected }: Scene): unknown {
  const bearing = (verdict: RegExp): string =>
    expected.verdicts.some((one) => verdict.test(one)) ? `${SILENCE}ms` : "25s";
  const target = {
    target: models[primary],
    mid_stream: setting === "two targets, mid_stream: continue" ? "continue" : "error",
    timeout: { connect: "3s", first_token: bearing(/^(?:no_resp|slow)/u), idle: bearing(/^stalled/u) },
  };
  const fallback = setting === "one target" ? [target] : [target, models[standIns[primary]]];
  return { fallback, timeout: { total: "50s" }, retry: { attempts: 1, max_wait: "150ms" } };
}

const hasWords = (text: string): string => (/\w/u.test(text) ? "words" : "nothing");
const inWords = (outcome: Outcome): string => {
  if (outcome.kind === "error") return `error ${outcome.status} ${outcome.code}`;
  if (outcome.kind === "interrupted") return `${hasWords(outcome.text)}, then error ${outcome.code}`;
  return outcome.finish === "stop" ? `${hasWords(outcome.text)}, stop` : outcome.finish;
};

const verdictOf = (one: string): string => one.split(":")[0] ?? "";

function expectedCaller({ row, primary, streamed }: Scene, expected: Expected, client: string): string {
  if (expected.by === "error") {
    // OpenAI's Responses says so inside its stream, which has no status.
    if (streamed && client === "OpenAI Responses" && expected.code === "context_too_long")
      return `error undefined ${expected.code}`;
    // Google's SDKs do not know Anthropic's status.
    const status = expected.status === 529 && natives.google.includes(client) ? 503 : expected.status;
    return `error ${status} ${expected.code}`;
  }
  // Gemini's protocol has whole calls only: of one that OpenAI has not closed nothing was shown.
  if (expected.by === "interruption" && row.calls === true && client === "Gemini" && primary === "openai")
    return "error 502 cut";
  if (expected.by === "stand-in" && row.calls === true) return "tool_calls";
  if (expected.by === "interruption") return `words, then error ${verdictOf(expected.verdicts.at(-1) ?? "")}`;
  return expected.by === "primary" && expected.finish !== "stop" ? expected.finish : "words, stop";
}

/** What is to be seen, as the row says. */
function expectedOf(scene: Scene, client: string): Told {
  const { row, primary } = scene;
  const isOwn = natives[primary].includes(client);
  const expected = isOwn ? scene.expected : scene.written;
  const goesOn = expected.by === "stand-in" || expected.by === "continuation";
  const own = expected.verdicts.map((one) => `${models[primary]}:${one}`);
  // The operator hears of what only an operator can mend, once, and of nothing else.
  const mended = isOwn ? operators : [...operators, "bad_request", "unsupported"];
  const toMend = [...new Set(expected.verdicts.map(verdictOf))].filter((one) => mended.includes(one));
  return {
    caller: expectedCaller(scene, expected, client),
    ledger: goesOn ? [...own, `${models[standIns[primary]]}:ok:200`] : own,
    asked: {
      primary: row.fault.fault === "connection-refused" ? 0 : expected.verdicts.length,
      standIn: goesOn ? 1 : 0,
    },
    warned: toMend.map((verdict) => `${models[primary]}: ${verdict}`),
    leftRunning: 0,
    time: "as expected",
  };
}

const operators: readonly string[] = ["bad_key", "forbidden", "unknown_model"];
const over = new Set(["finished", "client-closed", "reset", "cut"]);

async function play(scene: Scene, name: string, client: (typeof clients)[string]): Promise<Told> {
  const { row, primary, streamed } = scene;
  const expected = natives[primary].includes(name) ? scene.expected : scene.written;
  await using stage = await openStage({ config: { routes: { assistant: routeFor(scene) as never } } });
  const question = { url: stage.url, model: "assistant", streamed, calls: row.calls === true };
  if (row.answersFirst === true) await client(question);
  const before = stage.gateway.attempts().length;
  stage.simulator.clearLog();
  stage.simulator.play(primary, row.fault);
  const began = performance.now();
  const outcome = await client(question);
  const took = performance.now() - began;
  const least = expected.verdicts.filter((one) => silences.test(one)).length * SILENCE * 0.95;
  await vi.waitFor(() => expect(runningIn(stage)).toBe(0), 5_000).catch(() => {});
  const log = stage.simulator.log().filter((entry) => entry.requestNumberOnConnection > 0);
  return {
    caller: inWords(outcome),
    ledger: stage.gateway
      .attempts()
      .slice(before)
      .map(({ target, verdict, status }, index) =>
        // An error inside a 200 has the status that it names itself, where it names one.
        expected.verdicts[index]?.includes(":") === false
          ? `${target}:${verdict}`
          : `${target}:${verdict}:${status ?? 0}`,
      ),
    asked: {
      primary: log.filter(({ vendor }) => vendor === primary).length,
      standIn: log.filter(({ vendor }) => vendor === standIns[primary]).length,
    },
    warned: stage.warnings.map((line) => line.split(" ", 2).join(" ")),
    leftRunning: runningIn(stage),
    time: took >= least && took < least + SLACK ? "as expected" : `${Math.round(took)} ms`,
  };
}

function runningIn({ simulator }: Stage): number {
  return simulator.log().filter(({ events }) => !events.some(({ what }) => over.has(what))).length;
}

/** A call by each client, four at a time: on a busy machine more would be slow enough to look like silence. */
async function playWithAll(scene: Scene): Promise<Record<string, Told>> {
  const { notFor } = scene.row;
  const able = Object.entries(clients).filter(([name]) => name !== notFor?.client || scene.primary !== notFor.primary);
  const told = await Promise.all(able.map(async ([name, client]) => [name, await play(scene, name, client)] as const));
  return Object.fromEntries(told);
}

/** What is played of a row: with a stand-in, alone, and going on with what broke. */
function scenesOf(row: Row, primary: Vendor, streamed: boolean): Scene[] {
  const expected = streamed ? row.streamed : row.whole;
  if (expected === undefined) return [];
  const scene = (setting: Scene["setting"], of: (expected: Expected) => Expected): Scene => {
    return { row, primary, streamed, setting, expected: of(expected), written: of(row.written ?? expected) };
  };
  const scenes = [scene("two targets", (one) => one), scene("one target", (one) => withoutStandIn(row, one))];
  // Nobody continues in the middle of a call.
  return expected.by === "interruption" && row.calls !== true
    ? [...scenes, scene("two targets, mid_stream: continue", continued)]
    : scenes;
}

describe.each(vendors)("F1, F2, F6, F7, F9, F10, F14: %s is the primary", (primary) => {
  const cases = rows
    .filter((row) => (row.vendors ?? vendors).includes(primary))
    .flatMap((row) => [false, true].map((streamed) => ({ row, streamed, scenes: scenesOf(row, primary, streamed) })))
    .filter(({ scenes }) => scenes.length > 0)
    .map(({ row, streamed, scenes }) => ({ name: `${row.name}, ${streamed ? "streamed" : "whole"}`, scenes }));
  test.concurrent.each(cases)("$name", async ({ scenes }) => {
    for (const scene of scenes) {
      const told = await playWithAll(scene);
      expect({ [scene.setting]: told }).toEqual({
        [scene.setting]: Object.fromEntries(Object.keys(told).map((client) => [client, expectedOf(scene, client)])),
      });
    }
  });
});
