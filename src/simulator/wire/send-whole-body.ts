// Faults that need the whole body before its headers can be written: wrong lengths, and gzip.
import { gzipSync } from "node:zlib";

import type { FaultScript } from "../faults/fault-script.ts";
import type { Head } from "../vocabulary.ts";
import { joinContents, type Piece } from "./encode-frames.ts";
import type { Exchange } from "./exchange.ts";

export interface WholeBody {
  readonly head: Head;
  readonly pieces: Iterable<Piece>;
  readonly script: FaultScript;
}

/** Plays the fault if it is one of these; otherwise false, and nothing was sent. */
export async function sendWholeBody(exchange: Exchange, { head, pieces, script }: WholeBody): Promise<boolean> {
  switch (script.fault) {
    case "gzip":
    case "gzip-cut": {
      const packed = gzipSync(join(pieces));
      const keptBytes = script.fault === "gzip" ? packed : packed.subarray(0, Math.max(12, packed.length >> 1));
      exchange.sendHead(
        { ...head, headers: [...head.headers, ["content-encoding", "gzip"]] },
        { announced: keptBytes.length },
      );
      await exchange.send(keptBytes);
      exchange.finish();
      return true;
    }
    case "body-longer-than-announced": {
      const body = join(pieces);
      exchange.sendHead(head, { announced: body.length });
      await exchange.send(Buffer.concat([body, Buffer.from('\n{"and": "some bytes more"}\n')]));
      exchange.cut();
      return true;
    }
    case "body-shorter-than-announced": {
      const body = join(pieces);
      exchange.sendHead(head, { announced: body.length });
      await exchange.send(body.subarray(0, Math.floor(body.length * 0.6)));
      exchange.cut();
      return true;
    }
    default:
      return false;
  }
}

function join(pieces: Iterable<Piece>): Uint8Array {
  const joined = joinContents([...pieces].map(({ content }) => content));
  return typeof joined === "string" ? Buffer.from(joined) : joined;
}
