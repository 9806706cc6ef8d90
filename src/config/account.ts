// The account of a provider at a cloud: its settings from the file or the usual variables, the row that they make, and a
// credential that is no API key. A row without an account passes through unchanged.
import {
  accountSettingNames,
  type Account,
  type AccountSettingName,
  type AccountSettings,
  type CredentialProblem,
} from "../core/account.ts";
import type { Credential } from "../core/credential.ts";
import type { ProviderRow } from "../core/provider.ts";
import type { OnePlace } from "./places.ts";
import type { Path, ProblemList } from "./problem.ts";
import { readVariable, type Environment } from "./variables.ts";

/** A provider in the file, and its row. */
interface OwnProvider {
  readonly name: string;
  readonly provider: OnePlace;
  readonly row: ProviderRow;
}

interface AccountContext {
  readonly environment: Environment;
  readonly problems: ProblemList;
}

/** The settings of a provider in the file; each one that is not set there comes from its usual variables. */
export const readAccountSettings = ({ name, provider, row }: OwnProvider, context: AccountContext): AccountSettings => {
  const settings: { -readonly [Name in AccountSettingName]?: string } = {};
  for (const setting of accountSettingNames) {
    const path: Path = ["providers", name, setting];
    const rules = row.account?.settings[setting];
    const own = provider[setting]?.trim();
    if (rules === undefined) {
      if (own !== undefined) context.problems.add(path, `is no setting of ${row.title}`, remedyIn(row.account));
      continue;
    }
    const value = own ?? usualSetting(row.account, setting, context.environment);
    if (value === undefined) continue;
    // Also a wrong one: what depends on it need not say that it is missing.
    settings[setting] = value;
    if (!rules.pattern.test(value)) {
      const variable = own === undefined ? `The variable ${rules.variables.join(" or ")} sets it` : null;
      context.problems.add(path, `must be ${rules.form}`, variable);
    }
  }
  return settings;
};

const remedyIn = (account: Account | undefined): string => {
  const names = Object.keys(account?.settings ?? {});
  return names.length === 0 ? "Remove it" : `It has ${names.join(", ")}`;
};

const usualSetting = (
  account: Account | undefined,
  setting: AccountSettingName,
  environment: Environment,
): string | undefined => {
  const rules = account?.settings[setting];
  for (const variable of rules?.variables ?? []) {
    const value = readVariable(environment, variable)?.trim();
    if (value !== undefined && value !== "") return value;
  }
  return rules?.usual;
};

/** The settings that the environment alone gives; null if one is missing or wrong. */
export const settingsInEnvironment = (row: ProviderRow, environment: Environment): AccountSettings | null => {
  const settings: { -readonly [Name in AccountSettingName]?: string } = {};
  for (const setting of accountSettingNames) {
    const rules = row.account?.settings[setting];
    const value = usualSetting(row.account, setting, environment);
    if (rules === undefined || value === undefined) continue;
    if (!rules.pattern.test(value)) return null;
    settings[setting] = value;
  }
  return settings;
};

/** The row for these settings: its address and paths. */
export const placeRow = (row: ProviderRow, settings: AccountSettings): ProviderRow => {
  const { account } = row;
  if (account === undefined) return row;
  const path = account.path?.(settings) ?? row.path;
  const bases = account.bases?.(settings) ?? row.bases;
  return {
    ...row,
    baseUrl: account.baseUrl(settings),
    ...(path === undefined ? {} : { path }),
    ...(bases === undefined ? {} : { bases }),
  };
};

/** The settings without which there is no address, for a message. */
export const missingSettings = ({ account }: ProviderRow, settings: AccountSettings): readonly string[] =>
  accountSettingNames
    .filter((name) => account?.settings[name]?.required === true && settings[name] === undefined)
    .map((name) => {
      const variables = account?.settings[name]?.variables ?? [];
      return variables.length === 0 ? name : `${name} (or the variable ${variables.join(" or ")})`;
    });

/** The credential of an account, if it is no API key; null if there is none. Problems go to the list. */
export const openAccountCredential = (
  { name, provider, row }: OwnProvider,
  settings: AccountSettings,
  context: AccountContext,
): Credential | null => {
  const { account } = row;
  const { environment, problems } = context;
  const path: Path = ["providers", name, "credentials"];
  const members = provider.credentials ?? {};
  const knownMembers = Object.keys(account?.credentialMembers ?? {});
  for (const member of Object.keys(members).filter((one) => !knownMembers.includes(one)))
    problems.add(
      [...path, member],
      `is no credential of ${row.title}`,
      knownMembers.length === 0 ? "Remove it; it takes an api_key" : `Known: ${knownMembers.join(", ")}`,
    );
  const opened = account?.openCredential?.({ settings, members, environment, isListed: true }) ?? null;
  if (opened === null || "kind" in opened) return opened;
  addProblem(problems, path, opened);
  return null;
};

const addProblem = (problems: ProblemList, path: Path, { member, message, hint }: CredentialProblem): void =>
  problems.add(member === null ? path : [...path, member], message, hint);
