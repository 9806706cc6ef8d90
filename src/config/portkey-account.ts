// The account of a cloud in a request (`azure_resource_name`, `x-portkey-aws-region`): the row at its address, with the
// caller's own secret. The address is the caller's choice, so no key of the operator's goes there, and the transport guards it.
import { BoundedMap } from "../domain/bounded-map.ts";
import { type AccountSettings, accountSettingNames, type Account, type AccountSettingName } from "../core/account.ts";
import type { ProviderRow } from "../core/provider.ts";
import type { Key } from "../core/rules.ts";
import { placeRow } from "./account.ts";
import { createKey, isSendable } from "./keys.ts";
import { PortkeyConfigError, type PortkeyNode } from "./portkey-shape.ts";

export interface RequestAccount {
  /** With the account's address and paths. */
  readonly row: ProviderRow;
  readonly baseUrl: string;
  /** Null: the usual key of the request. */
  readonly key: Key | null;
  /** The usual key is a token. */
  readonly keyIsToken: boolean;
  /** Null: as usual. */
  readonly model: string | null;
}

export interface AccountQuestion {
  readonly node: PortkeyNode;
  readonly row: ProviderRow;
  readonly path: string;
  /** Absent: headers are not for this node. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
}

type Read = (name: string) => string | undefined;

/** Null: the request names no account. Throws PortkeyConfigError: a setting is wrong, is missing, or cannot be used. */
export const readPortkeyAccount = ({ node, row, path, headers }: AccountQuestion): RequestAccount | null => {
  const { account } = row;
  const names = account?.inRequests;
  if (account === undefined || names === undefined) return null;
  const read: Read = (name) => {
    const text = node.texts[name] || headers?.[`x-portkey-${name.replaceAll("_", "-")}`];
    return text === undefined || text.trim() === "" ? undefined : text.trim();
  };
  const settings: { -readonly [Name in AccountSettingName]?: string } = {};
  for (const name of accountSettingNames) {
    const value = readSetting(name, { account, path, read });
    if (value !== null) settings[name] = value;
  }
  if (Object.keys(settings).length === 0) return null;
  for (const name of names.refused ?? []) {
    if (read(name) === undefined) continue;
    const instead = "give a key or a token, or ask the gateway's operator to configure the provider";
    throw new PortkeyConfigError(`'${name}' at ${path} is not read from requests: ${instead}`);
  }
  const usual = accountSettingNames.map((name) => [name, account.settings[name]?.usual] as const);
  const complete = { ...Object.fromEntries(usual.filter(([, value]) => value !== undefined)), ...settings };
  const placedRow = rowIn(row, complete);
  if (placedRow.baseUrl === null) throw missingSetting(account, path);
  const key = tokenIn(names.token, path, read) ?? credentialIn(account, { complete, path, read });
  const model = names.model === undefined ? null : (read(names.model) ?? null);
  return { row: placedRow, baseUrl: placedRow.baseUrl, key, keyIsToken: names.keyIsToken === true, model };
};

/** The most accounts of one provider whose rows are kept. */
const MOST_ROWS = 200;
/** Facts and prices are cached by row, so an account has the same row in each of its requests. */
const placedRows = new WeakMap<ProviderRow, BoundedMap<string, ProviderRow>>();

const rowIn = (row: ProviderRow, settings: AccountSettings): ProviderRow => {
  const rows = placedRows.get(row) ?? new BoundedMap<string, ProviderRow>(MOST_ROWS);
  placedRows.set(row, rows);
  return rows.getOrCreate(JSON.stringify(settings), () => placeRow(row, settings));
};

interface AccountReading {
  readonly account: Account;
  readonly path: string;
  readonly read: Read;
}

const readSetting = (name: AccountSettingName, { account, path, read }: AccountReading): string | null => {
  const [own, rules] = [account.inRequests?.settings[name], account.settings[name]];
  const value = own === undefined || rules === undefined ? undefined : read(own);
  if (value === undefined) return null;
  if (rules?.pattern.test(value) === true) return value;
  throw new PortkeyConfigError(`'${own}' at ${path} must be ${rules?.form}`);
};

const missingSetting = (account: Account, path: string): PortkeyConfigError => {
  const required = accountSettingNames.filter((name) => account.settings[name]?.required === true);
  const names = required.map((name) => `'${account.inRequests?.settings[name] ?? name}'`);
  return new PortkeyConfigError(`${names.join(" and ")} is required at ${path}`);
};

/** A bearer that is sent as it is. */
export const tokenKey = (value: string): Key => ({
  ...createKey(value, "request"),
  kind: "token",
  tokens: { token: () => value, secrets: () => [] },
});

const tokenIn = (name: string | undefined, path: string, read: Read): Key | null => {
  const token = name === undefined ? undefined : read(name);
  if (token === undefined) return null;
  if (isSendable(token)) return tokenKey(token);
  throw new PortkeyConfigError(`'${name}' at ${path} has a character that is not allowed in a header`);
};

interface CredentialReading extends Pick<AccountReading, "path" | "read"> {
  readonly complete: Readonly<Record<string, string>>;
}

/** Only of secrets in the request: nothing of this machine's is looked for. */
const credentialIn = (account: Account, { complete, path, read }: CredentialReading): Key | null => {
  const names = Object.entries(account.inRequests?.credentials ?? {});
  const members = Object.fromEntries(
    names.flatMap(([member, name]) => [[member, read(name)]].filter(([, text]) => text)),
  );
  if (Object.keys(members).length === 0) return null;
  const credential =
    account.openCredential?.({ settings: complete, members, environment: {}, isListed: false }) ?? null;
  if (credential !== null && "kind" in credential) return { ...credential, source: "request" };
  const [member, problem] = [credential?.member ?? null, credential?.message ?? "cannot be used"];
  const own = names.find(([one]) => one === member)?.[1] ?? "the credential";
  throw new PortkeyConfigError(`'${own}' at ${path} ${problem}`);
};
