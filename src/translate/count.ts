// A caller's token count at a target of its own protocol: one request with a short limit, because an estimate can
// replace it. It is not retried and not recorded; its caller reports the outcome (attempt/count-once.ts).
import { childOf } from "../domain/cancellation.ts";
import type { Asking } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { Protocol, TokenCount } from "../core/protocol.ts";
import { readAll } from "../domain/read-all.ts";
import { writeJson } from "../domain/write-json.ts";
import { fromTransport, plainFailure } from "./failures.ts";
import { outboundHeaders, rememberAddresses } from "./outbound.ts";
import { modelOf } from "../domain/model-of.ts";
import { readErrorText } from "./read-error.ts";
import { sign } from "./sign.ts";
import type { TranslateParts } from "./translate.ts";

export interface Count extends Pick<Asking, "exchange" | "call" | "target" | "key"> {
  /** The protocol of both sides, which counts tokens. */
  readonly protocol: Protocol & { readonly operations: { readonly count: TokenCount } };
  readonly body: JsonObject;
}

/** Milliseconds. */
const LONGEST = 5_000;
const MOST_ANSWER = 1024 * 1024;

/** The vendor's own body; a failure as a value. */
export function askCount(parts: TranslateParts): (count: Count) => Promise<Uint8Array | WireFailure> {
  const addressOf = rememberAddresses();
  return async (question) => {
    const { exchange, call, target, protocol, body } = question;
    const { origin, prefix } = addressOf(target.provider);
    const model = modelOf(target, call);
    const usualPath = protocol.operations.count.path(model);
    const { canceller, detach } = childOf(exchange.cancellation);
    const stop = parts.clock.after(LONGEST, () => canceller.cancel());
    try {
      const request = {
        origin,
        path: prefix + (target.provider.row.path?.(model, "count", usualPath) ?? usualPath),
        method: "POST" as const,
        headers: outboundHeaders(question, true),
        body: writeJson(protocol.operations.count.withModel(body, protocol.egress.modelInPath?.(model) ?? model)),
        guarded: target.provider.guarded,
        cancellation: canceller,
        onSent: () => {},
      };
      const unsigned = await sign(request, question, parts.clock);
      if (unsigned !== null) return unsigned;
      const response = await parts.transport.send(request);
      if (response.status === 200) return await readAll(response.body, MOST_ANSWER);
      const text = await readErrorText(parts, response.body);
      return protocol.failure.decode(response.status, response.headers, text);
    } catch (error) {
      if (error instanceof RangeError) return plainFailure("malformed", `the count is too large: ${error.message}`);
      return fromTransport(error);
    } finally {
      stop();
      detach();
    }
  };
}
