// A provider at several places of one cloud (`location: [europe-west1, europe-west4]`): each place is a provider with an
// address and a state of its own, and a target of the provider is a branch with a child for each of them.
import { accountSettingNames, type AccountSettingName, type AccountSettings } from "../core/account.ts";
import type { ProviderRow } from "../core/provider.ts";
import type { Key, ProviderRules, RouteNode, TargetNode, Trigger } from "../core/rules.ts";
import { verdictsWhere } from "../core/verdict.ts";
import type { ModelConfig, ProviderConfig } from "./config-file.ts";
import type { Path, ProblemList } from "./problem.ts";

/** A provider in the file with one value for each setting. */
export interface OnePlace extends ProviderConfig {
  readonly resource?: string | undefined;
  readonly location?: string | undefined;
  readonly region?: string | undefined;
}

/** One of a provider's places. */
export interface PlacedProvider {
  readonly provider: OnePlace;
  /** The place among others; null: the provider has only one. */
  readonly place: { readonly setting: AccountSettingName; readonly index: number; readonly name: string } | null;
}

interface Listed {
  readonly name: string;
  readonly provider: ProviderConfig;
  readonly row: ProviderRow;
}

/** The provider once for each of its places. Never empty. */
export const spreadPlaces = ({ name, provider, row }: Listed, problems: ProblemList): readonly PlacedProvider[] => {
  const path = (setting: string): Path => ["providers", name, setting];
  const { by, resource, location, region, ...own } = provider;
  const written: Partial<Record<AccountSettingName, string | readonly string[] | undefined>> = {
    ...own,
    resource,
    location,
    region,
  };
  const lists = accountSettingNames.filter((setting) => typeof written[setting] === "object");
  const firstOf = (setting: AccountSettingName): string | undefined => [written[setting] ?? []].flat()[0];
  const single: OnePlace = {
    ...own,
    resource: firstOf("resource"),
    location: firstOf("location"),
    region: firstOf("region"),
  };
  const [setting, other] = lists;
  const values = setting === undefined ? [] : [written[setting] ?? []].flat().map((value) => value.trim());
  if (setting === undefined || values.length < 2) {
    if (by !== undefined)
      problems.add(path("by"), "is for a list of places", "Give location, region or resource a list");
    return [{ provider: single, place: null }];
  }
  if (other !== undefined) problems.add(path(other), `cannot be a list beside ${setting}`, "Keep one of the lists");
  if (row.account?.settings[setting] !== undefined && row.account.settings[setting].places === undefined)
    problems.add(path(setting), `takes one value at ${row.title}`);
  const names = values.map(placeName);
  for (const [index, one] of names.entries())
    if (names.indexOf(one) !== index) problems.add([...path(setting), index], "is in the list already");
  const base = provider.base_url;
  if (base !== undefined && !base.includes(`{${setting}}`))
    problems.add(path("base_url"), `is one address for several places`, `Write {${setting}} where the place belongs`);
  return values.map((value, index) => ({
    provider: { ...single, [setting]: value },
    place: { setting, index, name: names[index] ?? "" },
  }));
};

/** `https://my-resource.openai.azure.com/` is `my-resource`. */
const placeName = (value: string): string => value.replace(/^https:\/\//u, "").split(/[./]/u)[0] ?? "";

/** `base_url` with the place in it. */
export const fillPlace = (baseUrl: string, settings: AccountSettings): string =>
  accountSettingNames.reduce((text, name) => text.replaceAll(`{${name}}`, settings[name] ?? `{${name}}`), baseUrl);

/** The facts at one place: a region that the operator vouches for holds where the place lies in it. */
export const modelsAt = (
  models: Readonly<Record<string, ModelConfig>>,
  { place, provider }: PlacedProvider,
  row: ProviderRow,
): Readonly<Record<string, ModelConfig>> => {
  const rules = place === null ? undefined : row.account?.settings[place.setting]?.places;
  const value = place === null ? undefined : provider[place.setting];
  if (rules?.isWithin === undefined || value === undefined) return models;
  return Object.fromEntries(
    Object.entries(models).map(([name, { region, ...facts }]) => [
      name,
      region === undefined || rules.isWithin?.(value, region) !== true ? facts : { ...facts, region },
    ]),
  );
};

interface KeysOf {
  /** Of the first place. */
  readonly keys: readonly Key[];
  readonly settings: AccountSettings;
  readonly row: ProviderRow;
}

/** The keys at one place: all of them, or its own. */
export const keysAt = ({ place }: PlacedProvider, { keys, settings, row }: KeysOf): readonly Key[] => {
  if (place === null) return keys;
  if (hasOwnKeys(place, keys, row)) return keys.slice(place.index, place.index + 1);
  const { account } = row;
  return keys.map((key) => account?.placeCredential?.(key, settings) ?? key);
};

const hasOwnKeys = (
  place: NonNullable<PlacedProvider["place"]>,
  keys: readonly Key[],
  { account }: ProviderRow,
): boolean => keys.length > 1 && account?.settings[place.setting]?.places?.ownKeys === true;

/** With a key for each place, there are as many keys as places. */
export const checkOwnKeys = (
  {
    name,
    spread,
    row,
  }: { readonly name: string; readonly spread: readonly PlacedProvider[]; readonly row: ProviderRow },
  keys: readonly Key[],
  problems: ProblemList,
): void => {
  const place = spread[0]?.place ?? null;
  if (place === null || keys.length === spread.length || !hasOwnKeys(place, keys, row)) return;
  const hint = `It has ${keys.length}, and there are ${spread.length}`;
  problems.add(["providers", name, "api_key"], `must have one key for each ${place.setting}, in the same order`, hint);
};

/**
 * What another place of the same cloud can mend: not what is wrong with the request itself, which the next target of
 * the route may take.
 */
const elsewhere: Trigger = {
  kind: "verdicts",
  verdicts: verdictsWhere(({ leaves, fault }) => leaves && fault !== "request"),
  statuses: new Set(),
};

/** The target as a branch over its provider's places; the same target if there is only one. */
export const overPlaces = (target: TargetNode): RouteNode => {
  const { places } = target.provider;
  if (places === undefined) return target;
  const { trigger: leftOn, ...own } = target;
  const children = places.providers.map((provider, index) => ({
    ...own,
    provider,
    path: `${target.path}.${places.setting}[${index}]`,
    name: target.model === "" ? provider.name : `${provider.name}/${target.model}`,
  }));
  const branch = { path: target.path, children, trigger: elsewhere, ...(leftOn === undefined ? {} : { leftOn }) };
  if (places.by === null) return { kind: "fallback", ...branch };
  return { kind: "balance", ...branch, by: places.by, weights: children.map(() => 1), stick: null };
};

/** A provider by its name, or by the name of one of its places. */
export const findPlaced = (providers: ReadonlyMap<string, ProviderRules>, name: string): ProviderRules | undefined => {
  const provider = providers.get(name);
  if (provider !== undefined || !name.includes(".")) return provider;
  for (const { places } of providers.values()) {
    const one = places?.providers.find((place) => place.name === name);
    if (one !== undefined) return one;
  }
  return undefined;
};
