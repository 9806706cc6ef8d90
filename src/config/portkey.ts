// Portkey's request headers -> a Route, so that a program written for its gateway runs unchanged. Inheritance works as in
// Portkey. Two differences on purpose: a client's key goes only to the provider that the client named, and an operator's
// key never goes to a host that came with a request.
import type { ProviderRow } from "../core/provider.ts";
import type { JsonObject } from "../core/json.ts";
import type { ProviderNames } from "../core/provider-names.ts";
import type { Key, ProviderRules, RetryRules, Route, RouteNode, Rules, TimeoutRules, Trigger } from "../core/rules.ts";
import type { LoadedRules } from "./compile.ts";
import { checkCustomHost } from "./custom-host.ts";
import { defaultPolicies } from "./defaults.ts";
import { trimUrl, type Catalog } from "./environment.ts";
import { createKey, isSendable } from "./keys.ts";
import { modelAt } from "./model-at.ts";
import { overPlaces } from "./places.ts";
import type { Policies } from "./policy-types.ts";
import { remedyFor, rowOfAlias } from "./row-of-alias.ts";
import { PortkeyConfigError, readPortkeyConfig, type PortkeyNode, type PortkeyRetry } from "./portkey-shape.ts";
import { portkeyConditionalStrategy, portkeyBalanceStrategy } from "./portkey-strategy.ts";

export interface PortkeyContext {
  readonly catalog: Catalog;
  /** Further names of the catalogue's rows, and vendors without one. */
  readonly names: ProviderNames;
  /** Configured providers, trusted hosts and, if the loader made them, the operator's default policies. */
  readonly rules: Rules & Partial<Pick<LoadedRules, "policies" | "declared" | "tariffOf">>;
  /** The request's headers, with lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The caller's `Authorization`, with or without `Bearer `, unless it is a key of the gateway itself; else null. */
  readonly callerKey: string | null;
  /** The requested model; empty if the request names none. */
  readonly model: string;
}

/** Retried if a config sets the number of retries but not the statuses. */
const RETRIED: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);
/** With `use_retry_after_header`, Portkey waits up to a minute, and so does the gateway. */
const LONGEST_HINT = 60_000;
/** What SDKs send if a program sets no key. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  "",
  "dummy-key",
  "not-needed",
  "dummy",
  "none",
  "undefined",
  "null",
]);

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

const findRow = (name: string, context: PortkeyContext): ProviderRow | null =>
  context.catalog.get(name) ??
  context.rules.providers.get(name)?.row ??
  context.catalog.get(rowOfAlias(name, context.names) ?? "") ??
  null;

/** Whether a request contains its own route. */
export const hasPortkeyHeaders = (headers: PortkeyContext["headers"]): boolean =>
  Boolean(headers["x-portkey-config"] ?? headers["x-portkey-provider"]);

const bareKey = (authorization: string | null): string | null => {
  const key = (authorization ?? "").replace(/^bearer\s+/i, "").trim();
  return PLACEHOLDERS.has(key.toLowerCase()) ? null : key;
};

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
    const remedy = remedyFor(provider, context.names);
    throw new PortkeyConfigError(`Invalid provider passed${remedy === null ? "" : `. ${remedy}`}`);
  }
  const host = headers["x-portkey-custom-host"];
  if (host && checkCustomHost(host, context.rules.trustedHosts) === null) {
    throw new PortkeyConfigError("Invalid custom host");
  }
};

/** The host in a request, as a base URL. Where Portkey adds a version to it (`/v1beta`), the gateway does too. */
const customBaseUrl = (host: string, row: ProviderRow, trusted: ReadonlySet<string>): string => {
  const url = checkCustomHost(host, trusted);
  if (url === null) throw new PortkeyConfigError("Invalid custom host");
  const text = trimUrl(url.href);
  const own = row.baseUrl === null ? null : new URL(row.baseUrl);
  const isLocal = own !== null && /^(localhost|127\.|\[::1\])/.test(own.hostname);
  const addsVersion = row.versionsHosts === true || (isLocal && url.pathname === "/");
  if (own === null || !addsVersion || /\/v\d+[a-z]*$/.test(text)) return text;
  return text + trimUrl(own.pathname);
};

/** `openai_organization` in a config, `x-portkey-openai-organization` as a header -> the vendor's own header. */
const vendorHeaders = (
  node: PortkeyNode,
  row: ProviderRow,
  headers: PortkeyContext["headers"] | null,
): Record<string, string> => {
  const vendorHeaders: Record<string, string> = {};
  for (const suffix of ["organization", "project", "beta", "version"]) {
    const value = node.texts[`${row.name}_${suffix}`] ?? headers?.[`x-portkey-${row.name}-${suffix}`];
    if (value && /^[\x20-\x7e]+$/.test(value)) vendorHeaders[`${row.name}-${suffix}`] = value;
  }
  return vendorHeaders;
};

