// What may stand in a JSON body, as a shape: names of members, and below them shapes of their own. With it what is not a
// vendor's own is found at any depth, and left out. Pure: bodies are never changed, and what stays is shared. It goes no
// deeper than the shape does, whatever a stranger's request holds.
import type { Json, JsonObject } from "../core/json.ts";
import { isArray, isObject, placeOf } from "./read.ts";

/** The members of an object, or of each object of a list. Null: whatever stands there is taken as it is. */
export interface Shape {
  readonly members: ReadonlyMap<string, Shape | null>;
  /** Objects come in kinds, which the member of this name tells; of a kind that is not known nothing is said. */
  readonly kinds?: { readonly by: string; readonly shapes: ReadonlyMap<string, Shape> };
}

/** `"role content name"`, and shapes for those of them that have one. */
export function shape(names: string, below: Readonly<Record<string, Shape>> = {}): Shape {
  const members = new Map<string, Shape | null>();
  for (const name of [...names.split(" "), ...Object.keys(below)]) members.set(name, below[name] ?? null);
  return { members };
}

export function kindsBy(by: string, shapes: Readonly<Record<string, Shape>>): Shape {
  return { members: new Map(), kinds: { by, shapes: new Map(Object.entries(shapes)) } };
}

/** The same value where all of it is known. `lose` is told each name, with the places in lists left out. */
export function onlyKnown<Value extends Json>(value: Value, known: Shape, lose: (place: string) => void): Value {
  return trim(value, known, { place: "", lose }) as Value;
}

interface Trimming {
  readonly place: string;
  readonly lose: (place: string) => void;
}

function trim(value: Json, known: Shape, trimming: Trimming): Json {
  if (isArray(value)) {
    const items = value.map((item) => trim(item, known, trimming));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isObject(value)) return value;
  const own = shapeOf(value, known);
  return own === null ? value : trimObject(value, own, trimming);
}

function shapeOf(value: JsonObject, { members, kinds }: Shape): Shape | null {
  if (kinds === undefined) return { members };
  const kind = value[kinds.by];
  return typeof kind === "string" ? (kinds.shapes.get(kind) ?? null) : null;
}

function trimObject(object: JsonObject, { members }: Shape, { place, lose }: Trimming): JsonObject {
  let changed = false;
  const kept: [string, Json | undefined][] = [];
  for (const [name, value] of Object.entries(object)) {
    const below = members.get(name);
    if (below === undefined && value !== undefined) {
      changed = true;
      lose(placeOf(place, name));
      continue;
    }
    const inner = below && value !== undefined ? trim(value, below, { place: placeOf(place, name), lose }) : value;
    if (inner !== value) changed = true;
    kept.push([name, inner]);
  }
  return changed ? Object.fromEntries(kept) : object;
}

/** Names that may stand somewhere at each depth of objects, for a look at bytes that tells no more than how deep each stands. */
export function namesByDepth(known: Shape): readonly ReadonlySet<string>[] {
  const depths: Set<string>[] = [];
  let shapes: readonly Shape[] = [known];
  while (shapes.length > 0) {
    const flat = shapes.flatMap((one) => (one.kinds === undefined ? [one] : [...one.kinds.shapes.values()]));
    depths.push(new Set(flat.flatMap(({ members }) => [...members.keys()])));
    shapes = flat.flatMap(({ members }) => [...members.values()].filter((below) => below !== null));
  }
  return depths;
}
