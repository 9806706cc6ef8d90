// Bugs on purpose, each put in place of one of the gateway's parts: what the simulation must find if it is to be trusted.
// Nothing of this is in the product.
import type { Source, Transport } from "../../src/core/transport.ts";
import type { Handle } from "../../src/gateway.ts";
import type { Parts } from "../../src/parts.ts";
import type { RunOptions } from "./run.test-support.ts";

export interface Planted extends RunOptions {
  readonly name: string;
  /** The clauses of which one is broken by it. */
  readonly clauses: readonly string[];
}

export const planted: readonly Planted[] = [
  { name: "double ending", clauses: ["F2"], wrap: withTwoEndings },
  { name: "missed cancel", clauses: ["F11"], tamper: (parts) => ({ ...parts, transport: deaf(parts.transport) }) },
  { name: "probe leak", clauses: ["F13"], tamper: forgetTickets },
  { name: "budget overrun", clauses: ["F13"], tamper: spendWithoutEnd },
  { name: "duplicated text", clauses: ["F3"], wrap: withEchoes },
];

/** The last piece of a stream comes again. */
function withTwoEndings(handle: Handle): Handle {
  return mapStreams(handle, (source) => {
    let last: Uint8Array | string | null = null;
    let isOver = false;
    return {
      async next() {
        if (isOver) return null;
        const piece = await source.next();
        isOver = piece === null;
        if (piece !== null) last = piece;
        return piece ?? last;
      },
      cancel: () => source.cancel(),
    };
  });
}

/** Every third piece comes twice. */
function withEchoes(handle: Handle): Handle {
  return mapStreams(handle, (source) => {
    let count = 0;
    let again: Uint8Array | string | null = null;
    return {
      async next() {
        const piece = again ?? (await source.next());
        if (again === null && piece !== null) {
          count += 1;
          if (count % 3 === 0) {
            again = piece;
            return piece;
          }
        }
        again = null;
        return piece;
      },
      cancel: () => source.cancel(),
    };
  });
}

function mapStreams(
  handle: Handle,
  change: (source: Source<Uint8Array | string>) => Source<Uint8Array | string>,
): Handle {
  return async (request, cancellation) => {
    const reply = await handle(request, cancellation);
    const { body } = reply;
    return body !== null && typeof body === "object" && "next" in body ? { ...reply, body: change(body) } : reply;
  };
}

/** Does not hear that a request is not wanted any more. */
function deaf(transport: Transport): Transport {
  const never = { cancelled: false, onCancel: () => () => {} };
  return { send: (request) => transport.send({ ...request, cancellation: never }), close: () => transport.close() };
}

/** What a probe came to is lost. */
function forgetTickets(parts: Parts): Parts {
  const { health } = parts;
  const report = health.report.bind(health);
  health.answering = () => {};
  health.report = (target, rules, told) => {
    if (told.ticket === 0) report(target, rules, told);
  };
  return parts;
}

function spendWithoutEnd(parts: Parts): Parts {
  parts.budget.spend = () => true;
  return parts;
}
