// The provider of a request that names no model, such as a file's: the one that the caller names, the one that stores what
// the request names, or the only one that speaks its protocol. It must never guess between two.
import type { Call, ClientRequest } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { PassedCall } from "../core/passthrough.ts";
import type { ProviderRules, Route, Rules } from "../core/rules.ts";
import { passesTo } from "../domain/passes-to.ts";
import { nearestNames } from "../domain/nearest-names.ts";

export const PROVIDER_HEADER = "x-understudy-provider";

export interface UnnamedModel {
  readonly request: ClientRequest;
  readonly call: Call;
  readonly passed: PassedCall;
  /** The provider that stores one of these things; null: unknown. */
  readonly providerOf: (ids: readonly string[]) => string | null;
}

/** Throws GatewayFailure(`bad_request`, 400) that says what to send. */
export function planWithoutModel({ request, call, passed, providerOf }: UnnamedModel, rules: Rules): Route {
  const chosenName = request.headers[PROVIDER_HEADER];
  if (chosenName !== undefined && chosenName !== "") return routeOf(chosenName, rules, call.model);
  const storing = providerOf(passed.ids);
  const route = storing === null ? null : rules.direct(storing, "");
  if (route !== null) return route;
  const all = [...rules.providers.values()].filter(({ row }) => passesTo(row, call));
  const [only] = all;
  if (only === undefined) throw noProvider(call, rules);
  // A form's later parts may name a model, which nobody has read: it could be a route.
  if (passed.rest !== null && passed.place.isComputed) throw unreadModel(only);
  if (all.length > 1) throw passed.place.isComputed ? namesNoModel(all) : severalProviders(all);
  return routeOf(only.name, rules, "");
}

function routeOf(name: string, rules: Rules, model: string): Route {
  const route = rules.direct(name, model);
  if (route !== null) return route;
  const near = nearestNames(name, [...rules.providers.keys()]);
  const hint = near.length === 0 ? `Known: ${list([...rules.providers.keys()])}.` : `Did you mean ${list(near)}?`;
  throw badRequest(`${PROVIDER_HEADER}: there is no provider "${name.slice(0, 64)}". ${hint}`);
}

function noProvider({ protocol }: Call, rules: Rules): GatewayFailure {
  const names = list([...rules.providers.keys()]);
  return badRequest(`No provider speaks the protocol of this path, ${protocol}. The providers are ${names}.`);
}

function severalProviders(all: readonly ProviderRules[]): GatewayFailure {
  const names = list(all.map(({ name }) => name));
  return badRequest(
    `The request names no model, and this gateway does not know who stores what it names. It could go to ${names}: name one in the header ${PROVIDER_HEADER}.`,
  );
}

function namesNoModel(all: readonly ProviderRules[]): GatewayFailure {
  const names = list(all.map(({ name }) => name));
  return badRequest(
    `The request names no "model": send a route's name or provider/model, or name one of ${names} in the header ${PROVIDER_HEADER}.`,
  );
}

function unreadModel({ name }: ProviderRules): GatewayFailure {
  return badRequest(
    `The gateway did not find "model" in the first part of this form, as large as server.spool. Put "model" in front of the file, or send the header ${PROVIDER_HEADER}: ${name}.`,
  );
}

function badRequest(message: string): GatewayFailure {
  return new GatewayFailure(message, { code: "bad_request", status: 400, param: "model" });
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.slice(0, 12).join(", ");
}
