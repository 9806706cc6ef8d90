// Zero configuration: the providers whose usual key is in the environment are simply there. Needs no schema and no
// parser, so a gateway without a file starts fast. The catalogue says which variables hold whose key.
import type { Key, ProviderRules } from "../core/rules.ts";
import type { ProviderRow } from "../core/provider.ts";
import { localHosts } from "./defaults.ts";
import { createKey, isSendable } from "./keys.ts";
import { readVariable, type Environment } from "./variables.ts";

export type Catalog = ReadonlyMap<string, ProviderRow>;

/** The first of the row's usual variables that is set; null where none is. An unusable value counts as none. */
export const findUsualKey = (row: ProviderRow, environment: Environment): Key | null => {
  for (const name of row.keyVariables) {
    const value = readVariable(environment, name)?.trim();
    if (value !== undefined && isSendable(value)) return createKey(value, `env ${name}`);
  }
  return null;
};

/** `https://host/v1/` -> `https://host/v1`. */
export const trimUrl = (url: string): string => url.replace(/\/+$/, "");

/** Providers that the catalogue knows, that are not `configured`, and that have an address and a key here. */
export const findProviders = (
  catalog: Catalog,
  environment: Environment,
  configured: ReadonlySet<string> = new Set(),
): ProviderRules[] => {
  const found: ProviderRules[] = [];
  for (const [name, row] of catalog) {
    const key = findUsualKey(row, environment);
    if (configured.has(name) || row.baseUrl === null || key === null) continue;
    found.push({ name, row, baseUrl: trimUrl(row.baseUrl), keys: [key], headers: {}, guarded: false });
  }
  return found;
};

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|::1|\[::1\])$/.test(host);

/** Private hosts that a request may name: as the operator says, else this machine's own while nobody else reaches it. */
export const findTrustedHosts = (environment: Environment, host: string): ReadonlySet<string> => {
  const said = environment["UNDERSTUDY_TRUSTED_CUSTOM_HOSTS"] ?? environment["TRUSTED_CUSTOM_HOSTS"];
  if (said === undefined) return new Set(isLoopback(host) ? localHosts : []);
  const hosts = said.split(",").map((name) => name.trim().toLowerCase());
  return new Set(hosts.filter((name) => name !== ""));
};
