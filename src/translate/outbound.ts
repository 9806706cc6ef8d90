// The way out to one target: its address, its key, and a body in its protocol. Where both sides speak the same protocol
// the caller's bytes go on as they are, with `model` and the route's own params set in place. A client's key is never here.
import type { ChatRequest } from "../core/chat.ts";
import type { Asking, AttemptRecord, Call } from "../core/exchange.ts";
import type { JsonObject, MutableJson } from "../core/json.ts";
import type { Protocol } from "../core/protocol.ts";
import type { Key, ProviderRules, TargetNode } from "../core/rules.ts";
import { spliceFields } from "./splice.ts";

export type Protocols = Readonly<Partial<Record<string, Protocol>>>;

/** The target's own name of the model; a route may leave it to the caller. */
export function modelOf(target: TargetNode, call: Call): string {
  const given = target.params["model"];
  if (target.model !== "") return target.model;
  return typeof given === "string" ? given : call.model;
}

/** The caller's bytes for a target that speaks the same protocol. */
export function passThrough(call: Call, target: TargetNode): Uint8Array {
  return spliceFields(call.body, call.fields, { ...target.params, model: modelOf(target, call) });
}

/** The neutral request with the route's params in force, in the caller's own vocabulary. */
export function neutralRequest(call: Call, target: TargetNode, protocol: Protocol): ChatRequest {
  const names = Object.keys(target.params);
  if (names.length === 0 || (names.length === 1 && names[0] === "model")) return call.chat();
  const text = Buffer.from(call.body.buffer, call.body.byteOffset, call.body.byteLength).toString("utf8");
  const body: MutableJson = { ...(JSON.parse(text) as JsonObject), ...target.params };
  return protocol.decodeRequest(body, { model: null, stream: call.stream });
}

/** The body in the target's own words; what was left out or changed is noted in the attempt's record. */
export function encodeBody(
  request: ChatRequest,
  target: { node: TargetNode; model: string },
  protocol: Protocol,
  record: AttemptRecord,
): string {
  const { row } = target.node.provider;
  const encoded = protocol.encodeRequest(request, { model: target.model, facts: row.facts(target.model) });
  let { body } = encoded;
  const dropped = [...encoded.dropped];
  const adapted = [...encoded.adapted];
  for (const quirk of row.quirks) {
    if (!quirk.request) continue;
    const changed = quirk.request(body, target.model);
    body = changed.body;
    dropped.push(...changed.dropped);
    adapted.push(...changed.adapted);
  }
  record.dropped = [...new Set(dropped)];
  record.adapted = [...new Set(adapted)];
  return JSON.stringify(body);
}

const origins = new WeakMap<ProviderRules, { readonly origin: string; readonly prefix: string }>();

/** Origin and path of a provider's base URL, split once. */
export function addressOf(provider: ProviderRules): { readonly origin: string; readonly prefix: string } {
  const known = origins.get(provider);
  if (known) return known;
  const url = new URL(provider.baseUrl);
  const address = { origin: url.origin, prefix: url.pathname.replace(/\/+$/u, "") };
  origins.set(provider, address);
  return address;
}

/** Headers of the request: the row's, the operator's, the key, and what a caller of the same protocol may pass on. */
export function outboundHeaders(asking: Asking, key: Key | null, sameProtocol: boolean): Record<string, string> {
  const { provider } = asking.target;
  const { row } = provider;
  const headers: Record<string, string> = {
    "content-type": "application/json",
    accept: asking.call.stream ? "text/event-stream" : "application/json",
  };
  for (const name in row.headers) headers[name] = row.headers[name] ?? "";
  if (sameProtocol && row.forward) {
    const given = asking.exchange.request.headers;
    for (const name of row.forward) {
      const value = given[name];
      if (value !== undefined) headers[name] = value;
    }
  }
  for (const name in provider.headers) headers[name] = provider.headers[name] ?? "";
  if (key !== null && row.auth !== null) {
    headers[row.auth.header] = row.auth.scheme === null ? key.value : `${row.auth.scheme} ${key.value}`;
  }
  return headers;
}
