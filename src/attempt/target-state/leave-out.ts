// Takes a member out of a body, at any depth, where a vendor said that it has no place for it. Pure. A place in a list
// stands for all of its elements; a step that is not there may be the name of a block's type or of a message's role, which
// validators put into their paths. It never touches the body that it is given.
import type { Json, JsonObject } from "../../core/json.ts";

/** Any element of a list, as a step. */
const ANY = "*";

export interface LeftOut {
  /** From the outside to the member, which is the last. */
  readonly steps: readonly string[];
  /** Only where it is this value. Null: whatever it is. */
  readonly value: string | null;
  /** Only where it holds nothing, since nobody can do without what it might hold. */
  readonly ifEmpty?: boolean;
  /** Only where it is not what its object is about, as the object's type says. */
  readonly isStray?: boolean;
}

/** Null where it is not there. */
export function leaveOut(body: JsonObject, member: LeftOut): JsonObject | null {
  return fromObject(body, member, 0);
}

function from(node: Json | undefined, member: LeftOut, at: number): Json | null {
  if (isList(node)) return fromList(node, member, at);
  return isObject(node) ? fromObject(node, member, at) : null;
}

/** Some vendors leave the place in a list out. */
function fromList(list: readonly Json[], member: LeftOut, at: number): Json | null {
  const rest = member.steps[at] === ANY ? at + 1 : at;
  if (rest >= member.steps.length) return null;
  let changed = false;
  const mended = list.map((one) => {
    const without = from(one, member, rest);
    if (without !== null) changed = true;
    return without ?? one;
  });
  return changed ? mended : null;
}

function fromObject(node: JsonObject, member: LeftOut, at: number): JsonObject | null {
  const step = member.steps[at];
  if (step === undefined) return null;
  const isLast = at === member.steps.length - 1;
  const key = spellings(step).find((one) => Object.hasOwn(node, one) && node[one] !== undefined);
  const inner = key === undefined || isLast ? null : from(node[key], member, at + 1);
  if (key !== undefined && inner !== null) return { ...node, [key]: inner };
  if (!isLast) return isKind(node, step) ? fromObject(node, member, at + 1) : null;
  if (key === undefined || !isMeant(node[key], member)) return null;
  if (member.isStray === true && spellings(step).some((one) => one === node["type"])) return null;
  return Object.fromEntries(Object.entries(node).filter(([name]) => name !== key));
}

/** `content.0.tool_use.x`, `messages.0.user.x`, `tools.0.custom.x`. */
function isKind({ type, role }: JsonObject, step: string): boolean {
  return type === step || role === step || (step === "custom" && type === undefined);
}

function isMeant(given: Json | undefined, { value, ifEmpty = false }: LeftOut): boolean {
  if (ifEmpty) return given === null || given === "" || (typeof given === "object" && Object.keys(given).length === 0);
  return value === null || value === (typeof given === "string" ? given : JSON.stringify(given));
}

/** One vendor tells in one case what it takes in both. */
export function spellings(name: string): readonly string[] {
  const camel = name.replaceAll(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase());
  const snake = inSnakeCase(name);
  return camel === snake ? [name] : [snake, camel];
}

export function inSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}
