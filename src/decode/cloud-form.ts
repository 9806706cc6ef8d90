// A request of a cloud's own SDK, in the form of the protocol's usual clients: from here on it is a request like any other.
import type { ClientRequest } from "../core/exchange.ts";
import { parseBody } from "../domain/parse-body.ts";
import { writeJson } from "../domain/write-json.ts";
import type { Endpoint } from "./endpoint.ts";
import { scanJsonObject } from "./json-scanner.ts";

/** The version of a cloud's API, which says nothing to another vendor. */
const VERSION = "api-version";

/** Throws GatewayFailure(`bad_request`) for a body that must be rewritten and is no JSON object. */
export function readCloudForm(request: ClientRequest, { cloud }: Endpoint, maxDepth: number): ClientRequest {
  if (cloud === undefined) return request;
  const query = withoutVersion(request.query);
  if (cloud.rewrite === undefined) return { ...request, query };
  scanJsonObject(request.body, maxDepth);
  const { body, headers } = cloud.rewrite(parseBody(request.body));
  return { ...request, query, headers: { ...request.headers, ...headers }, body: Buffer.from(writeJson(body)) };
}

function withoutVersion(query: string): string {
  if (!query.includes(VERSION)) return query;
  const parts = query.split("&").filter((part) => !new URLSearchParams(part).has(VERSION));
  return parts.join("&");
}
