// Zero configuration: every provider whose usual key variable is set is available. This needs no schema and no parser, so
// a gateway without a file starts fast. The catalogue lists the variables of each provider.
import type { AccountSettings } from "../core/account.ts";
import type { Key, ProviderRules } from "../core/rules.ts";
import type { ProviderRow } from "../core/provider.ts";
import { isLoopback } from "../domain/web-page.ts";
import { placeRow, settingsInEnvironment } from "./account.ts";
import { localHosts } from "./defaults.ts";
import { createKey, isSendable } from "./keys.ts";
import { readVariable, type Environment } from "./variables.ts";

export type Catalog = ReadonlyMap<string, ProviderRow>;

/** The first of the row's usual variables that is set; null if none is. An unusable value counts as unset. */
export const findUsualKey = (row: ProviderRow, environment: Environment): Key | null => {
  for (const name of row.keyVariables) {
    const value = readVariable(environment, name)?.trim();
    if (value !== undefined && isSendable(value)) return createKey(value, `env ${name}`);
  }
  return null;
};

/** `https://host/v1/` -> `https://host/v1`. */
export const trimUrl = (url: string): string => url.replace(/\/+$/, "");

/** The first provider in the catalogue for each variable: several hosts of one vendor may share a variable. */
const firstByVariable = (catalog: Catalog): ReadonlyMap<string, string> => {
  const first = new Map<string, string>();
  for (const [name, { keyVariables }] of catalog)
    for (const variable of keyVariables) if (!first.has(variable)) first.set(variable, name);
  return first;
};

/** Providers in the catalogue that are not `configured`, and that have an address and a key here. */
export const providersInEnvironment = (
  catalog: Catalog,
  environment: Environment,
  configured: ReadonlySet<string> = new Set(),
): ProviderRules[] => {
  const detected: ProviderRules[] = [];
  const usual = firstByVariable(catalog);
  for (const [name, row] of catalog) {
    if (configured.has(name)) continue;
    const settings = settingsInEnvironment(row, environment);
    if (settings === null) continue;
    const placedRow = placeRow(row, settings);
    if (placedRow.baseUrl === null) continue;
    const key = findUsualKey(row, environment) ?? accountKey(row, settings, environment);
    if (key === null) continue;
    const isUsual = row.keyVariables.some(
      (variable) => key.source === `env ${variable}` && usual.get(variable) === name,
    );
    detected.push({
      name,
      ...(isUsual || key.kind !== "api-key" ? {} : { namedOnly: true as const }),
      row: placedRow,
      baseUrl: trimUrl(placedRow.baseUrl),
      keys: [key],
      headers: {},
      guarded: false,
    });
  }
  return detected;
};

/** A credential that is no API key, if the environment holds one; a wrong one counts as none. */
const accountKey = ({ account }: ProviderRow, settings: AccountSettings, environment: Environment): Key | null => {
  const opened = account?.openCredential?.({ settings, members: {}, environment, isListed: false }) ?? null;
  return opened !== null && "kind" in opened ? opened : null;
};

/**
 * Private hosts that a request may name: the operator's list, otherwise this machine's own names while it listens on
 * loopback.
 */
export const findTrustedHosts = (environment: Environment, host: string): ReadonlySet<string> => {
  const setting = environment["UNDERSTUDY_TRUSTED_CUSTOM_HOSTS"] ?? environment["TRUSTED_CUSTOM_HOSTS"];
  if (setting === undefined) return new Set(isLoopback(host) ? localHosts : []);
  const hosts = setting.split(",").map((name) => name.trim().toLowerCase());
  return new Set(hosts.filter((name) => name !== ""));
};
