// The one story for every coding agent and SDK: two tool calls, of which the second one fails, and a final text, while
// a fault affects the primary. The handwritten agents (agents/) and the real ones (scripts/clients) share it.
import type { ConfigFile } from "../../src/index.ts";
import type { LogEntry, ScriptedAnswer, Simulator, Vendor } from "../../src/simulator/simulator.ts";

export const task = "Please carry out the two steps of the small job, one after the other, and then report.";

/**
 * The shell inserts the numbers, so no request contains its output before the command ran. It waits at the end, because
 * some agents lose the output of a command that ends at once.
 */
export const firstCommand = 'printf "written by step one" > one.txt; printf "one-%d-done" 42; sleep 0.3';
export const secondCommand = 'printf "two-%d-failed" 43 >&2; sleep 0.3; exit 3';
export const firstResult = "one-42-done";
export const secondResult = "two-43-failed";
export const firstFile: { readonly name: string; readonly text: string } = {
  name: "one.txt",
  text: "written by step one",
};

export const firstWords = "Now I carry out the first step of the job.";
export const secondWords = "The first step worked, so I go on with the second.";
export const finalWords = "Both steps were carried out: the first one worked, the second one failed.";

/** A command as the clients' tools expect it, by the names of these tools. */
export function shellCall(command: string): NonNullable<ScriptedAnswer["call"]> {
  return {
    Bash: { command, description: "carries out a step" },
    exec_command: { cmd: command },
    exec: `const result = await tools.exec_command({ cmd: ${JSON.stringify(command)} }); text(result.output);`,
    shell: { command: ["bash", "-c", command] },
    run_shell_command: { command, description: "carries out a step", is_background: false },
    bash: { command, description: "carries out a step" },
    run: { command },
    run_commands: { commands: [command] },
  };
}

export const usualScript: readonly ScriptedAnswer[] = [
  { say: firstWords, call: shellCall(firstCommand) },
  { when: firstResult, say: secondWords, call: shellCall(secondCommand) },
  { when: secondResult, say: finalWords },
];

/** The primary's fault: none; down from the start; down for the second request only; every answer breaks off. */
export type Phase = "up" | "down" | "flip" | "dying";
export const phases: readonly Phase[] = ["up", "down", "flip", "dying"];

/** The stand-in: a vendor of that protocol, or an unknown host that speaks Chat Completions. */
export type StandIn = "chat" | "responses" | "messages" | "gemini" | "compatible";

/** A target, and its place in the simulator. */
export interface Part {
  readonly target: string;
  readonly vendor: Vendor;
  readonly model: string;
}

export function part(target: string, vendor: Vendor): Part {
  return { target, vendor, model: target.slice(target.indexOf("/") + 1) };
}

export const standIns: Readonly<Record<StandIn, Part>> = {
  chat: part("openai/gpt-4o", "openai"),
  responses: part("by-responses/gpt-5.2", "openai"),
  messages: part("anthropic/claude-sonnet-4-6", "anthropic"),
  gemini: part("google/gemini-3.8-flash", "google"),
  compatible: part("compatible/gpt-4o-mini", "openai"),
};

/** The providers of the targets. */
export function providersAt({
  vendors: { openai, anthropic, google },
}: Simulator): NonNullable<ConfigFile["providers"]> {
  return {
    openai: { base_url: openai.baseUrl, api_key: "key-of-openai" },
    "by-responses": { kind: "openai", base_url: openai.baseUrl, api_key: "key-of-openai", protocol: "responses" },
    compatible: { kind: "openai-compatible", base_url: openai.baseUrl, api_key: "key-of-a-host" },
    anthropic: { base_url: anthropic.baseUrl, api_key: "key-of-anthropic" },
    google: { base_url: google.baseUrl, api_key: "key-of-google" },
  };
}

export type Role = "primary" | "stand-in";

export interface Cast {
  readonly primary: Part;
  readonly standIn: Part | null;
  /** Whether a request belongs to the story, and not to a client's side requests. */
  readonly isOfStory: (entry: LogEntry) => boolean;
}

/** The target of this request; null: not of the story. */
export function roleOf(entry: LogEntry, { primary, standIn, isOfStory }: Cast): Role | null {
  const plays = (one: Part): boolean => entry.vendor === one.vendor && entry.model === one.model;
  if (entry.method !== "POST" || /count_?tokens/iu.test(entry.path) || !isOfStory(entry)) return null;
  if (plays(primary)) return "primary";
  return standIn !== null && plays(standIn) ? "stand-in" : null;
}

/** Starts the fault. */
export function befall(simulator: Simulator, cast: Cast, phase: Phase): void {
  const { vendor, model } = cast.primary;
  if (phase === "down") simulator.play(vendor, { fault: "status", status: 503, model });
  if (phase === "dying") simulator.play(vendor, { fault: "fin-without-terminator", afterTokens: 4, model });
  if (phase !== "flip") return;
  let answered = 0;
  simulator.onLog((entry, { what }) => {
    if (what !== "finished" || entry.status !== 200 || roleOf(entry, cast) === null) return;
    answered += 1;
    if (answered === 1) simulator.play(vendor, { fault: "status", status: 503, model });
    if (answered === 2) simulator.heal(vendor);
  });
}

export interface Asked {
  readonly role: Role;
  readonly entry: LogEntry;
}

/** The requests of the story that reached a vendor, oldest first. */
export function askedIn(simulator: Simulator, cast: Cast): Asked[] {
  return simulator.log().flatMap((entry) => {
    const role = roleOf(entry, cast);
    return role === null ? [] : [{ role, entry }];
  });
}

export function isWhole({ entry: { status, events } }: Asked): boolean {
  return status === 200 && events.some(({ what }) => what === "finished");
}

/** The target that answers each step. */
export function expectedRoles(phase: Phase, steps: number): Role[] {
  return Array.from({ length: steps }, (_, step) => {
    if (phase === "up" || (phase === "flip" && step !== 1)) return "primary";
    return "stand-in";
  });
}
