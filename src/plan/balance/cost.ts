// By cost: the cheapest child for this request, by its size and the expected length of its answer. An unknown price
// counts as the highest.
import type { Call } from "../../core/exchange.ts";
import type { Price } from "../../core/price.ts";
import { ratesFor } from "../../domain/token-cost.ts";
import { type CandidateChoice, lowest } from "./candidates.ts";
import { readMember } from "../fields.ts";

const BYTES_OF_TOKEN = 4;
/** Tokens of an answer, unless the request's limit is lower. */
const USUAL_OUTPUT = 500;
const LIMITS = ["max_completion_tokens", "max_tokens", "max_output_tokens"] as const;

export function byCost(choice: CandidateChoice): number {
  const { call, exchange } = choice.question;
  const input = call.body.byteLength / BYTES_OF_TOKEN;
  const output = outputOf(call);
  const costOf = (price: Price | null | undefined): number => {
    if (!price) return Number.MAX_VALUE;
    const rates = price.above === undefined ? price : ratesFor(price, input);
    return rates.input * input + rates.output * output;
  };
  return lowest(choice, ({ tariff }) => costOf(tariff?.price(exchange.receivedWall)), choice.candidates.length);
}

function outputOf(call: Call): number {
  for (const name of LIMITS) {
    if (!call.fields.has(name)) continue;
    const limit = readMember(call, name);
    if (typeof limit === "number" && limit > 0) return Math.min(limit, USUAL_OUTPUT);
  }
  return USUAL_OUTPUT;
}
