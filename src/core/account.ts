// A cloud's account as data of a provider's row: the settings that its addresses are made of, and credentials that are no
// API keys. A row without an account has one address for everybody.
import type { ProtocolName } from "./chat.ts";
import type { Credential } from "./credential.ts";
import type { FailureVerdict } from "./verdict.ts";

/** The settings of an account, by their names in the configuration. */
export const accountSettingNames = [
  "resource",
  "api_version",
  "account",
  "workspace",
  "project",
  "location",
  "region",
] as const;

export type AccountSettingName = (typeof accountSettingNames)[number];

export interface AccountSetting {
  /** Environment variables that usually hold it; the first one found wins. */
  readonly variables: readonly string[];
  /** It becomes a part of an address, so nothing else may be in it. */
  readonly pattern: RegExp;
  /** What the pattern allows, for messages: `a resource's name, e.g. my-resource`. */
  readonly form: string;
  /** The value if nothing sets it. Absent: none. */
  readonly usual?: string | undefined;
  /** Without it, and without a base_url, there is no address. Absent: it is optional. */
  readonly required?: true | undefined;
  /** It may be a list: then one target has several places, which are asked one after the other. Absent: one value only. */
  readonly places?: Places | undefined;
}

export interface Places {
  /** Each place has an API key of its own: of several keys, each is for the place at the same position. */
  readonly ownKeys?: true | undefined;
  /** Whether a place lies in a region that the operator vouches for (`us-east5` in `us`). Absent: its name does not say. */
  isWithin?(place: string, region: string): boolean;
}

export type AccountSettings = { readonly [Name in AccountSettingName]?: string };

/** The members of a provider's `credentials` in the configuration, by name. */
export type CredentialSettings = Readonly<Record<string, string>>;

export interface CredentialQuestion {
  readonly settings: AccountSettings;
  /** From the configuration; empty if the operator left the choice to the usual places. */
  readonly members: CredentialSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The operator lists this provider. False: it is looked for because it may be set up here. */
  readonly isListed: boolean;
}

/** What is wrong with the credentials: the member that it is about, null for all of them, and the remedy. */
export interface CredentialProblem {
  readonly member: string | null;
  readonly message: string;
  readonly hint: string | null;
}

/** Which setting a refusal is about: the cloud's words name things by its own names, or none at all. */
export interface Remedy {
  readonly verdict: FailureVerdict;
  /** In the refusal's code, a blank and its message. Absent: any. */
  readonly words?: RegExp | undefined;
  /** What to check, e.g. `region`. */
  readonly setting: string;
}

/** How a request in Portkey's words names an account: each value is the name of a member of its config. */
export interface RequestNames {
  readonly settings: { readonly [Name in AccountSettingName]?: string };
  /** Members of `credentials` that are secrets themselves. A path or an address of a caller's must never be among them. */
  readonly credentials?: Readonly<Record<string, string>> | undefined;
  /** A token that is sent as a bearer. */
  readonly token?: string | undefined;
  /** The caller's API key is such a token. */
  readonly keyIsToken?: true | undefined;
  /** The model. */
  readonly model?: string | undefined;
  /** What would be exchanged for a token: a request gets an error for it. */
  readonly refused?: readonly string[] | undefined;
}

export interface Account {
  readonly settings: { readonly [Name in AccountSettingName]?: AccountSetting };
  /** Absent: a request cannot name such an account. */
  readonly inRequests?: RequestNames | undefined;
  /** The base URL for these settings; null if a required one is missing. */
  baseUrl(settings: AccountSettings): string | null;
  /** The path after the base URL for these settings, see `ProviderRow.path`. Absent: the row's own. */
  path?(settings: AccountSettings): ((model: string, mode: string, usual: string) => string) | undefined;
  /** See `ProviderRow.bases`; for these settings. Absent: the row's own. */
  bases?(settings: AccountSettings): Readonly<Partial<Record<ProtocolName, string>>>;
  /** The first one that fits a failure is added to its message. Absent: none. */
  readonly remedies?: readonly Remedy[] | undefined;
  /** The members that `credentials` may have, with what they are. Absent: API keys only. */
  readonly credentialMembers?: Readonly<Record<string, string>> | undefined;
  /**
   * Opens the account's credential: from its members, else from the usual places. It reads no file and asks nobody
   * before the first request, so that a configuration can be checked without a network. Null: nothing is set here.
   */
  openCredential?(question: CredentialQuestion): Credential | CredentialProblem | null;
  /** The same credential for the settings of another place. Absent: the settings are no part of it. */
  placeCredential?(credential: Credential, settings: AccountSettings): Credential;
}
