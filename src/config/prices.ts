// The operator's prices: from the words of the file to numbers, and back for people.
import type { JsonObject } from "../core/json.ts";
import type { Price, Rates } from "../core/price.ts";
import { parseTokens } from "../domain/duration.ts";
import type { PriceConfig, RatesConfig } from "./config-file.ts";

const readRates = ({ input, output, cached, cache_write: cacheWrite, cache_write_1h: hourly }: RatesConfig): Rates => ({
  input: Number(input),
  output: Number(output),
  ...(cached === undefined ? {} : { cached: Number(cached) }),
  ...(cacheWrite === undefined ? {} : { cacheWrite: Number(cacheWrite) }),
  ...(hourly === undefined ? {} : { cacheWrite1h: Number(hourly) }),
});

/** A price in a checked file. */
export const readPrice = ({ above, ...rates }: PriceConfig): Price => ({
  ...readRates(rates),
  ...(above === undefined
    ? {}
    : { above: above.map(({ tokens, ...tier }) => ({ tokens: parseTokens(tokens) ?? 0, ...readRates(tier) })) }),
});

const describeRates = ({ input, output, cached, cacheWrite, cacheWrite1h }: Rates): string =>
  [
    `$${input} in`,
    `$${output} out`,
    ...(cached === undefined ? [] : [`$${cached} cached`]),
    ...(cacheWrite === undefined ? [] : [`$${cacheWrite} cache write`]),
    ...(cacheWrite1h === undefined ? [] : [`$${cacheWrite1h} cache write for an hour`]),
  ].join(" · ");

/** `$2.5 in · $10 out · $1.25 cached`, and the rates of long prompts. */
export const describePrice = ({ above = [], ...rates }: Price): string =>
  [describeRates(rates), ...above.map(({ tokens, ...tier }) => `above ${tokens} tokens ${describeRates(tier)}`)].join(
    " · ",
  );

/** With the names of the file, for `explain --json`. */
export const priceData = ({ above, ...rates }: Price): JsonObject => ({
  ...ratesData(rates),
  ...(above === undefined ? {} : { above: above.map(({ tokens, ...tier }) => ({ tokens, ...ratesData(tier) })) }),
});

const ratesData = ({ input, output, cached, cacheWrite, cacheWrite1h }: Rates): JsonObject => ({
  input,
  output,
  ...(cached === undefined ? {} : { cached }),
  ...(cacheWrite === undefined ? {} : { cache_write: cacheWrite }),
  ...(cacheWrite1h === undefined ? {} : { cache_write_1h: cacheWrite1h }),
});