interface KeyQuestion {
  readonly node: PortkeyNode;
  readonly row: ProviderRow;
  readonly operator: ProviderRules | undefined;
  readonly path: string;
  readonly isSingle: boolean;
  readonly host: string | null;
}

const findKeys = (question: KeyQuestion, context: PortkeyContext): readonly Key[] => {
  const { node, row, operator, path, host } = question;
  const keyText = node.apiKey ?? (question.isSingle ? bareKey(context.callerKey) : null);
  if (keyText !== null) {
    const key = keyText.replace(/^bearer\s+/i, "").trim();
    if (isSendable(key)) return [createKey(key, "request")];
    throw new PortkeyConfigError(
      `The api_key of ${path} has whitespace or a character that is not allowed in a header`,
    );
  }
  // A host from the caller must never get a key of the operator.
  if (host !== null) return [];
  const keys = operator?.keys ?? [];
  if (keys.length > 0 || row.keyVariables.length === 0) return keys;
  throw new PortkeyConfigError(
    `No API key for the provider '${row.name}' at ${path}: give 'api_key' there, or ask the gateway's operator to set ${row.keyVariables.join(" or ")}`,
  );
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

/** The address, keys and headers of a target. */
const compileProvider = (question: KeyQuestion, providerName: string, context: PortkeyContext): ProviderRules => {
  const { node, row, operator, path, isSingle, host } = question;
  const base = host ? customBaseUrl(host, row, context.rules.trustedHosts) : (operator?.baseUrl ?? row.baseUrl);
  if (base === null)
    throw new PortkeyConfigError(`'custom_host' is required for the provider '${providerName}' at ${path}`);
  const keys = findKeys(question, context);
  return {
    name: operator?.name ?? row.name,
    // The operator's protocol setting is for the operator's address.
    row: host || operator?.row.name !== row.name ? row : operator.row,
    baseUrl: trimUrl(base),
    keys,
    // The operator's extra headers may be secrets too: they are for the operator's own address.
    headers: {
      ...(host ? {} : operator?.headers),
      ...vendorHeaders(node, row, isSingle ? context.headers : null),
    },
    guarded: Boolean(host),
    ...placesFor(host ? undefined : operator, { node, row, keys, isSingle }, context),
  };
};

/** The operator's places, with the keys and headers of this target. */
const placesFor = (
  operator: ProviderRules | undefined,
  { node, row, keys, isSingle }: Pick<KeyQuestion, "node" | "row" | "isSingle"> & Pick<ProviderRules, "keys">,
  { headers }: PortkeyContext,
): Pick<ProviderRules, "places"> => {
  if (operator?.places === undefined) return {};
  const isOwn = keys.some(({ source }) => source === "request");
  const providers = operator.places.providers.map((place) => ({
    ...place,
    keys: isOwn ? keys : place.keys,
    headers: { ...place.headers, ...vendorHeaders(node, row, isSingle ? headers : null) },
  }));
  return { places: { ...operator.places, providers } };
};

const compileTarget = (node: PortkeyNode, path: string, { own, context }: Inheritance): RouteNode => {
  const providerName = node.provider ?? (path === "config" ? context.headers["x-portkey-provider"] : undefined) ?? "";
  const row = findRow(providerName, context);
  if (row === null) throw new PortkeyConfigError("Invalid provider passed");
  const { rules } = context;
  const policies = rules.policies ?? defaultPolicies;
  const declared = rules.declared ?? rules.providers;
  const operator = declared.get(providerName) ?? declared.get(row.name);
  const host = context.headers["x-portkey-custom-host"] || own.customHost;
  const provider = compileProvider(
    { node, row, operator, path, isSingle: path === "config", host },
    providerName,
    context,
  );
  const { model: chosen, ...params } = own.params;
  const model = modelAt(row, typeof chosen === "string" && chosen !== "" ? chosen : context.model);
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
  const providers = [...context.catalog.keys(), ...context.names.aliases.keys()];
  const tree = readPortkeyConfig(json ?? "{}", {
    isProvider: (name) => findRow(name, context) !== null,
    providers,
    remedyFor: (name) => remedyFor(name, context.names),
    isHost: (host) => checkCustomHost(host, context.rules.trustedHosts) !== null,
    hasProvider: Boolean(context.headers["x-portkey-provider"]),
  });
  const own: InheritedSettings = { params: {}, retry: null, requestTimeout: null, customHost: null };
  const node = compileNode(withTimeout(tree, headerTimeout(context.headers)), "config", { own, context });
  const total = (context.rules.policies ?? defaultPolicies).timeout.total;
  return { name: "x-portkey-config", node, total };
};
