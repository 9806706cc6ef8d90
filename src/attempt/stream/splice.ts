// What a splice is: the place where a stand-in's text joins the text that the client has. It is verified, or nothing of
// the stand-in is shown (F3). Types, and the white space that both sides share.

/** What to do with the stand-in's text so far. */
export type Joined =
  /** Undecided. */
  | { readonly kind: "held" }
  /** From here on everything is new; this is its beginning, possibly empty. */
  | {
      readonly kind: "joined";
      readonly text: string;
      /** The stand-in quoted the answer, and will close that quotation: the mark that is not part of the answer. */
      readonly closer?: string | undefined;
    }
  /** It does not continue what the client has. */
  | { readonly kind: "lost" };

export interface Splice {
  push(text: string): Joined;
  /** The stand-in's text is complete. */
  end(): Joined;
}

export const HELD: Joined = { kind: "held" };
export const LOST: Joined = { kind: "lost" };

/** `rest` without the white space that the client has already, `blanks`. */
export function withoutShared(blanks: string, rest: string): string {
  let shared = 0;
  while (shared < blanks.length && blanks.charCodeAt(shared) === rest.charCodeAt(shared)) shared += 1;
  const isOther = shared < blanks.length && /^\s/u.test(rest.slice(shared, shared + 1));
  return isOther ? rest : rest.slice(shared);
}
