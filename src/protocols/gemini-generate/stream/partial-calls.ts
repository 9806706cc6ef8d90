// Joins calls whose arguments come in fragments (`partialArgs`, addressed by JSON path; only if a caller asked this
// protocol for them). A call is passed on once, when it is complete. Source: FunctionCall.partialArgs and willContinue
// of `@google/genai` 3.1.0.
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { membersOf, objectOr, stringOr } from "../../shared/read.ts";
import { objectsInMembers } from "../features/members.ts";

export interface PartialCalls {
  /** The part itself, the whole call that this part completed, or null while one is open. */
  take(part: JsonObject): JsonObject | null;
  /** The name of the open call; null if none. */
  open(): string | null;
}

interface OpenCall {
  readonly part: JsonObject;
  readonly call: JsonObject;
  readonly args: MutableJson;
}

export function createPartialCalls(): PartialCalls {
  let current: OpenCall | null = null;
  return {
    take(part: JsonObject): JsonObject | null {
      const call = objectOr(part["functionCall"], null);
      if (call === null) return part;
      const fragments = objectsInMembers(call["partialArgs"]);
      const more = call["willContinue"] === true;
      if (current === null && !more && fragments.length === 0) return part;
      if (current !== null && stringOr(call["name"], "") !== "" && fragments.length === 0 && !more) {
        // A new whole call while one is open: the open one can never be completed.
        current = null;
        return part;
      }
      current ??= { part, call, args: { ...membersOf(call["args"]) } };
      for (const fragment of fragments) addFragment(current.args, fragment);
      if (more) return null;
      const whole = { ...current.part, functionCall: { ...bareCall(current.call), args: current.args } };
      current = null;
      return whole;
    },
    open: () => (current === null ? null : stringOr(current.call["name"], "a tool")),
  };
}

function bareCall(call: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(call).filter(([key]) => key !== "partialArgs" && key !== "willContinue"));
}

function addFragment(args: MutableJson, fragment: JsonObject): void {
  const path = stepsOf(stringOr(fragment["jsonPath"], ""));
  const last = path.at(-1);
  if (last === undefined) return;
  let place: MutableJson | Json[] = args;
  for (const [position, step] of path.slice(0, -1).entries()) {
    const inside = read(place, step);
    const next: Json = isContainer(inside) ? inside : typeof path[position + 1] === "number" ? [] : {};
    if (next !== inside) write(place, step, next);
    place = next as MutableJson | Json[];
  }
  const before = read(place, last);
  const value = valueOf(fragment);
  write(place, last, typeof before === "string" && typeof value === "string" ? before + value : value);
}

function isContainer(value: Json | undefined): value is JsonObject | readonly Json[] {
  return typeof value === "object" && value !== null;
}

/** The steps of `$.foo.bar[0]['x y']`. */
function stepsOf(path: string): (string | number)[] {
  const steps: (string | number)[] = [];
  for (const [, dotted, position, quoted] of path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\[["']((?:[^\\]|\\.)*?)["']\]/g)) {
    if (position !== undefined) steps.push(Math.min(Number(position), 10_000));
    else steps.push(dotted ?? (quoted ?? "").replaceAll(/\\(.)/g, "$1"));
  }
  return steps;
}

function read(place: MutableJson | Json[], step: string | number): Json | undefined {
  if (Array.isArray(place)) return typeof step === "number" ? place[step] : undefined;
  return Object.hasOwn(place, step) ? place[step] : undefined;
}

function write(place: MutableJson | Json[], step: string | number, value: Json): void {
  if (Array.isArray(place)) {
    if (typeof step !== "number") return;
    while (place.length < step) place.push(null);
    place[step] = value;
  } else Object.defineProperty(place, step, { value, writable: true, enumerable: true, configurable: true });
}

function valueOf(fragment: JsonObject): Json {
  return fragment["stringValue"] ?? fragment["numberValue"] ?? fragment["boolValue"] ?? null;
}
