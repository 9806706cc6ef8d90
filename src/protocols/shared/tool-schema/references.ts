// `$ref`: the target of each reference, and which references lead back to themselves. It must not recurse along
// references: a chain of them may be as long as the body.
import type { Json, JsonObject } from "../../../core/json.ts";
import { isArray, isObject } from "../read.ts";
import { schemaMap } from "./vocabulary.ts";

/** A definition at the root, where every vendor looks for them. */
const definition = /^#\/(?:\$defs|definitions)\/([^/%~]+)$/u;

/** The name in a reference to a definition at the root; null for any other reference. */
export function definitionName(ref: string): string | null {
  return definition.exec(ref)?.[1] ?? null;
}

/** A reference by the name that a schema gives itself (`$anchor`), which few vendors resolve. */
export function isAnchor(ref: string): boolean {
  return /^#[A-Za-z_][\w.-]*$/u.test(ref);
}

/** Resolves each reference once. */
export class References {
  readonly #root: JsonObject;
  readonly #cache = new Map<string, JsonObject | null>();
  #anchors: ReadonlyMap<string, JsonObject> | null = null;
  readonly #sizes = new Map<JsonObject, number>();

  constructor(root: JsonObject) {
    this.#root = root;
  }

  /** Null if there is no such schema. The root is returned without its definitions. */
  resolve(ref: string): JsonObject | null {
    const cached = this.#cache.get(ref);
    if (cached !== undefined) return cached;
    const target = this.#find(ref);
    this.#cache.set(ref, target);
    return target;
  }

  /** The length of a reference's target as JSON text. */
  sizeOf(target: JsonObject): number {
    const size = this.#sizes.get(target) ?? JSON.stringify(target).length;
    this.#sizes.set(target, size);
    return size;
  }

  #find(ref: string): JsonObject | null {
    if (isAnchor(ref)) return (this.#anchors ??= anchorsIn(this.#root)).get(ref) ?? null;
    if (ref !== "#" && !ref.startsWith("#/")) return null;
    let place: Json | undefined = this.#root;
    for (const step of ref.slice(1).split("/").slice(1)) {
      const key = decodeStep(step);
      if (isArray(place)) place = place[Number(key)];
      else place = isObject(place) && Object.hasOwn(place, key) ? place[key] : undefined;
      if (place === undefined) return null;
    }
    if (!isObject(place)) return null;
    if (place !== this.#root) return place;
    const { $defs: _, definitions: __, ...root } = place;
    return root;
  }
}

/** A step of a JSON pointer in a URI fragment. */
function decodeStep(step: string): string {
  let text = step;
  try {
    text = decodeURIComponent(step);
  } catch {
    // Not percent-encoded then.
  }
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** Members whose value is data, even if it looks like a schema. */
const data: ReadonlySet<string> = new Set(["enum", "const", "default", "examples", "example", "required"]);
const definitions: ReadonlySet<string> = new Set(["$defs", "definitions"]);

/** The schemas that have an anchor, without it, by the references to them. */
function anchorsIn(root: JsonObject): ReadonlyMap<string, JsonObject> {
  const anchors = new Map<string, JsonObject>();
  const open: { readonly value: Json | undefined; readonly isMap: boolean }[] = [{ value: root, isMap: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, isMap } = next;
    if (isArray(value)) for (const item of value) open.push({ value: item, isMap: false });
    else if (isObject(value)) {
      const { $anchor, ...rest } = value;
      if (!isMap && typeof $anchor === "string") anchors.set(`#${$anchor}`, rest);
      for (const key of Object.keys(value))
        if (isMap || !data.has(key)) open.push({ value: value[key], isMap: !isMap && schemaMap.has(key) });
    }
  }
  return anchors;
}

/** All references in a schema, except those in its own definitions. */
export function referencesIn(part: Json | undefined): ReadonlySet<string> {
  const refs = new Set<string>();
  const open: { readonly value: Json | undefined; readonly isMap: boolean }[] = [{ value: part, isMap: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, isMap } = next;
    if (isArray(value)) for (const item of value) open.push({ value: item, isMap: false });
    else if (isObject(value)) {
      const ref = value["$ref"];
      if (!isMap && typeof ref === "string") refs.add(ref);
      for (const key of Object.keys(value))
        if (isMap || !(data.has(key) || definitions.has(key)))
          open.push({ value: value[key], isMap: !isMap && schemaMap.has(key) });
    }
  }
  return refs;
}

/**
 * The nodes of a graph that lead back to themselves, by the number of their cycle: nodes with the same number reach
 * each other.
 */
export function circlesIn(links: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, number> {
  const walk = new CircleWalk(links);
  for (const name of links.keys()) walk.from(name);
  return walk.circles;
}

/** Tarjan's strongly connected components, with an explicit stack. */
class CircleWalk {
  readonly circles: Map<string, number> = new Map();
  readonly #links: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #order = new Map<string, number>();
  readonly #lowest = new Map<string, number>();
  readonly #stack: string[] = [];
  readonly #stacked = new Set<string>();

  constructor(links: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#links = links;
  }

  from(start: string): void {
    if (this.#order.has(start)) return;
    const path = [this.#enter(start)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.links.next();
      if (next.done === true) {
        path.pop();
        this.#leave(top.name, path.at(-1)?.name);
      } else if (!this.#order.has(next.value)) path.push(this.#enter(next.value));
      else if (this.#stacked.has(next.value)) this.#lower(top.name, this.#order.get(next.value) ?? 0);
    }
  }

  #enter(name: string): { readonly name: string; readonly links: Iterator<string> } {
    const place = this.#order.size;
    this.#order.set(name, place);
    this.#lowest.set(name, place);
    this.#stack.push(name);
    this.#stacked.add(name);
    return { name, links: (this.#links.get(name) ?? new Set<string>()).values() };
  }

  #leave(name: string, parent: string | undefined): void {
    const lowest = this.#lowest.get(name) ?? 0;
    if (parent !== undefined) this.#lower(parent, lowest);
    if (lowest !== this.#order.get(name)) return;
    const members = this.#stack.splice(this.#stack.lastIndexOf(name));
    for (const member of members) this.#stacked.delete(member);
    if (members.length > 1 || this.#links.get(name)?.has(name) === true)
      for (const member of members) this.circles.set(member, lowest);
  }

  #lower(name: string, place: number): void {
    this.#lowest.set(name, Math.min(this.#lowest.get(name) ?? place, place));
  }
}
