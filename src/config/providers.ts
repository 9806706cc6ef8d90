// The file's `providers` -> core's ProviderRules: the row, the URL and the keys of each. Providers without a key are listed
// apart, with the variables that could set one. It never prints a key, nor a URL that contains one.
import type { Key, ProviderRules } from "../core/rules.ts";
import type { ProviderRow } from "../core/provider.ts";
import type { AccountSettings } from "../core/account.ts";
import type { ProviderNames } from "../core/provider-names.ts";
import type { ProviderParts } from "../core/provider-parts.ts";
import type { ConfigFile, ProviderConfig } from "./config-file.ts";
import { providersInEnvironment, findUsualKey, trimUrl, type Catalog } from "./environment.ts";
import { missingSettings, openAccountCredential, placeRow, readAccountSettings } from "./account.ts";
import { createKey, isSendable } from "./keys.ts";
import {
  checkOwnKeys,
  fillPlace,
  keysAt,
  modelsAt,
  spreadPlaces,
  type OnePlace,
  type PlacedProvider,
} from "./places.ts";
import { withModels } from "./model-facts.ts";
import { didYouMean } from "../domain/nearest-names.ts";
import { guardrailOf, withOwnParts } from "./own-parts.ts";
import type { Path, ProblemList } from "./problem.ts";
import { hintFor, remedyFor, rowOfAlias } from "./row-of-alias.ts";
import { speakAs } from "./speak-as.ts";
import { rowAt } from "./row-at.ts";
import { originKey, type Environment, type Origins } from "./variables.ts";

export interface CompileContext {
  readonly catalog: Catalog;
  readonly names?: ProviderNames | undefined;
  readonly parts?: ProviderParts | undefined;
  readonly environment: Environment;
  readonly problems: ProblemList;
  readonly origins: Origins;
}

export interface CompiledProviders {
  /** All providers in the file, with or without a key, and those that the environment has a key for. */
  readonly declared: ReadonlyMap<string, ProviderRules>;
  /** Those that can be used. */
  readonly usable: ReadonlyMap<string, ProviderRules>;
  /** Those without a key, with the variables that could set one. */
  readonly keyless: ReadonlyMap<string, readonly string[]>;
}

const COMPATIBLE = "openai-compatible";

/** Paths of the protocols, which a base_url must not end in. */
const PROTOCOL_PATH = /\/(chat\/completions|completions|responses|messages|embeddings|rerank|models\/[^/]+:[A-Za-z]+)$/;

/** The problem with a base_url, or null. */
export const findUrlFault = (text: string): readonly [message: string, hint: string | null] | null => {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return ["must be an http or https address", "For example https://api.example.com/v1"];
  }
  if (url.username !== "" || url.password !== "")
    return ["must not have a user or a password", "Use api_key or headers"];
  if (url.search !== "" || url.hash !== "") return ["must end before any ? or #", null];
  const path = PROTOCOL_PATH.exec(trimUrl(url.pathname))?.[0];
  if (path === undefined) return null;
  return [`must end before ${path}, which the gateway adds`, `Write ${trimUrl(text).slice(0, -path.length)}`];
};

/** A provider in the file, and its row. */
interface Written {
  readonly name: string;
  readonly provider: OnePlace;
  readonly row: ProviderRow;
  readonly settings: AccountSettings;
}

const findRow = (name: string, provider: ProviderConfig, context: CompileContext): ProviderRow | null => {
  const { catalog } = context;
  const kind = provider.kind ?? name;
  const own = catalog.get(kind);
  if (own !== undefined) return own;
  const path: Path = provider.kind === undefined ? ["providers", name] : ["providers", name, "kind"];
  const row = catalog.get(rowOfAlias(kind, context.names) ?? "");
  if (row !== undefined) {
    context.problems.warn(path, ...hintFor(kind, row.name));
    return row;
  }
  const remedy = remedyFor(kind, context.names);
  if (remedy !== null) {
    context.problems.add(path, "there is no provider of this name", remedy);
    return null;
  }
  const names = [...catalog.keys()];
  if (provider.kind !== undefined) {
    context.problems.add(
      ["providers", name, "kind"],
      "unknown kind of provider",
      didYouMean(provider.kind, names) ?? `Known: ${names.join(", ")}`,
    );
  } else {
    const near = didYouMean(name, names);
    const hint = `${near === null ? "" : `${near} `}For a server of your own, add kind: ${COMPATIBLE} and base_url`;
    context.problems.add(["providers", name], "unknown provider", hint);
  }
  return null;
};

const findBaseUrl = ({ name, provider, row, settings }: Written, problems: ProblemList): string => {
  const path = ["providers", name, "base_url"];
  const text = provider.base_url === undefined ? row.baseUrl : fillPlace(provider.base_url.trim(), settings);
  if (text === null) {
    const missing = missingSettings(row, settings).join(" and ");
    if (missing === "") problems.add(path, "is missing", "Give its URL, e.g. base_url: http://127.0.0.1:11434/v1");
    else problems.add(["providers", name], `needs ${missing}`, "Or give its whole URL as base_url");
    return "";
  }
  const fault = provider.base_url === undefined ? null : findUrlFault(text);
  if (fault !== null) problems.add(path, ...fault);
  return trimUrl(text);
};

