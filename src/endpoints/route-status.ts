// The current status of a route, for the gateway's operator: a sample request is read, planned and walked like a real
// one, up to the point where a target would be asked.
import { gatewayStatusOf, type GatewayStatus } from "../attempt/explain/gateway-status.ts";
import { routeStatusOf, type RouteStatus } from "../attempt/explain/route-status.ts";
import { Canceller } from "../domain/cancellation.ts";
import type { ClientRequest, Exchange } from "../core/exchange.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { GatewayFailure } from "../core/failure.ts";
import { decodeCall } from "../decode/decode.ts";
import type { Parts } from "../gateway-parts.ts";
import { readMetadata } from "../plan/metadata.ts";
import { planRoute } from "../plan/plan.ts";

/** The sample request, as far as it affects routing. Default: a short streamed question. */
export interface SampleRequest {
  /** See `x-understudy-metadata`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Members of a Chat Completions body, such as `{ stream: false, tools: […] }`. */
  readonly params?: JsonObject;
}

const BAD_REQUEST = { code: "bad_request", status: 400 } as const;

/** All routes and targets. */
export function currentGatewayStatus(parts: Parts): GatewayStatus {
  return gatewayStatusOf(parts.rules(), parts);
}

/** Throws GatewayFailure if the name or the sample is invalid. */
export function currentRouteStatus(route: string, sample: SampleRequest, parts: Parts): RouteStatus {
  const request = sampleRequest(route, sample);
  const [protocol, endpoint] = [parts.endpoints.protocolAt(request.path), parts.endpoints.at(request.path)];
  const call = decodeCall(request, { protocol, endpoint, maxDepth: parts.rules().server.maxDepth });
  const planned = planRoute({ request, call }, parts.rules(), parts.planning);
  const exchange: Exchange = {
    id: "",
    receivedAt: parts.clock.now(),
    receivedWall: parts.clock.wall(),
    request,
    cancellation: new Canceller(),
    caller: { name: "anonymous", vendorKey: null },
    call,
    route: planned,
    deadline: Infinity,
    attempts: [],
    skipped: [],
    metadata: readMetadata(request),
  };
  return routeStatusOf(planned, { exchange, call }, { parts, random: parts.random });
}

function sampleRequest(route: string, { metadata, params = {} }: SampleRequest): ClientRequest {
  const question = { role: "user", content: "Who would answer this?" };
  const body = { stream: true, messages: [question], ...params, model: route };
  return {
    method: "POST",
    path: "/v1/chat/completions",
    query: "",
    headers: metadata === undefined ? {} : { "x-understudy-metadata": JSON.stringify(metadata) },
    body: Buffer.from(JSON.stringify(body)),
  };
}

/** A route's name from a path, and the sample from a query: JSON objects each. Throws GatewayFailure. */
export function readQuestion(name: string, query: string): { readonly route: string; readonly sample: SampleRequest } {
  const members = new URLSearchParams(query);
  const [metadata, params] = [readObject(members, "metadata"), readObject(members, "params")];
  const sample: SampleRequest = {
    ...(metadata === null ? {} : { metadata: asTexts(metadata) }),
    ...(params === null ? {} : { params }),
  };
  return { route: decodeName(name), sample };
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new GatewayFailure("The route's name in the URL is not valid percent-encoding.", BAD_REQUEST);
  }
}

function readObject(members: URLSearchParams, name: string): JsonObject | null {
  const text = members.get(name);
  if (text === null) return null;
  let value: Json = null;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    // Reported below.
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new GatewayFailure(`${name} must be a JSON object, e.g. {"plan":"pro"}.`, { ...BAD_REQUEST, param: name });
}

function asTexts(values: JsonObject): Readonly<Record<string, string>> {
  const entries = Object.entries(values);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
