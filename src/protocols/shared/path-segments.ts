// What the paths and answers of vendors' other services have in common: ids of stored things.
import type { Json, JsonObject } from "../../core/json.ts";
import { isArray, isObject, stringOr } from "./read.ts";

/** No path of a vendor has more. */
const MOST = 12;
/** Characters; no vendor's id is half as long. */
const LONGEST = 256;

/** The parts of a path, decoded. */
export function pathSegments(path: string): readonly string[] {
  return path
    .split("/", MOST + 1)
    .slice(1)
    .map(decoded)
    .filter((part) => part !== "" && part.length <= LONGEST);
}

function decoded(part: string): string {
  if (!part.includes("%")) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The id of a thing that an answer describes, or of each in its list. `member`: where it stands. */
export function storedIds(body: JsonObject, member: string, list: Json | undefined = body["data"]): readonly string[] {
  const things = isArray(list) ? [body, ...list] : [body];
  return things.flatMap((thing) => {
    const id = isObject(thing) ? stringOr(thing[member], "") : "";
    return id === "" || id.length > LONGEST ? [] : [id];
  });
}
