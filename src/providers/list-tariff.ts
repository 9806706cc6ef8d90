// List prices, as a library keeps them up to date: data of @pydantic/genai-prices, read from the package and never from
// the network. It is loaded when a price is first asked for, so that a start does not pay for it. A vendor or a model that
// the list does not hold has no price; none is guessed, and a list that cannot be read fails no request.
import { createRequire } from "node:module";
import type { calcPrice as CalcPrice, ModelPrice, TieredPrices } from "@pydantic/genai-prices";
import type { Usage } from "../core/chat.ts";
import type { Price, Tariff } from "../core/price.ts";

interface PriceLibrary {
  readonly calcPrice: typeof CalcPrice;
}

/**
 * Our rows as the list calls them. Hosts that bill in another currency are not in it, since a rate of exchange is a guess;
 * neither are those that the list knows at another address only.
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
  ovhcloud: "ovhcloud",
  novita: "novita",
};

/** Some prices have a date, some an hour of the day; all of them change on a quarter of an hour. */
const QUARTER = 15 * 60_000;
/** No vendor's model has a longer name; a caller's may have. */
const LONGEST_NAME = 200;
const MILLION = 1_000_000;

const load = createRequire(import.meta.url);

function lookUp(vendor: string, model: string, at: number | undefined): ModelPrice | null {
  if (model.length > LONGEST_NAME) return null;
  try {
    // Loaded at once rather than in a while, since a choice by cost cannot wait. Node keeps what it has loaded.
    const { calcPrice } = load("@pydantic/genai-prices") as PriceLibrary;
    const timestamp = at === undefined ? {} : { timestamp: new Date(at) };
    return calcPrice({}, model, { providerId: vendor, ...timestamp })?.model_price ?? null;
  } catch {
    return null;
  }
}

/** The price of one kind of token in a request of so much input; undefined: it has none of its own. */
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

/** Summed up here, since the library's own sum takes several times as long; a test holds the two against each other. */
function costOf(prices: ModelPrice | null, { input, output, cacheRead, cacheWrite, reasoning }: Usage): number | null {
  if (prices === null || input === null) return null;
  const fresh = rateOf(prices["input_mtok"], input);
  const outputRate = rateOf(prices["output_mtok"], input) ?? 0;
  const uncached = input - (cacheRead ?? 0) - (cacheWrite ?? 0);
  if (fresh === undefined || uncached < 0 || (output === null && outputRate > 0)) return null;
  const thought = Math.min(reasoning ?? 0, output ?? 0);
  const tokens =
    uncached * fresh +
    (cacheRead ?? 0) * (rateOf(prices["cache_read_mtok"], input) ?? fresh) +
    (cacheWrite ?? 0) * (rateOf(prices["cache_write_mtok"], input) ?? fresh) +
    ((output ?? 0) - thought) * outputRate +
    thought * (rateOf(prices["output_reasoning_mtok"], input) ?? outputRate);
  return tokens / MILLION + (rateOf(prices["requests_kcount"], input) ?? 0) / 1_000;
}

/** How the models of a row are paid; undefined where the list does not know the vendor. */
export function listTariff(row: string): ((model: string) => Tariff) | undefined {
  const vendor = Object.hasOwn(LISTED, row) ? LISTED[row] : undefined;
  if (vendor === undefined) return undefined;
  return (model) => {
    let [quarter, price]: [number, ModelPrice | null] = [Number.NaN, null];
    const pricesAt = (at: number): ModelPrice | null => {
      const now = Math.floor(at / QUARTER);
      if (now !== quarter) [quarter, price] = [now, lookUp(vendor, model, at)];
      return price;
    };
    return {
      price: (at) => priceOf(at === undefined ? lookUp(vendor, model, at) : pricesAt(at)),
      cost: (usage, at) => costOf(pricesAt(at), usage),
    };
  };
}
