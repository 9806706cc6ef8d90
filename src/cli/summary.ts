// A configuration in a few lines: each provider with its (masked) API key, and the targets of each route.
import { describeKey, summarizeRoute } from "../config/explain.ts";
import type { LoadedRules } from "../config/compile.ts";
import { describeProxy } from "../domain/describe-proxy.ts";
import type { Route, Rules } from "../core/rules.ts";
import { describeModel } from "../config/model-facts.ts";

/** Those with a name, then the patterns. */
export const allRoutes = ({ routes, patterns }: Rules): readonly Route[] => [...routes.values(), ...patterns];

/** A line for each provider and each route. */
export const summaryLines = (rules: LoadedRules): readonly string[] => {
  const listed = [...rules.declared.values()].filter(({ namedOnly }) => namedOnly !== true);
  const names = [...listed.map(({ name }) => name), ...allRoutes(rules).map(({ name }) => name)];
  const width = Math.max(0, ...names.map((name) => name.length));
  const providers = listed.flatMap((provider) => {
    const missing = rules.keyless.get(provider.name);
    const keys = provider.keys.map(describeKey).join(", ");
    const state = missing === undefined ? keys || "no key needed" : `no key: set ${missing.join(" or ")}`;
    const models = Object.entries(provider.models ?? {}).map(([name, model]) => `  ${name}: ${describeModel(model)}`);
    const line = `  provider  ${provider.name.padEnd(width)}  ${provider.baseUrl}  ${state}`;
    const places = (provider.places?.providers ?? []).map((one) => `${one.name}  ${one.baseUrl}`);
    return [
      line,
      ...places.map((text) => `            ${" ".repeat(width)}${text}`),
      ...models.map((text) => `            ${" ".repeat(width)}${text}`),
    ];
  });
  const routes = allRoutes(rules).map((route) => `  route     ${route.name.padEnd(width)}  ${summarizeRoute(route)}`);
  const { proxy } = rules.server;
  const addresses = [...new Set([proxy?.https ?? null, proxy?.http ?? null].flatMap((one) => one ?? []))];
  const proxies = addresses.map((one) => `  proxy     ${"".padEnd(width)}  ${describeProxy(one)}`);
  return [...providers, ...routes, ...proxies];
};
