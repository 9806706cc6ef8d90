// The provider of a target in a Portkey config: its address, keys and headers. A client's key goes only to the provider that
// the client named, and an operator's key never goes to a host or an account that came with a request.
import type { ProviderNames } from "../core/provider-names.ts";
import type { ProviderRow } from "../core/provider.ts";
import type { Key, ProviderRules, Rules } from "../core/rules.ts";
import type { LoadedRules } from "./compile.ts";
import { checkCustomHost } from "./custom-host.ts";
import { trimUrl, type Catalog } from "./environment.ts";
import { createKey, isSendable } from "./keys.ts";
import { type RequestAccount, tokenKey } from "./portkey-account.ts";
import { PortkeyConfigError, type PortkeyNode } from "./portkey-shape.ts";
import { rowAt } from "./row-at.ts";

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

const bareKey = (authorization: string | null): string | null => {
  const key = (authorization ?? "").replace(/^bearer\s+/i, "").trim();
  return PLACEHOLDERS.has(key.toLowerCase()) ? null : key;
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

export interface KeyQuestion {
  readonly node: PortkeyNode;
  readonly row: ProviderRow;
  readonly operator: ProviderRules | undefined;
  readonly path: string;
  readonly isSingle: boolean;
  readonly host: string | null;
  /** The account in the request; null: it names none. */
  readonly account: RequestAccount | null;
}

const findKeys = (question: KeyQuestion, context: PortkeyContext): readonly Key[] => {
  const { node, row, operator, path, host, account } = question;
  if (account?.key != null) return [account.key];
  const keyText = node.apiKey ?? (question.isSingle ? bareKey(context.callerKey) : null);
  if (keyText !== null) {
    const key = keyText.replace(/^bearer\s+/i, "").trim();
    if (isSendable(key)) return [account?.keyIsToken === true ? tokenKey(key) : createKey(key, "request")];
    throw new PortkeyConfigError(
      `The api_key of ${path} has whitespace or a character that is not allowed in a header`,
    );
  }
  // A host or an account from the caller must never get a key of the operator.
  if (host !== null) return [];
  const keys = account === null ? (operator?.keys ?? []) : [];
  if (keys.length > 0 || row.keyVariables.length === 0) return keys;
  throw new PortkeyConfigError(
    `No API key for the provider '${row.name}' at ${path}: give 'api_key' there, or ask the gateway's operator to set ${row.keyVariables.join(" or ")}`,
  );
};

/** The address, keys and headers of a target. */
export const compileProvider = (
  question: KeyQuestion,
  providerName: string,
  context: PortkeyContext,
): ProviderRules => {
  const { node, isSingle, host, account } = question;
  const row = account?.row ?? question.row;
  // What the operator set is for the operator's own address.
  const operator = host || account !== null ? undefined : question.operator;
  const base = host
    ? customBaseUrl(host, row, context.rules.trustedHosts)
    : (account?.baseUrl ?? operator?.baseUrl ?? row.baseUrl);
  if (base === null) throw noAddress(question, providerName);
  if (account !== null && checkCustomHost(base, context.rules.trustedHosts) === null)
    throw new PortkeyConfigError("Invalid custom host");
  const keys = findKeys(question, context);
  const baseUrl = trimUrl(base);
  return {
    name: question.operator?.name ?? row.name,
    row: operator?.row.name === row.name ? operator.row : rowAt(row, baseUrl),
    baseUrl,
    keys,
    headers: {
      ...operator?.headers,
      ...vendorHeaders(node, row, isSingle ? context.headers : null),
    },
    guarded: Boolean(host) || account !== null,
    ...placesFor(operator, { node, row, keys, isSingle }, context),
  };
};

const noAddress = ({ row, path }: KeyQuestion, providerName: string): PortkeyConfigError => {
  const settings = Object.values(row.account?.inRequests?.settings ?? {}).map((name) => `'${name}'`);
  const names = [...settings, "'custom_host'"].join(" or ");
  return new PortkeyConfigError(`${names} is required for the provider '${providerName}' at ${path}`);
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
