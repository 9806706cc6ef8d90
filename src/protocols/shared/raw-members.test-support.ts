// A request's members for tests of `fits` and `peek`, read from a plain object as the gateway reads them from bytes.
// Not a test, and not shipped.
import type { Json, JsonObject } from "../../core/json.ts";
import type { RawMembers } from "../../core/encoded-request.ts";

export function membersOf(body: JsonObject): RawMembers {
  const text = (name: string): string => (body[name] === undefined ? "" : JSON.stringify(body[name]));
  return {
    has: (name) => body[name] !== undefined,
    names: () => Object.keys(body).filter((name) => body[name] !== undefined),
    namesWithin: (name) => namesIn(body[name]),
    read: (name) => body[name],
    mentions: (name, word) => text(name).includes(word),
    texts: (name, key) => [...textsIn(body[name], key)],
  };
}

function namesIn(value: Json | undefined, depth = -1, found: Set<string>[] = []): Set<string>[] {
  if (typeof value !== "object" || value === null) return found;
  const isList = Array.isArray(value);
  for (const [name, inner] of Object.entries(value)) {
    if (!isList) (found[depth + 1] ??= new Set()).add(name);
    namesIn(inner, isList ? depth : depth + 1, found);
  }
  return found;
}

function* textsIn(value: Json | undefined, key: string): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === key && typeof inner === "string" && !Array.isArray(value)) yield inner;
    yield* textsIn(inner, key);
  }
}
