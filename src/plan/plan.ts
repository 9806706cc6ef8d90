// The route of a call. Pure: it reads the rules and the request, and returns the route or a failure with the nearest
// names. It asks no target and stores nothing.
import { providerIn } from "../domain/provider-in.ts";
import type { Call, ClientRequest } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { Route, Rules } from "../core/rules.ts";
import type { ServedBy } from "../domain/served-models.ts";
import { type Allows, type BareParts, bareTarget, namesNear, someNames } from "./bare-name.ts";
import { PROVIDER_HEADER, planWithoutModel } from "./plan-without-model.ts";

export interface PlanOptions {
  /** The provider that stores one of these things; null: unknown. */
  readonly providerOf: (ids: readonly string[]) => string | null;
  /** Compiles a route in the request's own headers; null if there is none. Throws the caller's error. */
  readonly inline: (request: ClientRequest, call: Call, rules: Rules) => Route | null;
  /** A client wrote a further name of a provider. Absent: no one is told. */
  readonly onAlias?: ((written: string, name: string) => void) | undefined;
  /** What the providers serve. Absent: only full names lead somewhere. */
  readonly servedBy?: ServedBy | undefined;
  /**
   * A client wrote a name that leads nowhere. True: it may lead somewhere soon, since lists of models are on their way.
   * Absent: nobody is told.
   */
  readonly onUnknown?: (() => boolean) | undefined;
}

export interface Question {
  readonly request: ClientRequest;
  readonly call: Call;
  /** What the caller may ask. Absent: everything. It chooses between names here; it refuses none. */
  readonly allows?: Allows | undefined;
}

/**
 * The route for this call. Throws GatewayFailure: `unknown_model` (404, or 503 while lists of models are on their way),
 * `bad_key` (502), `bad_request` (400).
 */
export function planRoute({ request, call, allows = all }: Question, rules: Rules, options: PlanOptions): Route {
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
  const parts = { servedBy: options.servedBy, allows };
  return (
    rules.match(routeName) ??
    directTarget(routeName, rules, options) ??
    bareTarget(routeName, rules, parts) ??
    refuse(routeName, rules, { ...parts, isEarly: options.onUnknown?.() === true })
  );
}

const all: Allows = () => true;

/** The caller chose a provider, and no route. */
function isForNamedProvider({ headers }: ClientRequest): boolean {
  return Boolean(headers[PROVIDER_HEADER]) && !headers["x-understudy-route"];
}

/** `provider/model`, or `@provider/model` as Portkey's clients write it; null if there is no such provider. */
function directTarget(routeName: string, rules: Rules, options: PlanOptions): Route | null {
  const parts = providerIn(routeName);
  if (parts === null) return null;
  const [writtenName, model] = parts;
  const route = rules.direct(writtenName, model);
  if (route === null) return null;
  if (!rules.providers.has(writtenName)) {
    const provider = rules.names?.rowOf(writtenName) ?? writtenName;
    if (provider !== writtenName) options.onAlias?.(writtenName, provider);
  }
  return route;
}

interface Refusing extends BareParts {
  /** Lists of models are on their way. */
  readonly isEarly: boolean;
}

function refuse(routeName: string, rules: Rules, parts: Refusing): never {
  refuseProvider(routeName, rules);
  const name = routeName.slice(0, 200);
  if (parts.isEarly)
    throw new GatewayFailure(
      `There is no route or model "${name}" yet: the providers' lists of models are on their way.`,
      {
        code: "unknown_model",
        status: 503,
        param: "model",
        retryAfterMs: 1000,
        shouldRetry: true,
      },
    );
  throw new GatewayFailure(`There is no route or model "${name}". ${hintFor(routeName, rules, parts)}`, {
    code: "unknown_model",
    status: 404,
    param: "model",
  });
}

/** Throws if the name begins with that of a provider without a key, or of a vendor without a row. */
function refuseProvider(routeName: string, rules: Rules): void {
  const [writtenName] = providerIn(routeName) ?? [];
  if (writtenName === undefined) return;
  const provider = rules.names?.rowOf(writtenName) ?? writtenName;
  const variables = rules.keyless.get(writtenName) ?? rules.keyless.get(provider);
  if (variables === undefined) return refuseAbsent(writtenName, rules);
  throw new GatewayFailure(
    `No API key for the provider "${provider}". Set ${variables.join(" or ")} in the gateway's environment, or give providers.${provider}.api_key in its configuration.`,
    { code: "bad_key", status: 502, param: "model" },
  );
}

function refuseAbsent(name: string, rules: Rules): void {
  const remedy = rules.names?.remedyFor(name) ?? null;
  if (remedy === null) return;
  throw new GatewayFailure(`There is no provider "${name}" here. ${remedy}.`, {
    code: "unknown_model",
    status: 404,
    param: "model",
  });
}

function hintFor(routeName: string, rules: Rules, parts: BareParts): string {
  const near = namesNear(routeName, rules, parts);
  if (near.length > 0) return `Did you mean ${list(near)}?`;
  const names = someNames(rules, parts);
  if (names.length > 0) return `Known: ${list(names)}.`;
  if (rules.providers.size > 0) return "Ask for provider/model.";
  return `No provider has a key: set ${[...rules.keyless.values()].flat().slice(0, 3).join(" or ")}, or write an understudy.yaml.`;
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none is configured" : names.map((name) => `"${name}"`).join(", ");
}
