// Reads the beginning of a body that is passed on: so much of it is held that it can be sent again, or read for the name of
// a model. What follows is pulled at the pace of the target, and never held.
import { GatewayFailure } from "../core/failure.ts";
import type { BodyRest } from "../core/passthrough.ts";
import type { Source } from "../core/transport.ts";

/** The limits of a body that is not read whole, in bytes. */
export interface SpoolLimits {
  readonly heldBytes: number;
  /** So much of it is held, or it is refused; more only while there is room to spare. */
  readonly sureBytes: number;
  readonly most: number;
}

export interface SpoolOptions extends SpoolLimits {
  /** The length of the body; null: not announced. */
  readonly announced: number | null;
  /** False: so many more bytes of bodies are too many. `isSpare`: it would be good to hold them. */
  readonly take: (bytes: number, isSpare: boolean) => boolean;
}

export interface SpooledBody {
  readonly body: Uint8Array;
  /** Absent: the body is whole. */
  readonly rest?: SpooledRest;
}

const NOTHING = new Uint8Array(0);

/** Throws GatewayFailure(`request_too_large`, 413). Rejects as the source does. */
export async function spoolBody(source: Source<Uint8Array>, options: SpoolOptions): Promise<SpooledBody | "too-many"> {
  const { announced, heldBytes, sureBytes, most, take } = options;
  if (announced !== null && announced > most) throw uploadTooLarge(most);
  let body: Uint8Array | null = null;
  let filled = 0;
  for (;;) {
    const chunk = await source.next();
    if (chunk === null) return { body: body?.subarray(0, filled) ?? NOTHING };
    const part = chunk.subarray(0, heldBytes - filled);
    const isSpare = filled + part.byteLength > sureBytes;
    if (!take(part.byteLength, isSpare)) {
      if (!isSpare || body === null) return "too-many";
      const rest = new SpooledRest(source, { ...options, heldBytes: filled, leftover: chunk });
      return { body: body.subarray(0, filled), rest };
    }
    if (chunk.byteLength === announced && part.byteLength === announced) return { body: chunk };
    // Only now, so that an announcement alone takes no memory; its pages are taken as they fill.
    body ??= Buffer.allocUnsafeSlow(Math.min(announced ?? heldBytes, heldBytes));
    body.set(part, filled);
    filled += part.byteLength;
    if (filled === announced) return { body };
    if (filled < heldBytes || (announced === null && part.byteLength === chunk.byteLength)) continue;
    const leftover = chunk.subarray(part.byteLength);
    return { body, rest: new SpooledRest(source, { ...options, heldBytes: filled, leftover }) };
  }
}

interface RestOptions extends Pick<SpoolOptions, "announced" | "heldBytes" | "most"> {
  /** The first bytes, which were read with the beginning. */
  readonly leftover: Uint8Array;
}

export class SpooledRest implements BodyRest {
  readonly length: number | null;
  readonly #source: Source<Uint8Array>;
  readonly #most: number;
  #leftover: Uint8Array | null;
  #size: number;
  #isSpent = false;
  #failure: GatewayFailure | null = null;

  constructor(source: Source<Uint8Array>, { announced, heldBytes, most, leftover }: RestOptions) {
    this.#source = source;
    this.length = announced === null ? null : announced - heldBytes;
    this.#most = most;
    this.#leftover = leftover.byteLength === 0 ? null : leftover;
    this.#size = heldBytes;
  }

  get isSpent(): boolean {
    return this.#isSpent;
  }

  get failure(): GatewayFailure | null {
    return this.#failure;
  }

  async next(): Promise<Uint8Array | null> {
    this.#isSpent = true;
    const chunk = this.#leftover ?? (await this.#source.next());
    this.#leftover = null;
    this.#size += chunk?.byteLength ?? 0;
    if (this.#size <= this.#most) return chunk;
    this.#failure = uploadTooLarge(this.#most);
    this.cancel();
    throw this.#failure;
  }

  cancel(): void {
    this.#isSpent = true;
    this.#leftover = null;
    this.#source.cancel();
  }
}

/** `most`: bytes. */
function uploadTooLarge(most: number): GatewayFailure {
  const words = `the request body is larger than ${most} bytes; send less, or raise server.max_upload in the gateway's configuration`;
  return new GatewayFailure(words, { code: "request_too_large", status: 413 });
}
