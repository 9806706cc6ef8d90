// The members that a JSON body may have, as data: names, the shapes below them, and the allowed strings. Protocols
// describe themselves with it, and rows of vendors say what they take. It holds no rules: a walk reads it.

/** The members of an object, or of each object in a list. Null: any value is allowed. */
export interface Shape {
  readonly members: ReadonlyMap<string, Shape | null>;
  /**
   * For objects of several kinds: `by` is the member that names the kind. An object of an unknown kind is not checked,
   * unless `closed` says that there are no others; then the whole object is unknown.
   */
  readonly kinds?: { readonly by: string; readonly shapes: ReadonlyMap<string, Shape>; readonly closed: boolean };
  /** The allowed strings. Absent: any. Empty: none. */
  readonly words?: ReadonlySet<string>;
}

/** What a vendor takes in a request of its protocol, with quick checks on the bytes of a history for anything else. */
export interface MemberTable {
  readonly shape: Shape;
  /** The names that may appear in `messages`, by depth of objects. */
  readonly names: readonly ReadonlySet<string>[];
  /** The values of `type` that objects in `messages` may have. */
  readonly types: ReadonlySet<string>;
  /** The members in `messages` that must be objects, never strings. */
  readonly objects: readonly string[];
}
