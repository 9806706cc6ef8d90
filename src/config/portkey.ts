// Portkey's request headers -> a Route, so that a program written for its gateway runs unchanged. Inheritance works as in
// Portkey. Two differences on purpose: a client's key goes only to the provider that the client named, and an operator's
// key never goes to a host that came with a request.
import type { ProviderRow } from "../core/provider.ts";
import type { JsonObject } from "../core/json.ts";
import type { RetryRules, Route, RouteNode, TimeoutRules, Trigger } from "../core/rules.ts";
import { didYouMean } from "../domain/nearest-names.ts";
import { checkCustomHost } from "./custom-host.ts";
import { defaultPolicies } from "./defaults.ts";
import { modelAt } from "./model-at.ts";
import { overPlaces } from "./places.ts";
import type { Policies } from "./policy-types.ts";
import { remedyFor, rowOfAlias } from "./row-of-alias.ts";
import { readPortkeyAccount } from "./portkey-account.ts";
import { compileProvider, type PortkeyContext } from "./portkey-provider.ts";
import { PortkeyConfigError, readPortkeyConfig, type PortkeyNode, type PortkeyRetry } from "./portkey-shape.ts";
import { portkeyConditionalStrategy, portkeyBalanceStrategy } from "./portkey-strategy.ts";

/** Retried if a config sets the number of retries but not the statuses. */
const RETRIED: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);
/** With `use_retry_after_header`, Portkey waits up to a minute, and so does the gateway. */
const LONGEST_HINT = 60_000;
/** The settings that a node's targets inherit. */
interface InheritedSettings {
  readonly params: JsonObject;
  readonly retry: PortkeyRetry | null;
  readonly requestTimeout: number | null;
  readonly customHost: string | null;
}

interface Inheritance {
  readonly own: InheritedSettings;
  readonly context: PortkeyContext;
}

/** `@slug`, as Portkey's newer clients name an operator's provider, is `slug`. */
const withoutAt = (name: string): string => name.replace(/^@/u, "");

const findRow = (written: string, context: PortkeyContext): ProviderRow | null => {
  const name = withoutAt(written);
  return (
    context.catalog.get(name) ??
    context.rules.providers.get(name)?.row ??
    context.catalog.get(rowOfAlias(name, context.names) ?? "") ??
    null
  );
};

/** `@slug/model`, if there is such a provider: others are models' names, such as `@cf/meta/llama-3`. */
const slugIn = (model: string, context: PortkeyContext): readonly [provider: string, model: string] | null => {
  const [, slug = "", name = ""] = /^@([^/]+)\/(.+)$/su.exec(model) ?? [];
  return slug !== "" && findRow(slug, context) !== null ? [slug, name] : null;
};

/** Whether a request contains its own route. */
export const hasPortkeyHeaders = (headers: PortkeyContext["headers"]): boolean =>
  Boolean(headers["x-portkey-config"] ?? headers["x-portkey-provider"]);

/** All names that lead to a provider. */
const namesOf = ({ catalog, names, rules }: PortkeyContext): readonly string[] => [
  ...new Set([...rules.providers.keys(), ...catalog.keys(), ...names.aliases.keys()]),
];

const checkHeaders = (context: PortkeyContext): void => {
  const { headers } = context;
  const type = (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== "" && type !== "application/json" && type !== "multipart/form-data" && !type.startsWith("audio/")) {
    throw new PortkeyConfigError("Invalid content type passed");
  }
  if (!hasPortkeyHeaders(headers)) {
    throw new PortkeyConfigError("Either x-portkey-config or x-portkey-provider header is required");
  }
  const provider = headers["x-portkey-provider"];
  if (provider && findRow(provider, context) === null) {
    const remedy = remedyFor(provider, context.names) ?? didYouMean(withoutAt(provider), namesOf(context));
    throw new PortkeyConfigError(`Invalid provider passed${remedy === null ? "" : `. ${remedy}`}`);
  }
  const host = headers["x-portkey-custom-host"];
  if (host && checkCustomHost(host, context.rules.trustedHosts) === null) {
    throw new PortkeyConfigError("Invalid custom host");
  }
};

const timeoutOf = (policies: Policies, requestTimeout: number | null): TimeoutRules => {
  if (requestTimeout === null || requestTimeout <= 0) return policies.timeout;
  const { total } = policies.timeout;
  return {
    ...policies.timeout,
    // It limits only the wait for the headers, and lengthens no wait while another target is left.
    headers: requestTimeout,
    firstTokenAlone: requestTimeout,
    total: Math.max(total, requestTimeout),
  };
};

const retryOf = (policies: Policies, retry: PortkeyRetry | null): RetryRules => {
  if (retry === null || retry.attempts === 0) return { ...policies.retry, attempts: 0, hints: false };
  return {
    attempts: retry.attempts,
    maxWait: retry.hints ? LONGEST_HINT : policies.retry.maxWait,
    statuses: retry.statuses === null ? RETRIED : new Set(retry.statuses),
    hints: retry.hints,
  };
};

const triggerOf = (statuses: readonly number[] | null): Trigger => {
  if (statuses === null) return { kind: "any-failure" };
  if (statuses.length === 0) return { kind: "verdicts", verdicts: new Set(), statuses: new Set() };
  return { kind: "statuses", statuses: new Set(statuses) };
};

