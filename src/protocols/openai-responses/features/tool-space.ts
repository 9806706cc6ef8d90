// Maps tools in namespaces to the flat names of all other protocols. Each tool has one name there, the same in
// definitions, history and choice; two tools never share one. Source: NamespaceTool of `openai` 7.57.0, where a call
// names its namespace beside its tool, and functions without a namespace are in `functions`.
import type { Json, JsonObject } from "../../../core/json.ts";
import { arrayOr, isObject, stringOr } from "../../shared/read.ts";

/** The flat name of a tool. */
export type NameOf = (namespace: string | null, name: string) => string;

const asIs: NameOf = (_namespace, name) => name;
/** The namespace of tools without one. */
const usual = "functions";

export function readToolSpace(body: JsonObject): NameOf {
  if (body["tools"] === undefined && typeof body["input"] === "string") return asIs;
  const flat = new Set<string>();
  const spaced = new Map<string, readonly [string, string]>();
  const space = (namespace: Json | undefined, name: Json | undefined): void => {
    if (typeof namespace !== "string" || typeof name !== "string") return;
    spaced.set(keyOf(namespace, name), [namespace, name]);
  };
  const declare = (tools: Json | undefined): void => {
    for (const tool of objectsOf(tools)) {
      if (tool["type"] !== "namespace") flat.add(stringOr(tool["name"], ""));
      else for (const inner of objectsOf(tool["tools"])) space(tool["name"], inner["name"]);
    }
  };
  declare(body["tools"]);
  const items = objectsOf(body["input"]);
  for (const item of items) declare(item["tools"]);
  for (const { namespace, name } of items) {
    // The vendor's own tool search puts a function without a namespace into one of its own name.
    const isKnown = typeof name === "string" && typeof namespace === "string" && flat.has(name);
    if (!isKnown || spaced.has(keyOf(namespace, name))) space(namespace, name);
  }
  return spaced.size === 0 ? asIs : nameAll(flat, spaced);
}

function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return arrayOr<readonly Json[]>(value, []).filter(isObject);
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}\n${name}`;
}

/** The most readable name; if it is taken, one with a dot, which no tool's own name contains here. */
function nameAll(flat: ReadonlySet<string>, spaced: ReadonlyMap<string, readonly [string, string]>): NameOf {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const [key, [namespace, name]] of spaced) {
    const wish = namespace === usual ? name : `${namespace}__${name}`;
    names.set(key, wish);
    counts.set(wish, (counts.get(wish) ?? 0) + 1);
  }
  return (namespace, name) => {
    if (namespace === null) return name;
    const wish = names.get(keyOf(namespace, name));
    if (wish === undefined) return name;
    return flat.has(wish) || (counts.get(wish) ?? 0) > 1 ? `${namespace}.${name}` : wish;
  };
}
