// The route of a call. Pure: it reads the rules and the request, and returns the route or a failure with the nearest
// names. It asks no target and stores nothing.
import type { Call, ClientRequest } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { Route, Rules } from "../core/rules.ts";
import { nearestNames } from "../domain/nearest-names.ts";
import { PROVIDER_HEADER, planWithoutModel } from "./plan-without-model.ts";

/** The most names that a mistyped one is compared with: the cost must not grow with thousands of routes. */
const MOST_COMPARED = 500;

export interface PlanOptions {
  /** The provider that stores one of these things; null: unknown. */
  readonly providerOf: (ids: readonly string[]) => string | null;
  /** Compiles a route in the request's own headers; null if there is none. Throws the caller's error. */
  readonly inline: (request: ClientRequest, call: Call, rules: Rules) => Route | null;
  /** A client wrote a further name of a provider. Absent: no one is told. */
  readonly onAlias?: ((written: string, name: string) => void) | undefined;
}

export interface Question {
  readonly request: ClientRequest;
  readonly call: Call;
}

/** The route for this call. Throws GatewayFailure: `unknown_model` (404), `bad_key` (502), `bad_request` (400). */
export function planRoute({ request, call }: Question, rules: Rules, options: PlanOptions): Route {
  const inline = options.inline(request, call, rules);
  if (inline) return inline;
  const routeName = request.headers["x-understudy-route"] || call.model;
  const { passed } = call;
  if (passed !== undefined && (routeName === "" || isForNamedProvider(request)))
    return planWithoutModel({ request, call, passed, providerOf: options.providerOf }, rules);
  const route = rules.routes.get(routeName);
  if (route) return route;
  if (routeName === "") {
    throw new GatewayFailure(
      `The request names no "model". Ask for a route (${list([...rules.routes.keys()])}) or for provider/model.`,
      {
        code: "bad_request",
        status: 400,
        param: "model",
      },
    );
  }
  return rules.match(routeName) ?? directTarget(routeName, rules, options) ?? refuse(routeName, rules);
}

/** The caller chose a provider, and no route. */
function isForNamedProvider({ headers }: ClientRequest): boolean {
  return Boolean(headers[PROVIDER_HEADER]) && !headers["x-understudy-route"];
}

function directTarget(routeName: string, rules: Rules, options: PlanOptions): Route | null {
  const slash = routeName.indexOf("/");
  if (slash <= 0 || slash === routeName.length - 1) return null;
  const writtenName = routeName.slice(0, slash);
  const provider = rules.names?.rowOf(writtenName) ?? writtenName;
  const route = rules.direct(writtenName, routeName.slice(slash + 1));
  if (route) {
    const isAlias = provider !== writtenName && !rules.providers.has(writtenName);
    if (isAlias) options.onAlias?.(writtenName, provider);
    return route;
  }
  const variables = rules.keyless.get(writtenName) ?? rules.keyless.get(provider);
  if (variables === undefined) return refuseAbsent(writtenName, rules);
  throw new GatewayFailure(
    `No API key for the provider "${provider}". Set ${variables.join(" or ")} in the gateway's environment, or give providers.${provider}.api_key in its configuration.`,
    { code: "bad_key", status: 502, param: "model" },
  );
}

/** Null: the name is not that of a vendor without a row. */
function refuseAbsent(name: string, rules: Rules): null {
  const remedy = rules.names?.remedyFor(name) ?? null;
  if (remedy === null) return null;
  throw new GatewayFailure(`There is no provider "${name}" here. ${remedy}.`, {
    code: "unknown_model",
    status: 404,
    param: "model",
  });
}

function refuse(routeName: string, rules: Rules): never {
  const models = [...rules.providers.values()].flatMap((one) => one.row.models.map((model) => `${one.name}/${model}`));
  const knownNames = [...rules.routes.keys(), ...models];
  const near = nearestNames(routeName, knownNames.slice(0, MOST_COMPARED));
  const hint =
    near.length > 0
      ? `Did you mean ${list(near)}?`
      : knownNames.length > 0
        ? `Known: ${list(knownNames.slice(0, 8))}.`
        : `No provider has a key: set ${[...rules.keyless.values()].flat().slice(0, 3).join(" or ")}, or write an understudy.yaml.`;
  throw new GatewayFailure(`There is no route or model "${routeName.slice(0, 200)}". ${hint}`, {
    code: "unknown_model",
    status: 404,
    param: "model",
  });
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none is configured" : names.map((name) => `"${name}"`).join(", ");
}
