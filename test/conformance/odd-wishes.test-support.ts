// How a request is made odd, for the tables of wishes that one vendor takes and another refuses (odd-*.test-support.ts): each is a
// change of a whole body, so that it can be put on a small request and on any that was drawn. Not a test.
import type { Json, JsonObject } from "../../src/core/json.ts";
import { arrayOr, membersOf } from "../../src/protocols/shared/read.ts";

export type Change = (body: JsonObject) => JsonObject;

/** By what is odd. */
export type OddWishes = Readonly<Record<string, Change>>;

/** These members, in place of the body's own. */
export const having =
  (members: JsonObject): Change =>
  (body) => ({ ...body, ...members });

/** Without these members. */
export const lacking =
  (...names: readonly string[]): Change =>
  (body) =>
    Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));

/** These at the end of a list. */
export const adding =
  (name: string, ...items: readonly Json[]): Change =>
  (body) => ({ ...body, [name]: [...arrayOr<readonly Json[]>(body[name], []), ...items] });

/** These at the start of a list. */
export const opening =
  (name: string, ...items: readonly Json[]): Change =>
  (body) => ({ ...body, [name]: [...items, ...arrayOr<readonly Json[]>(body[name], [])] });

/** These members, in a member that is an object. */
export const within =
  (name: string, members: JsonObject): Change =>
  (body) => ({ ...body, [name]: { ...membersOf(body[name]), ...members } });

export const all =
  (...changes: readonly Change[]): Change =>
  (body) =>
    changes.reduce((changed, change) => change(changed), body);

export const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
export const dataUrl: string = `data:image/png;base64,${pixel}`;

/** `count` texts that differ. */
export function texts(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `text-${index}`);
}
