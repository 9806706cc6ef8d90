// A route in the request's own headers, as Portkey's clients send it. The configuration's code compiles it, and its
// errors have the shape that those clients expect.
import { authenticate } from "./authenticate/authenticate.ts";
import { PortkeyConfigError } from "./config/portkey-shape.ts";
import { compilePortkeyConfig, hasPortkeyHeaders } from "./config/portkey.ts";
import type { Arrival, Call, ClientRequest, TracedReply } from "./core/exchange.ts";
import type { Route, Rules } from "./core/rules.ts";
import { catalog } from "./providers/catalog.ts";
import { providerNames } from "./providers/provider-names.ts";

/** The route in the headers; null if they contain none. Throws PortkeyConfigError. */
export function portkeyRoute(request: ClientRequest, call: Call, rules: Rules): Route | null {
  const { headers } = request;
  if (!hasPortkeyHeaders(headers)) return null;
  // The gateway's own key must never reach a vendor. A second key in the request is for the provider that the caller
  // names.
  const callerKey = authenticate(request, rules.server.keys).vendorKey;
  const route = compilePortkeyConfig(headers["x-portkey-config"] ?? null, {
    catalog,
    names: providerNames,
    rules,
    headers,
    callerKey,
    model: call.model,
  });
  return { ...route, lastWord: "last", inline: true };
}

/** The reply for an error of such a route; null for any other error. */
export function renderPortkeyFailure(error: unknown, arrival: Arrival): TracedReply | null {
  if (!(error instanceof PortkeyConfigError)) return null;
  const headers = {
    "content-type": "application/json",
    "x-request-id": arrival.id,
    "x-portkey-trace-id": arrival.request.headers["x-portkey-trace-id"] || arrival.id,
    "x-should-retry": "false",
  };
  return { status: error.status, headers, body: JSON.stringify(error.body) };
}
