// A count of tokens takes and reports as an attempt does: the target is asked only where it may be asked now, with a key of
// its pool, within its limit. It never waits for a place, is never retried and stands in no ledger: an estimate can stand in.
// That a count came says nothing of answers, so it closes no breaker and ends no cooldown; its failure counts as any other.
import type { Exchange } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { Key, TargetNode } from "../core/rules.ts";
import { openRun, type EngineParts } from "./call-run.ts";
import { admit } from "./target/admit.ts";
import { askFor } from "./target/ask-for.ts";
import { Permit } from "./target/permit.ts";
import { redactSecrets } from "./target/redact-secrets.ts";
import { isFailure, wireFailure } from "./target/wire-failure.ts";

/** The estimate is the stand-in. */
const STANDING = { left: 1, forced: false, checksOutput: false };

/** What `send` gives, which tells failures as values; null where the target is not asked now. */
export async function countOnce<Counted extends object>(
  parts: Omit<EngineParts, "ask">,
  { exchange, target }: { readonly exchange: Exchange; readonly target: TargetNode },
  send: (key: Key | null) => Promise<Counted | WireFailure>,
): Promise<Counted | WireFailure | null> {
  const run = openRun({ exchange, call: exchange.call }, parts);
  const state = parts.states.of(target);
  const permit = await admit({ ...askFor(run, target, { state, standing: STANDING }), isCount: true });
  if (!(permit instanceof Permit)) return null;
  const since = parts.clock.now();
  // A fault of the gateway's own, until it is known to be none.
  let counted: Counted | WireFailure | null = null;
  try {
    const told = await send(permit.key);
    counted = isFailure(told) ? redactSecrets(told, { key: permit.key, provider: target.provider }) : told;
    return counted;
  } finally {
    const isFault = counted === null;
    const failure = isFault
      ? wireFailure("cancelled", "a fault of the gateway's own")
      : isFailure(counted)
        ? counted
        : null;
    if (failure !== null) parts.notices.failed(target, permit.key, { failure, rewritten: false });
    permit.report({
      verdict: failure?.verdict ?? "ok",
      failure,
      since,
      again: false,
      tellsOfHealth: !isFault,
      isFault,
      firstMs: null,
      totalMs: parts.clock.now() - since,
      wasHeard: false,
      longestPause: null,
      outputTokens: null,
    });
  }
}
