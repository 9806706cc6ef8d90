// Describes the members that a JSON body may have (`Shape`), and computes once the byte checks that detect others in a
// history. For protocols, which describe themselves, and for rows of vendors, which say what they take. Pure.
import type { MemberTable, Shape } from "../core/member-shape.ts";

/** `"role content name"`, with shapes for those of them that have one. */
export function shape(names: string, below: Readonly<Record<string, Shape>> = {}): Shape {
  const members = new Map<string, Shape | null>();
  for (const name of [...listed(names), ...Object.keys(below)]) members.set(name, below[name] ?? null);
  return { members };
}

export function kindsBy(by: string, shapes: Readonly<Record<string, Shape>>, closed = false): Shape {
  return { members: new Map(), kinds: { by, shapes: new Map(Object.entries(shapes)), closed } };
}

/** The same shape, or a string that is one of `words`. */
export function orWords(words: string, one: Shape): Shape {
  return { ...one, words: new Set(listed(words)) };
}

/** A string that is one of `words`, or a list of such strings. */
export function oneOf(words: string): Shape {
  return orWords(words, shape(""));
}

function listed(names: string): string[] {
  return names.split(" ").filter((name) => name !== "");
}

export function memberTable(whole: Shape): MemberTable {
  const messages = whole.members.get("messages") ?? whole;
  const types = new Set<string>();
  const objects = new Set<string>();
  const names = namesByDepth(messages, (one) => {
    if (one.kinds?.by === "type") for (const kind of one.kinds.shapes.keys()) types.add(kind);
    for (const [name, below] of one.members) if (below?.words?.size === 0) objects.add(name);
  });
  return { shape: whole, names, types, objects: [...objects] };
}

/** The allowed names at each depth of objects. Calls `meet` with each shape. */
function namesByDepth(root: Shape, meet: (one: Shape) => void): readonly ReadonlySet<string>[] {
  const depths: Set<string>[] = [];
  let shapes: readonly Shape[] = [root];
  while (shapes.length > 0) {
    const flat = shapes.flatMap((one) => {
      meet(one);
      return one.kinds === undefined ? [one] : [...one.kinds.shapes.values()];
    });
    for (const one of flat) meet(one);
    depths.push(new Set(flat.flatMap(({ members }) => [...members.keys()])));
    shapes = flat.flatMap(({ members }) => [...members.values()].filter((below) => below !== null));
  }
  return depths;
}
