// How a stream of pieces says that it broke.
import type { Piece } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";

/** The last piece of a stream that broke: one `failure` event, alone. */
export function failurePiece(failure: WireFailure): Piece {
  return { events: [{ type: "failure", failure }], raw: null };
}
