// Where in a configuration a key is valid, read from the schema itself: a key that is unknown at its place may belong to
// another one. Only for messages, so it runs after a mistake was found.
import type { z } from "zod";
import { zod } from "./zod.ts";

/** More places than these say nothing: every list has a `name`. */
const MOST_PLACES = 3;
const TOP = "the top level";

type Node = Readonly<Record<string, unknown>>;

interface Step {
  readonly node: Node;
  readonly place: string;
}

/** The objects with the key, the outermost first, e.g. `defaults` or `routes.<name>`; empty: none, or too many. */
export const keyPlaces = (schema: z.ZodType): ((key: string) => readonly string[]) => {
  const root = zod().toJSONSchema(schema, { io: "input", target: "draft-07", unrepresentable: "any" }) as Node;
  const places = new Map<string, Set<string>>();
  const visitedNodes = new Set<Node>();
  const steps: Step[] = [{ node: root, place: "" }];
  // Breadth first: a route within a route is the same node again, and its place is that of the outer one.
  for (let at = 0; at < steps.length; at += 1) {
    const { node, place } = steps[at]!;
    const target = nodeOf(root, node);
    if (visitedNodes.has(target)) continue;
    visitedNodes.add(target);
    for (const key of Object.keys(recordOf(target["properties"])))
      places.set(key, (places.get(key) ?? new Set()).add(place === "" ? TOP : place));
    steps.push(...stepsFrom(target, place));
  }
  return (key) => {
    const list = [...(places.get(key) ?? [])];
    return list.length > MOST_PLACES ? [] : list;
  };
};

const stepsFrom = (node: Node, place: string): readonly Step[] => {
  const steps = (values: Iterable<unknown>, inner: string): Step[] =>
    [...values].filter(isRecord).map((node) => ({ node, place: inner }));
  const below = (name: string): string => (place === "" ? name : `${place}.${name}`);
  const branches = ["anyOf", "oneOf", "allOf"].flatMap((name) => steps(listOf(node[name]), place));
  const members = Object.entries(recordOf(node["properties"])).flatMap(([name, value]) => steps([value], below(name)));
  const maps = steps([node["additionalProperties"]], below("<name>"));
  return [...branches, ...members, ...maps, ...steps([node["items"]].flat(), `${place}[]`)];
};

const nodeOf = (root: Node, node: Node): Node => {
  const { $ref: reference } = node;
  if (typeof reference !== "string") return node;
  return reference
    .split("/")
    .slice(1)
    .reduce<Node>((at, name) => recordOf(at[name]), root);
};

const isRecord = (value: unknown): value is Node => typeof value === "object" && value !== null;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const recordOf = (value: unknown): Node => (isRecord(value) ? value : {});
