// The part of a client's body that is not held, on its way to a target. It says who is waited for: while the client is slow
// the target's timeouts rest; while the target does not take what it was given, they count.
import type { Asking } from "../core/exchange.ts";
import type { BodyRest } from "../core/passthrough.ts";
import type { Source } from "../core/transport.ts";

export class UploadedRest implements Source<Uint8Array> {
  readonly #rest: BodyRest;
  readonly #asking: Pick<Asking, "attempt" | "onUpload">;

  constructor(rest: BodyRest, asking: Pick<Asking, "attempt" | "onUpload">) {
    this.#rest = rest;
    this.#asking = asking;
  }

  async next(): Promise<Uint8Array | null> {
    const { attempt, onUpload } = this.#asking;
    onUpload("waits");
    const piece = await this.#rest.next();
    onUpload(piece === null ? "ends" : "goes-on");
    attempt.bytesOut += piece?.byteLength ?? 0;
    return piece;
  }

  cancel(): void {
    this.#rest.cancel();
  }
}
