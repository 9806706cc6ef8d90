// What a refusal says about this machine's clock. Signatures and assertions carry a time, and every cloud refuses one that is
// about five minutes off, in words that hardly say so.
import { dateMs } from "./date-ms.ts";
import { durationText } from "./duration-text.ts";

/** Less than what clouds tolerate; more than a slow answer. */
const TOLERATED = 240_000;
/** Of AWS, Google and Entra ID (AADSTS700024: "Client assertion is not within its valid time range"). */
const clockWords =
  /signature (?:has )?expired|not yet current|request has expired|time.{0,12}skew|short-lived token|iat and exp|token used too early|AADSTS700024|not within its valid time|\bclock\b/iu;

export interface RefusalTimes {
  readonly message: string;
  /** The answer's own date. */
  readonly date: string | undefined;
  /** Epoch milliseconds at its arrival. */
  readonly wall: number;
}

/** For the end of the message; empty if the refusal has nothing to do with the clock. */
export function clockHint({ message, date, wall }: RefusalTimes): string {
  const theirs = dateMs(date);
  const ahead = theirs === null ? 0 : wall - theirs;
  if (Math.abs(ahead) >= TOLERATED)
    return ` (this machine's clock is ${durationText(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"} the server's)`;
  return clockWords.test(message) ? " (check this machine's clock)" : "";
}
