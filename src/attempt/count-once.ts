// Counts tokens at a target. A count is admitted and reported like an attempt: only if the target may be asked now,
// with a key of its pool, within its limit. It never waits for a slot, is never retried, and is not in the ledger: an
// estimate can replace it. A successful count proves nothing about answers, so it closes no breaker and ends no
// cooldown; a failed one counts as usual.
import type { Exchange } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { Key, TargetNode } from "../core/rules.ts";
import { openRun, type EngineParts } from "./call-run.ts";
import { admit } from "./target/admit.ts";
import { askFor } from "./target/ask-for.ts";
import { Permit } from "./target/permit.ts";
import { redactSecrets } from "./target/redact-secrets.ts";
import { isFailure, wireFailure } from "./target/wire-failure.ts";

/** If this fails, the estimate is used. */
const STANDING = { remainingTargets: 1, forced: false, checksOutput: false };

/** The result of `send`, which returns failures as values; null if the target may not be asked now. */
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
  // Treated as a fault of the gateway until `send` returns.
  let result: Counted | WireFailure | null = null;
  try {
    const reply = await send(permit.key);
    result = isFailure(reply) ? redactSecrets(reply, { key: permit.key, provider: target.provider }) : reply;
    return result;
  } finally {
    const isFault = result === null;
    const failure = isFault
      ? wireFailure("cancelled", "a fault of the gateway's own")
      : isFailure(result)
        ? result
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
