// The only list of request members that need another member, or conflict with one. If a member was changed for a model,
// its dependents go too. It must never add anything, and must not change a request without conflicts. Sources: "Context
// editing" and "Extended thinking" of the vendor's documentation, and its answers to such requests.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { Report } from "../../shared/report.ts";
import { membersOf, numberOr, stringOr } from "../../shared/read.ts";
import { objectsOf } from "../features/own-state.ts";

/** Reads a top-level member of a request. */
export type ReadMember = (name: string) => Json | undefined;

interface Dependent {
  /** The top-level member. */
  readonly field: string;
  /** The part of its value that depends on others; undefined: none. */
  readonly part: (value: Json) => Part | undefined;
  readonly needs: (read: ReadMember) => boolean;
}

interface Part {
  /** For the report. */
  readonly name: string;
  /** The value without it; undefined if nothing is left. */
  readonly rest: Json | undefined;
}

const whole = (name: string): Part => ({ name, rest: undefined });

function thinkingKind(read: ReadMember): string | null {
  return stringOr(membersOf(read("thinking"))["type"], null);
}

function isAskedToThink(read: ReadMember): boolean {
  const kind = thinkingKind(read);
  return kind === "enabled" || kind === "adaptive";
}

/** In this order: a removed member may be what the next one depends on. */
const dependents: readonly Dependent[] = [
  {
    field: "thinking",
    part: (value) => (membersOf(value)["type"] === "enabled" ? whole("reasoning_effort") : undefined),
    needs: (read) => !isForced(membersOf(read("tool_choice"))["type"]),
  },
  { field: "context_management", part: clearsThoughts, needs: isAskedToThink },
  {
    field: "temperature",
    part: (value) => (value === 1 ? undefined : whole("temperature")),
    needs: (read) => !isAskedToThink(read),
  },
  {
    field: "top_p",
    part: (value) => (numberOr(value, 0) >= 0.95 ? undefined : whole("top_p")),
    needs: (read) => !isAskedToThink(read),
  },
  { field: "top_k", part: () => whole("top_k"), needs: (read) => !isAskedToThink(read) },
];

function isForced(choice: Json | undefined): boolean {
  return choice === "any" || choice === "tool";
}

/** The edits that clear thinking. */
function clearsThoughts(value: Json): Part | undefined {
  const edits = objectsOf(membersOf(value)["edits"]);
  const keptEdits = edits.filter((edit) => !stringOr(edit["type"], "").startsWith("clear_thinking_"));
  if (keptEdits.length === edits.length) return undefined;
  const name = "context_management.clear_thinking";
  return { name, rest: keptEdits.length === 0 ? undefined : { ...membersOf(value), edits: keptEdits } };
}

/** Whether every dependent is valid: a member is read only if it matters. */
export function standsAlone(has: (name: string) => boolean, read: ReadMember): boolean {
  return dependents.every((one) => !has(one.field) || isPartless(one, read) || one.needs(read));
}

function isPartless({ field, part }: Dependent, read: ReadMember): boolean {
  const value = read(field);
  return value === undefined || value === null || part(value) === undefined;
}

/** The request without members whose dependency is gone. */
export function withoutOrphanedDependents(body: JsonObject, report: Report): JsonObject {
  let result = body;
  for (const { field, part, needs } of dependents) {
    const value = result[field];
    if (value === undefined || value === null || needs((name) => result[name])) continue;
    const removed = part(value);
    if (removed === undefined) continue;
    report.drop(removed.name);
    const { [field]: _gone, ...others } = result;
    result = removed.rest === undefined ? others : { ...others, [field]: removed.rest };
  }
  return result;
}