interface AskedFor {
  readonly providerName: string;
  readonly row: ProviderRow;
  readonly ownModel: string;
}

/** The provider of a target, and the model without it. */
const findAsked = (
  model: string,
  node: PortkeyNode,
  { isSingle, context }: { readonly isSingle: boolean; readonly context: PortkeyContext },
): AskedFor => {
  const slug = slugIn(model, context);
  const fromHeader = isSingle ? context.headers["x-portkey-provider"] : undefined;
  // The provider of a target stays, whatever model a client asks for: its key is for no other.
  const providerName = withoutAt(node.provider ?? (fromHeader || (slug?.[0] ?? "")));
  const row = findRow(providerName, context);
  if (row === null) throw new PortkeyConfigError("Invalid provider passed");
  const isOwnSlug = slug !== null && findRow(slug[0], context) === row;
  return { providerName, row, ownModel: modelAt(row, isOwnSlug ? slug[1] : model) };
};

const compileTarget = (node: PortkeyNode, path: string, { own, context }: Inheritance): RouteNode => {
  const { model: chosen, ...params } = own.params;
  const askedModel = typeof chosen === "string" && chosen !== "" ? chosen : context.model;
  const isSingle = path === "config";
  const { providerName, row, ownModel } = findAsked(askedModel, node, { isSingle, context });
  const { rules } = context;
  const policies = rules.policies ?? defaultPolicies;
  const declared = rules.declared ?? rules.providers;
  const operator = declared.get(providerName) ?? declared.get(row.name);
  const host = context.headers["x-portkey-custom-host"] || own.customHost;
  const account = readPortkeyAccount({ node, row, path, headers: isSingle ? context.headers : undefined });
  const provider = compileProvider({ node, row, operator, path, isSingle, host, account }, providerName, context);
  const model = account?.model ?? ownModel;
  return overPlaces({
    kind: "target",
    path,
    name: `${provider.name}/${model}`,
    provider,
    model,
    params: { ...policies.params, ...params },
    timeout: timeoutOf(policies, own.requestTimeout),
    retry: retryOf(policies, own.retry),
    breaker: policies.breaker,
    concurrency: policies.concurrency,
    midStream: policies.midStream,
    // The server at an address of the caller's own, and its price, are unknown.
    tariff: host ? null : (rules.tariffOf?.(policies.price, provider.row, model) ?? null),
  });
};

const inherit = (above: InheritedSettings, node: PortkeyNode): InheritedSettings => ({
  params: { ...above.params, ...node.overrideParams },
  retry: node.retry ?? above.retry,
  requestTimeout: node.requestTimeout ?? above.requestTimeout,
  customHost: node.customHost ?? above.customHost,
});

const compileNode = (node: PortkeyNode, path: string, above: Inheritance): RouteNode => {
  const inheritance: Inheritance = { ...above, own: inherit(above.own, node) };
  const [first] = node.targets;
  // Without a strategy, a node is the call itself.
  if (node.mode === null || first === undefined) return compileTarget(node, path, inheritance);
  if (node.mode === "single") return compileNode(first, `${path}.targets[0]`, inheritance);
  const children = node.targets.map((target, index) => compileNode(target, `${path}.targets[${index}]`, inheritance));
  if (node.mode === "loadbalance") return portkeyBalanceStrategy(node, path, children);
  if (node.mode === "conditional") return portkeyConditionalStrategy(node, path, children);
  return { kind: "fallback", path, children, trigger: triggerOf(node.onStatusCodes) };
};

const headerTimeout = (headers: PortkeyContext["headers"]): number | null => {
  const milliseconds = Number(headers["x-portkey-request-timeout"] ?? Number.NaN);
  return Number.isFinite(milliseconds) && milliseconds > 0 ? Math.floor(milliseconds) : null;
};

/** A header's timeout takes precedence over every target's own. */
const withTimeout = (node: PortkeyNode, requestTimeout: number | null): PortkeyNode =>
  requestTimeout === null
    ? node
    : { ...node, requestTimeout, targets: node.targets.map((target) => withTimeout(target, requestTimeout)) };

/**
 * The route in a request. `json` is the header `x-portkey-config`, null if there is none and `x-portkey-provider` names
 * the provider. Paths are Portkey's: `config.targets[0].targets[1]`, `config` for one provider. Throws
 * PortkeyConfigError, whose `status` and `body` the caller gets.
 */
export const compilePortkeyConfig = (json: string | null, context: PortkeyContext): Route => {
  checkHeaders(context);
  const tree = readPortkeyConfig(json ?? "{}", {
    isProvider: (name) => findRow(name, context) !== null,
    namesProvider: (model) => slugIn(model, context) !== null,
    providers: () => namesOf(context),
    remedyFor: (name) => remedyFor(name, context.names),
    isHost: (host) => checkCustomHost(host, context.rules.trustedHosts) !== null,
    hasProvider: Boolean(context.headers["x-portkey-provider"]) || slugIn(context.model, context) !== null,
  });
  const own: InheritedSettings = { params: {}, retry: null, requestTimeout: null, customHost: null };
  const node = compileNode(withTimeout(tree, headerTimeout(context.headers)), "config", { own, context });
  const total = (context.rules.policies ?? defaultPolicies).timeout.total;
  return { name: "x-portkey-config", node, total };
};

export type { PortkeyContext };
