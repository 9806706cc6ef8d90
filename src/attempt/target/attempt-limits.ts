// The limits that an attempt's timer watches until the first content: the connection, the headers, the content. A late
// target gets more time if no other target is faster.
import type { AttemptInput } from "./attempt-input.ts";
import type { Limit } from "./attempt-timer.ts";

type Asked = Pick<AttemptInput, "target" | "permit" | "bearLonger">;

export function connectionLimit({ target }: Pick<AttemptInput, "target">): Limit {
  const { connect } = target.timeout;
  return { milliseconds: connect, verdict: "no_response", message: `no connection within ${connect} ms` };
}

/** Until the headers. `askedAt`: clock time at which the target was asked. */
export function headersLimit(asked: Asked, askedAt: number): Limit {
  const { headers } = asked.target.timeout;
  if (headers === null || headers > asked.permit.limits.silence)
    return silenceLimit(asked, { askedAt, what: "answer", verdict: "no_response" });
  return { milliseconds: headers, verdict: "no_response", message: `no answer within ${headers} ms` };
}

/** Until the first content, after the headers. */
export function contentLimit(asked: Asked, askedAt: number): Limit {
  return silenceLimit(asked, { askedAt, what: "content", verdict: "slow_first_token" });
}

interface Silence {
  readonly askedAt: number;
  readonly what: "answer" | "content";
  readonly verdict: "no_response" | "slow_first_token";
}

function silenceLimit({ target, permit, bearLonger }: Asked, { askedAt, what, verdict }: Silence): Limit {
  const limitOf = (milliseconds: number): Limit => ({
    milliseconds,
    verdict,
    message: `no ${what} within ${Math.round(milliseconds)} ms`,
  });
  const limit = limitOf(permit.limits.silence);
  if (target.timeout.firstToken !== null) return limit;
  return {
    ...limit,
    instead: () => {
      const longer = bearLonger();
      if (longer <= permit.limits.silence) return null;
      permit.bear(longer);
      return { limit: limitOf(longer), at: askedAt + longer };
    },
  };
}
