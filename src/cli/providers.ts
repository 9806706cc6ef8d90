// `understudy providers [NAME]`: every provider that is known by name, with what is configured here. It asks nobody, and
// never prints a key.
import type { LoadedRules } from "../config/compile.ts";
import { accountSettingNames } from "../core/account.ts";
import type { ProviderRow } from "../core/provider.ts";
import type { ProviderRules } from "../core/rules.ts";
import { didYouMean } from "../domain/nearest-names.ts";
import { catalog } from "../providers/catalog.ts";
import { remedyFor, rowOfAlias } from "../config/row-of-alias.ts";
import { aliases, providerNames } from "../providers/provider-names.ts";
import { openRules, printWarnings } from "./rules.ts";
import type { Command } from "./terminal.ts";
import { readWords } from "./words.ts";

interface ListedProvider {
  readonly name: string;
  readonly title: string;
  /** Null: it depends on an account or a host. */
  readonly base_url: string | null;
  /** The variables that usually hold its key. */
  readonly key_variables: readonly string[];
  /** Settings of an account, with their usual variables. */
  readonly settings: Readonly<Record<string, readonly string[]>>;
  /** It also takes credentials that are no API key. */
  readonly credentials: boolean;
  readonly protocols: readonly string[];
  readonly aliases: readonly string[];
  /** Its targets can be asked. */
  readonly configured: boolean;
  /** Masked, with their sources. */
  readonly keys: readonly string[];
}

/** The operator's own first, then the catalogue's. */
function listProviders(rules: LoadedRules): readonly ListedProvider[] {
  const own = [...rules.declared.values()].filter(({ name }) => !catalog.has(name));
  return [
    ...own.map((provider) => describeProvider(provider.name, provider.row, rules)),
    ...[...catalog].map(([name, row]) => describeProvider(name, row, rules)),
  ];
}

function describeProvider(name: string, row: ProviderRow, rules: LoadedRules): ListedProvider {
  const provider: ProviderRules | undefined = rules.declared.get(name);
  const settings = accountSettingNames.flatMap((setting) => {
    const rule = row.account?.settings[setting];
    return rule === undefined ? [] : [[setting, rule.variables] as const];
  });
  return {
    name,
    title: row.name === name ? row.title : `${row.title}, by ${row.name}`,
    base_url: provider?.baseUrl ?? row.baseUrl,
    key_variables: row.keyVariables,
    settings: Object.fromEntries(settings),
    credentials: row.account?.openCredential !== undefined,
    protocols: [...new Set([row.protocol, ...Object.keys(row.alsoTakes ?? {})])],
    aliases: [...aliases].filter(([, target]) => target === name).map(([alias]) => alias),
    configured: rules.providers.has(name),
    keys: (provider?.keys ?? []).map(({ label, source }) => `${label} (${source})`),
  };
}

/** What to set, or what is set. */
function stateOf(one: ListedProvider): string {
  const { configured, keys, key_variables: variables, base_url: url, settings } = one;
  if (configured) return keys.length === 0 ? "configured, without a key" : `configured: ${keys.join(", ")}`;
  const key = variables.length === 0 ? [] : [variables[0]];
  const names = Object.keys(settings);
  const address = names.length === 0 ? "base_url" : names.slice(0, 1).join("");
  const missing = [...(url === null ? [address] : []), ...key];
  const more = one.credentials ? ", or credentials" : "";
  return missing.length === 0 ? "needs no key: a route may name it" : `set ${missing.join(" and ")}${more}`;
}

function tableLines(list: readonly ListedProvider[]): readonly string[] {
  const rows = list.map(
    (one) => [one.name, one.title, one.base_url ?? "(of an account or host)", stateOf(one)] as const,
  );
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function detailLines(one: ListedProvider): readonly string[] {
  const settings = Object.entries(one.settings).map(([name, variables]) => `${name} (${variables.join(", ")})`);
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["address", [one.base_url ?? "of an account or host: set base_url, or the settings"]],
    ["state", [stateOf(one)]],
    ["key variables", one.key_variables],
    ["settings", settings],
    ["protocols", one.protocols],
    ["also called", one.aliases],
  ];
  const filled = rows.filter(([, values]) => values.length > 0);
  return [`${one.name}: ${one.title}`, ...filled.map(([name, values]) => `  ${name.padEnd(14)}${values.join(", ")}`)];
}

export const providers: Command = {
  help: [
    "Usage: understudy providers [NAME] [--configured] [--json] [--config FILE]",
    "",
    "Lists every provider that is known by name: its address, and whether it is configured here.",
    "With a name: its key variables, settings, protocols and further names.",
    "",
    "  --configured   only those that can be asked with this configuration",
    "",
    "A provider that is not listed needs no code: any OpenAI-compatible server is",
    "  providers: { my-server: { kind: openai-compatible, base_url: https://my-server.example/v1 } }",
  ].join("\n"),

  run: async (list, terminal) => {
    const words = readWords(list, { values: ["config"], switches: ["json", "configured"], most: 1 });
    const { loaded } = await openRules(words, terminal);
    const all = listProviders(loaded.rules);
    const [name] = words.arguments;
    const isJson = words.flags["json"] === true;
    printWarnings(loaded, terminal);
    if (name !== undefined) {
      const own = all.find((provider) => provider.name === name);
      const alias = own === undefined ? rowOfAlias(name, providerNames) : null;
      const one = own ?? all.find((provider) => provider.name === alias);
      if (alias !== null) terminal.warn(`"${name}" is another name of ${alias}`);
      if (one === undefined) {
        const remedy = remedyFor(name, providerNames);
        const near = didYouMean(name, [...all.map((provider) => provider.name), ...aliases.keys()]);
        terminal.warn(`There is no provider "${name}". ${remedy ?? near ?? "Run understudy providers to list them"}`);
        return 1;
      }
      terminal.print(isJson ? JSON.stringify(one, null, 2) : detailLines(one).join("\n"));
      return 0;
    }
    const visible = words.flags["configured"] === true ? all.filter(({ configured }) => configured) : all;
    const count = all.filter(({ configured }) => configured).length;
    if (isJson) terminal.print(JSON.stringify(visible, null, 2));
    else {
      for (const line of tableLines(visible)) terminal.print(line);
      terminal.print(`${all.length} providers, ${count} configured here`);
    }
    return 0;
  },
};
