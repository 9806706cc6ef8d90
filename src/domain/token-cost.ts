// The cost of a vendor's token count. Pure, and the only place that multiplies tokens by prices: the list's prices and
// the operator's own are computed alike.
import type { Price, Rates } from "../core/price.ts";
import type { Usage } from "../core/usage.ts";

const MILLION = 1_000_000;

/** A rate that is absent is that of other tokens of its direction. */
export interface TokenRates extends Omit<Rates, "cacheWrite1h"> {
  /** Null: unknown, and different. */
  readonly cacheWrite1h?: number | null | undefined;
  readonly reasoning?: number | undefined;
  /** Null: unknown, and different. */
  readonly audio?: Readonly<Record<"input" | "output" | "cached", number>> | null | undefined;
  /** Of pictures. Absent: as other tokens of that direction. */
  readonly images?: Readonly<Record<"input" | "output", number | undefined>> | undefined;
}

/** US dollars; null if a necessary count is missing, or the counts contradict each other. */
export function costOfTokens(usage: Usage, rates: TokenRates): number | null {
  const { input, output, cacheRead, cacheWrite, reasoning } = usage;
  if (input === null || (output === null && rates.output > 0)) return null;
  const fresh = input - (cacheRead ?? 0) - (cacheWrite ?? 0);
  const [writes, audio] = [writeCost(usage, rates), audioCost(usage, rates)];
  if (fresh < 0 || writes === null || audio === null) return null;
  const thought = Math.min(reasoning ?? 0, output ?? 0);
  const sum =
    fresh * rates.input +
    (cacheRead ?? 0) * (rates.cached ?? rates.input) +
    writes +
    ((output ?? 0) - thought) * rates.output +
    thought * (rates.reasoning ?? rates.output);
  return (sum + audio + imageCost(usage, rates)) / MILLION;
}

/** What the writes to the cache cost, in millionths; null: a rate is unknown, or the counts contradict each other. */
function writeCost({ cacheWrite, cacheWrite1h: hourly = 0 }: Usage, rates: TokenRates): number | null {
  const brief = (cacheWrite ?? 0) - hourly;
  if (brief < 0 || (hourly > 0 && rates.cacheWrite1h === null)) return null;
  const rate = rates.cacheWrite ?? rates.input;
  return brief * rate + hourly * (rates.cacheWrite1h ?? rate);
}

/** What the pictures among the tokens cost more than text, in millionths. */
function imageCost({ images }: Usage, { input, output, images: own }: TokenRates): number {
  if (images === undefined) return 0;
  return images.input * ((own?.input ?? input) - input) + images.output * ((own?.output ?? output) - output);
}

/** What the audio among the tokens costs more than text, in millionths; null: its rates are unknown. */
function audioCost({ audio }: Usage, { input, output, cached = input, audio: own }: TokenRates): number | null {
  if (audio === undefined || own === undefined) return 0;
  if (own === null) return null;
  const fresh = audio.input - audio.cacheRead;
  return fresh * (own.input - input) + audio.cacheRead * (own.cached - cached) + audio.output * (own.output - output);
}

/** The rates of a request with so many input tokens. */
export function ratesFor({ above = [], ...base }: Price, input: number): Rates {
  let [rates, from]: [Rates, number] = [base, -1];
  for (const { tokens, ...tier } of above) if (input > tokens && tokens > from) [rates, from] = [tier, tokens];
  return rates;
}
