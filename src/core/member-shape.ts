// What may stand in a JSON body, as data: names of members, below them shapes of their own, and the words that a text may be.
// Protocols describe themselves with it, and rows of vendors what these take. It holds no rule of its own: a walk reads it.

/** The members of an object, or of each object of a list. Null: whatever stands there is taken as it is. */
export interface Shape {
  readonly members: ReadonlyMap<string, Shape | null>;
  /**
   * Objects come in kinds, which the member of this name tells. Of a kind that is not known nothing is said, unless there is
   * no other: then such an object is unknown as a whole.
   */
  readonly kinds?: { readonly by: string; readonly shapes: ReadonlyMap<string, Shape>; readonly closed: boolean };
  /** A text is one of these. Absent: any text is taken. Empty: none is. */
  readonly words?: ReadonlySet<string>;
}

/** What a vendor takes in a request of its protocol, with what tells from the bytes of a history whether it may hold more. */
export interface MemberTable {
  readonly shape: Shape;
  /** The names that may stand in `messages`, by how many objects each stands in. */
  readonly names: readonly ReadonlySet<string>[];
  /** The kinds that objects in `messages` may be of, by their `type`. */
  readonly types: ReadonlySet<string>;
  /** The members in `messages` in whose place no text is taken. */
  readonly objects: readonly string[];
}
