// How many tokens a request has: the route's first target is asked where it speaks the caller's protocol, and counts as it
// bills. Any other answer is an estimate, and says so in `x-understudy-estimated`.
import type { Call, Exchange, TracedReply } from "../core/exchange.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import { parseBody } from "../domain/parse-body.ts";
import type { Protocol, TokenCount } from "../core/protocol.ts";
import type { RouteNode, TargetNode } from "../core/rules.ts";
import { nameRequest } from "../decode/headers.ts";
import { estimateTokens } from "../domain/estimate-tokens.ts";
import type { Parts } from "../gateway-parts.ts";
import { countOnce } from "../attempt/count-once.ts";
import { askCount } from "../translate/count.ts";

type Counting = Protocol & { readonly operations: { readonly count: TokenCount } };

/** Throws GatewayFailure where the request itself is at fault. */
export function countTokens(parts: Parts): (exchange: Exchange) => Promise<TracedReply> {
  const ask = askCount(parts);
  return async (exchange) => {
    const { call, route, request } = exchange;
    const protocol = parts.endpoints.protocolAt(request.path);
    if (!counts(protocol)) throw new Error(`${protocol.name} has no token counting`);
    const body = parseBody(call.body);
    const target = firstTarget(route.node);
    const headers: Record<string, string> = { "content-type": "application/json", "x-request-id": exchange.id };
    nameRequest(headers, protocol);
    const answer = await fromVendor({ exchange, call, target, protocol, body });
    if (answer !== null) return { status: 200, headers: { ...headers, ...servedBy(target) }, body: answer };
    const { count } = protocol.operations;
    const chat = protocol.chat.request.decode(count.requestIn(body), { model: call.model, stream: false });
    headers["x-understudy-estimated"] = "true";
    return { status: 200, headers, body: JSON.stringify(count.encode(estimateTokens(chat))) };
  };

  /** Null where there is nobody to ask, or no answer was had. */
  async function fromVendor({ target, protocol, ...question }: Question): Promise<Uint8Array | null> {
    if (target === null || target.provider.row.protocol !== protocol.name) return null;
    const { exchange } = question;
    const reply = await countOnce(parts, { exchange, target }, (key) => ask({ ...question, target, protocol, key }));
    if (reply === null || reply instanceof Uint8Array) return reply;
    if (isCallersFault(reply)) throw asCallersFault(reply);
    return null;
  }
}

interface Question {
  readonly exchange: Exchange;
  readonly call: Call;
  readonly target: TargetNode | null;
  readonly protocol: Counting;
  readonly body: JsonObject;
}

function counts(protocol: Protocol): protocol is Counting {
  return protocol.operations.count !== undefined;
}

function firstTarget(node: RouteNode): TargetNode | null {
  if (node.kind === "target") return node;
  for (const child of node.children) {
    const target = firstTarget(child);
    if (target !== null) return target;
  }
  return null;
}

/** Everybody would refuse it, and an estimate would hide it. */
function isCallersFault({ verdict, status }: WireFailure): boolean {
  return verdict === "bad_request" && status === 400;
}

function asCallersFault({ message, param }: WireFailure): GatewayFailure {
  return new GatewayFailure(message, { code: "bad_request", status: 400, param });
}

function servedBy(target: TargetNode | null): Record<string, string> {
  // A model's name can hold anything, a header's value cannot.
  return target === null ? {} : { "x-understudy-target": target.name.replaceAll(/[^\x20-\x7e]/gu, "?") };
}
