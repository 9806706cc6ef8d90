// List prices from a maintained library: data of @pydantic/genai-prices, read from the package and never from the
// network. Loaded with the first price lookup, so that a start does not pay for it. A vendor or model that is not in
// the list has no price; none is guessed, and an unreadable list fails no request.
import { createRequire } from "node:module";
import type { calcPrice as CalcPrice, ModelPrice, PriceCalculationResult, TieredPrices } from "@pydantic/genai-prices";
import type { Usage } from "../core/chat.ts";
import type { Price, Tariff } from "../core/price.ts";
import { costOfTokens, type TokenRates } from "../domain/token-cost.ts";

interface PriceLibrary {
  readonly calcPrice: typeof CalcPrice;
}

/**
 * The list's names of our rows. It leaves out hosts that bill in another currency, since an exchange rate is a guess,
 * and hosts that the list knows at another address only.
 */
const LISTED: Readonly<Record<string, string>> = {
  google: "google",
  openai: "openai",
  anthropic: "anthropic",
  groq: "groq",
  mistral: "mistral",
  deepseek: "deepseek",
  xai: "x-ai",
  together: "together",
  fireworks: "fireworks",
  perplexity: "perplexity",
  openrouter: "openrouter",
  cerebras: "cerebras",
  cohere: "cohere",
  moonshot: "moonshotai",
  zai: "zai",
  minimax: "minimax",
  cloudflare: "cloudflare",
  baseten: "baseten",
  bedrock: "aws",
  azure: "azure",
  ovhcloud: "ovhcloud",
  novita: "novita",
};

/** Some prices have a date, some an hour of the day; all of them change on a quarter of an hour. */
const QUARTER = 15 * 60_000;
/** No vendor's model has a longer name; a caller's may. */
const LONGEST_NAME = 200;

const load = createRequire(import.meta.url);

function lookUp(vendor: string, model: string, at: number | undefined): PriceCalculationResult {
  if (model.length > LONGEST_NAME) return null;
  try {
    // Loaded synchronously, because a choice by cost cannot wait. Node caches it.
    const { calcPrice } = load("@pydantic/genai-prices") as PriceLibrary;
    const timestamp = at === undefined ? {} : { timestamp: new Date(at) };
    return calcPrice({}, model, { providerId: vendor, ...timestamp });
  } catch {
    return null;
  }
}

function priceIn(vendor: string, model: string, at: number | undefined): ModelPrice | null {
  return lookUp(vendor, model, at)?.model_price ?? null;
}

/** The context windows in the same list, in tokens; undefined if the list does not know the vendor. */
export function listWindow(row: string): ((model: string) => number | null) | undefined {
  const vendor = Object.hasOwn(LISTED, row) ? LISTED[row] : undefined;
  return vendor === undefined ? undefined : (model) => lookUp(vendor, model, undefined)?.model.context_window ?? null;
}

/** The price of one kind of token in a request with so much input; undefined: it has no price of its own. */
function rateOf(price: number | TieredPrices | undefined, input: number): number | undefined {
  if (price === undefined || typeof price === "number") return price;
  let [rate, above] = [price.base, -1];
  for (const tier of price.tiers)
    if (input > tier.start && tier.start > above) [rate, above] = [tier.price, tier.start];
  return rate;
}

function priceOf(prices: ModelPrice | null): Price | null {
  const input = rateOf(prices?.["input_mtok"], 0);
  return input === undefined ? null : { input, output: rateOf(prices?.["output_mtok"], 0) ?? 0 };
}

/** Summed here, because the library's own sum takes several times as long; a test compares the two. */
function costOf(prices: ModelPrice | null, usage: Usage): number | null {
  if (prices === null || usage.input === null) return null;
  const { input } = usage;
  const fresh = rateOf(prices["input_mtok"], input);
  if (fresh === undefined) return null;
  const tokens = costOfTokens(usage, {
    input: fresh,
    output: rateOf(prices["output_mtok"], input) ?? 0,
    cached: rateOf(prices["cache_read_mtok"], input),
    cacheWrite: rateOf(prices["cache_write_mtok"], input),
    // Some vendors' rows in the list lack it, and the price of shorter writes would be wrong.
    cacheWrite1h: rateOf(prices["cache_write_1h_mtok"], input) ?? null,
    reasoning: rateOf(prices["output_reasoning_mtok"], input),
    audio: usage.audio === undefined ? null : audioRates(prices, usage.audio),
    images: usage.images && {
      input: rateOf(prices["input_image_mtok"], input),
      output: rateOf(prices["output_image_mtok"], input),
    },
  });
  return tokens === null ? null : tokens + (rateOf(prices["requests_kcount"], input) ?? 0) / 1_000;
}

/** Null: the list has no price for it, and text's would be wrong. */
function audioRates(prices: ModelPrice, { input, output }: NonNullable<Usage["audio"]>): TokenRates["audio"] {
  const inputRate = rateOf(prices["input_audio_mtok"], input);
  const outputRate = rateOf(prices["output_audio_mtok"], input);
  if ((input > 0 && inputRate === undefined) || (output > 0 && outputRate === undefined)) return null;
  const cached = rateOf(prices["cache_audio_read_mtok"], input) ?? inputRate ?? 0;
  return { input: inputRate ?? 0, output: outputRate ?? 0, cached };
}

/** The prices of a row's models; undefined if the list does not know the vendor. */
export function listTariff(row: string): ((model: string) => Tariff) | undefined {
  const vendor = Object.hasOwn(LISTED, row) ? LISTED[row] : undefined;
  if (vendor === undefined) return undefined;
  return (model) => {
    let [quarter, price]: [number, ModelPrice | null] = [Number.NaN, null];
    const pricesAt = (at: number): ModelPrice | null => {
      const now = Math.floor(at / QUARTER);
      if (now !== quarter) [quarter, price] = [now, priceIn(vendor, model, at)];
      return price;
    };
    return {
      price: (at) => priceOf(at === undefined ? priceIn(vendor, model, at) : pricesAt(at)),
      cost: (usage, at) => costOf(pricesAt(at), usage),
    };
  };
}
