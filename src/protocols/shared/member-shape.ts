// Compares JSON with a shape: members that the vendor does not know are found at any depth, and removed. Pure: it never
// changes a body, and shares what stays. It goes only as deep as the shape, whatever a stranger's request contains.
import type { Stray } from "../../core/chat.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Shape } from "../../core/member-shape.ts";
import { isArray, isObject, placeOf } from "./read.ts";

/** Gets the path of a removed member or element, without list indexes, and its value. */
export type Lose = (place: string, value: Json) => void;

/** The same value if all of it is known. */
export function withinMemberShape<Value extends Json>(value: Value, shape: Shape, lose: Lose): Value {
  return (trim(value, shape, { place: "", lose }) ?? value) as Value;
}

interface Trimming {
  readonly place: string;
  readonly lose: Lose;
}

/** Undefined if nothing of it is known. */
function trim(value: Json, shape: Shape, trimming: Trimming): Json | undefined {
  if (isArray(value)) return trimList(value, shape, trimming);
  if (typeof value === "string" && shape.words?.has(value) === false) return undefined;
  if (!isObject(value)) return value;
  const own = shapeOf(value, shape);
  if (own === null) return shape.kinds?.closed === true ? undefined : value;
  return trimObject(value, own, trimming);
}

function trimList(list: readonly Json[], shape: Shape, trimming: Trimming): Json {
  const items: Json[] = [];
  for (const item of list) {
    const trimmed = trim(item, shape, trimming);
    if (trimmed === undefined) trimming.lose(trimming.place, item);
    else items.push(trimmed);
  }
  return items.length < list.length || items.some((item, index) => item !== list[index]) ? items : list;
}

function shapeOf(value: JsonObject, { members, kinds }: Shape): Shape | null {
  if (kinds === undefined) return { members };
  const kind = value[kinds.by];
  return typeof kind === "string" ? (kinds.shapes.get(kind) ?? null) : null;
}

function trimObject(object: JsonObject, { members }: Shape, { place, lose }: Trimming): JsonObject {
  let changed = false;
  const keptEntries: [string, Json | undefined][] = [];
  for (const [name, value] of Object.entries(object)) {
    const below = members.get(name);
    const at = placeOf(place, name);
    const inner = value !== undefined && below ? trim(value, below, { place: at, lose }) : value;
    if (inner !== value) changed = true;
    if (value !== undefined && (below === undefined || inner === undefined)) {
      changed = true;
      lose(at, value);
    } else keptEntries.push([name, inner]);
  }
  return changed ? Object.fromEntries(keptEntries) : object;
}

export type Strays = { readonly strays?: readonly Stray[] };
const none: Strays = {};

/**
 * The members of an object that its reader does not know, to be added to the part made of it; nothing if all are known.
 * A null member does not count.
 */
export function straysIn(value: Json | undefined, read: Shape): Strays {
  const strays: Stray[] = [];
  gather(value, read, { path: [], strays });
  return strays.length === 0 ? none : { strays };
}

/** The same, only inside the members that the shape has. */
export function straysBelow(object: JsonObject, { members }: Shape): Strays {
  const strays: Stray[] = [];
  for (const name in object) {
    const below = members.get(name);
    if (below !== undefined && below !== null) gather(object[name], below, { path: [name], strays });
  }
  return strays.length === 0 ? none : { strays };
}

interface Gathering {
  readonly path: Stray["path"];
  readonly strays: Stray[];
}

function gather(value: Json | undefined, shape: Shape, { path, strays }: Gathering): void {
  if (isArray(value)) for (const [at, item] of value.entries()) gather(item, shape, { path: [...path, at], strays });
  if (!isObject(value)) return;
  const own = shapeOf(value, shape);
  if (own === null) return;
  for (const name in value) {
    const inner = value[name];
    if (inner === undefined || inner === null) continue;
    const below = own.members.get(name);
    if (below === undefined) strays.push({ path: [...path, name], value: inner });
    else if (below !== null) gather(inner, below, { path: [...path, name], strays });
  }
}

/**
 * `written` with the strays in their original positions. Calls `placed` with each one that fits: a new form may have no
 * place for it.
 */
export function withStrays(
  written: JsonObject,
  strays: readonly Stray[] | undefined,
  onPlaced: (stray: Stray) => void,
): JsonObject {
  if (strays === undefined) return written;
  const copies = new Set<Json>();
  let whole: Json = written;
  for (const stray of strays) {
    const changed = put(whole, { ...stray, step: 0 }, copies);
    if (changed === null) continue;
    whole = changed;
    onPlaced(stray);
  }
  return whole as JsonObject;
}

interface Placing extends Stray {
  readonly step: number;
}

/**
 * Null if the path does not exist, or the member exists already. An object is copied once and then changed in place.
 */
function put(into: Json | undefined, placing: Placing, copies: Set<Json>): Json | null {
  const { path, step, value } = placing;
  const key = path[step];
  if (key === undefined) return into === undefined || into === value ? value : null;
  const inList = typeof key === "number" && isArray(into) && key < into.length;
  const inObject = typeof key === "string" && isObject(into) && key !== "__proto__";
  if (!inList && !inObject) return null;
  const holder = into as Record<string | number, Json>;
  const inner = put(Object.hasOwn(holder, key) ? holder[key] : undefined, { ...placing, step: step + 1 }, copies);
  if (inner === null) return null;
  const copy = copies.has(holder)
    ? holder
    : inList
      ? ([...(into as readonly Json[])] as unknown as typeof holder)
      : { ...holder };
  copy[key] = inner;
  copies.add(copy);
  return copy;
}

/** The path of a stray, without list indexes. */
export function placeOfStray(place: string, { path }: Stray): string {
  return path.filter((step) => typeof step === "string").reduce(placeOf, place);
}
