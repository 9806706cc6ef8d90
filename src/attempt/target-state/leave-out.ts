// Removes a member from a body, at any depth, after a vendor said that it does not know it. Pure. A list index stands
// for all elements of the list. A step that does not exist may be a block's type or a message's role, which validators
// put into their paths. It must never change the body that it gets.
import type { Json, JsonObject } from "../../core/json.ts";

/** The step for any element of a list. */
export const ANY = "*";

export interface LeftOut {
  /** The path to the member, the outermost name first. */
  readonly steps: readonly string[];
  /** Only if it has this value. Null: any value. */
  readonly value: string | null;
  /** Only if it has such a value, because all others are necessary. */
  readonly ifHolds?: (value: Json | undefined) => boolean;
  /** Only if its object's type does not need it. */
  readonly isStray?: boolean;
}

/** Null if the member is not there. */
export function leaveOut(body: JsonObject, member: LeftOut): JsonObject | null {
  return fromObject(body, member, 0);
}

function from(node: Json | undefined, member: LeftOut, at: number): Json | null {
  if (isList(node)) return fromList(node, member, at);
  return isObject(node) ? fromObject(node, member, at) : null;
}

/** Some vendors leave the list index out. */
function fromList(list: readonly Json[], member: LeftOut, at: number): Json | null {
  const { steps, value } = member;
  const rest = steps[at] === ANY ? at + 1 : at;
  if (rest >= steps.length) return value === null ? null : withoutValue(list, value);
  let changed = false;
  const mended = list.map((one) => {
    const without = from(one, member, rest);
    if (without !== null) changed = true;
    return without ?? one;
  });
  return changed ? mended : null;
}

function withoutValue(list: readonly Json[], value: string): Json | null {
  const remaining = list.filter((one) => one !== value);
  return remaining.length === list.length ? null : remaining;
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

/** Null, or an empty string, list or object. */
export function isEmpty(member: Json | undefined): boolean {
  return member === null || member === "" || (typeof member === "object" && Object.keys(member).length === 0);
}

function isMeant(member: Json | undefined, { value, ifHolds }: LeftOut): boolean {
  if (ifHolds !== undefined) return ifHolds(member);
  return value === null || value === (typeof member === "string" ? member : JSON.stringify(member));
}

/** A vendor may report one spelling where it takes both. */
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
