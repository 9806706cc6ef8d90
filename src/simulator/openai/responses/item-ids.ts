// The ids of a response's items. They encode the response and whether it began with reasoning, so that a later request
// with only half of a turn is detected without stored state.
import { HEXADECIMAL, type Random } from "../../random.ts";

/** The length of the part that all items of one response share, after their prefix. */
const sharedLength = 18;

/** `rs_`, `msg_`, `fc_`, `ctc_`, `tsc_`, `ws_` and `resp_` ids of one response. */
export class ItemIds {
  readonly #random: Random;
  readonly #shared: string;

  constructor(random: Random, reasons: boolean) {
    this.#random = random;
    this.#shared = `0${random.characters(sharedLength - 2, HEXADECIMAL)}${reasons ? "a" : "b"}`;
  }

  next(prefix: "resp" | "rs" | "msg" | "fc" | "ctc" | "tsc" | "ws"): string {
    return `${prefix}_${this.#shared}${this.#random.characters(32, HEXADECIMAL)}`;
  }
}

const ownId = /^(?:rs|msg|fc|ctc|tsc|ws)_0[0-9a-f]{16}([ab])[0-9a-f]{32}$/;

/** Whether this simulator issued the item, in a response that began with reasoning. */
export function followsReasoning(id: string): boolean {
  return ownId.exec(id)?.[1] === "a";
}

export function sameTurn(reasoningId: string | undefined, id: string): boolean {
  const shared = (one: string): string => one.slice(one.indexOf("_") + 1).slice(0, sharedLength);
  return reasoningId !== undefined && shared(reasoningId) === shared(id);
}