const findKeys = (question: Written, context: CompileContext): readonly Key[] => {
  const { name, provider, row, settings } = question;
  const apiKey = provider.api_key;
  if (apiKey === undefined || provider.credentials !== undefined) {
    if (apiKey !== undefined)
      context.problems.add(["providers", name, "credentials"], "cannot stand beside api_key", "Remove one of them");
    // What the operator names goes before what the environment happens to hold.
    const usual = provider.credentials === undefined ? findUsualKey(row, context.environment) : null;
    const only = usual ?? openAccountCredential(question, settings, context);
    return only === null ? [] : [only];
  }
  const keys = new Map<string, Key>();
  for (const [index, text] of (typeof apiKey === "string" ? [apiKey] : apiKey).entries()) {
    const path: Path = ["providers", name, "api_key", ...(typeof apiKey === "string" ? [] : [index])];
    const value = text.trim();
    if (!isSendable(value)) {
      context.problems.add(
        path,
        "has whitespace or a character that is not allowed in a header",
        "Check how the key was copied",
      );
    }
    const variable = context.origins.get(originKey(path));
    if (!keys.has(value)) keys.set(value, createKey(value, variable === undefined ? "config" : `env ${variable}`));
  }
  return [...keys.values()];
};

const checkHeaders = (name: string, headers: Readonly<Record<string, string>>, problems: ProblemList): void => {
  for (const [header, value] of Object.entries(headers)) {
    const path = ["providers", name, "headers", header];
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header)) problems.add(path, "is not a valid header name");
    else if (/^(host|content-length|transfer-encoding|connection)$/i.test(header)) {
      problems.add(path, "is set by the gateway itself", "Remove it");
    } else if (!/^[\t\x20-\x7e]*$/.test(value)) problems.add(path, "has a character that is not allowed in a header");
  }
};

const compileProvider = (name: string, provider: ProviderConfig, context: CompileContext): ProviderRules | null => {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
    context.problems.add(
      ["providers", name],
      "a provider's name may have letters, digits, dots, dashes and underscores only",
    );
    return null;
  }
  const row = findRow(name, provider, context);
  if (row === null) return null;
  checkHeaders(name, provider.headers ?? {}, context.problems);
  const { parts, problems } = context;
  const adaptedRow = speakAs(withOwnParts(row, { name, provider, parts, problems }), provider.protocol);
  if (adaptedRow === null) {
    context.problems.add(
      ["providers", name, "protocol"],
      `is for providers that speak chat completions or responses, and ${row.title} does not`,
      "Remove it",
    );
    return null;
  }
  const spread = spreadPlaces({ name, provider, row }, context.problems);
  const first = readWritten(spread[0], { name, row, adaptedRow }, context);
  const keys = findKeys(first, context);
  checkOwnKeys({ name, spread, row }, keys, context.problems);
  const all = spread.map((one, index) => {
    const written = index === 0 ? first : readWritten(one, { name, row, adaptedRow }, context);
    return rulesAt(one, { written, keys }, context);
  });
  const [lead] = all;
  const place = spread[0]?.place ?? null;
  if (lead === undefined || place === null) return lead ?? null;
  const places = { setting: place.setting, by: provider.by ?? null, providers: all };
  return { ...lead, name, keys, places };
};

interface RowsOf {
  readonly name: string;
  readonly row: ProviderRow;
  /** In the protocol that the operator chose. */
  readonly adaptedRow: ProviderRow;
}

const readWritten = (
  one: PlacedProvider | undefined,
  { name, row, adaptedRow }: RowsOf,
  context: CompileContext,
): Written => {
  const provider = one?.provider ?? {};
  const settings = readAccountSettings({ name, provider, row }, context);
  return { name, provider, row: placeRow(adaptedRow, settings), settings };
};

/** The provider at one of its places. `keys`: those of the first place. */
const rulesAt = (
  one: PlacedProvider,
  { written, keys }: { readonly written: Written; readonly keys: readonly Key[] },
  context: CompileContext,
): ProviderRules => {
  const { name, provider, row, settings } = written;
  const { headers = {} } = provider;
  const guardrail = guardrailOf(row, { name, provider }, context.problems);
  const models = modelsAt(provider.models ?? {}, one, row);
  const baseUrl = findBaseUrl(written, context.problems);
  const ownRow = rowAt(row, baseUrl, provider.second_protocols);
  return {
    name: one.place === null ? name : `${name}.${one.place.name}`,
    row: withModels({ ...ownRow, quirks: [...row.quirks, ...guardrail.quirks] }, models, {
      path: ["providers", name, "models"],
      ...context,
    }),
    ...(Object.keys(models).length === 0 ? {} : { models }),
    baseUrl,
    keys: keysAt(one, { keys, settings, row }),
    headers: {
      ...Object.fromEntries(Object.entries(headers).map(([header, value]) => [header.toLowerCase(), value])),
      ...guardrail.headers,
    },
    guarded: false,
    ...(provider.model_list === undefined ? {} : { modelList: false as const }),
  };
};

/** All providers of the file and of the environment. */
export const compileProviders = (file: ConfigFile, context: CompileContext): CompiledProviders => {
  const providerEntries = Object.entries(file.providers ?? {});
  const own = providerEntries
    .map(([name, provider]) => compileProvider(name, provider ?? {}, context))
    .filter((one) => one !== null);
  const detected = providersInEnvironment(
    context.catalog,
    context.environment,
    new Set(providerEntries.map(([name]) => name)),
  );
  const declared = new Map([...own, ...detected].map((provider) => [provider.name, provider]));
  const lacks = ({ keys, row }: ProviderRules): boolean => keys.length === 0 && row.keyVariables.length > 0;
  const keyless = new Map(own.filter(lacks).map(({ name, row }) => [name, row.keyVariables]));
  for (const [name, row] of context.catalog) {
    if (!declared.has(name) && row.keyVariables.length > 0) keyless.set(name, row.keyVariables);
  }
  return { declared, keyless, usable: new Map([...declared].filter(([name]) => !keyless.has(name))) };
};
