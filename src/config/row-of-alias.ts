// A provider's name as an operator or a client writes it -> the name of a row: other gateways have other names for the same
// vendors. Pure. It never guesses: a name that is not listed stays as it is.
import type { ProviderLookup, ProviderNames } from "../core/provider-names.ts";

const listedForm = (name: string): string => name.toLowerCase().replaceAll(/[_. ]/g, "-");

/** The row of this further name, or of its own in another spelling (`ollama_cloud`); null if it is none. */
export const rowOfAlias = (name: string, names: ProviderNames | undefined): string | null => {
  const form = listedForm(name);
  return names?.aliases.get(form) ?? (names?.rows.has(form) === true ? form : null);
};

/** What to write for a vendor without a row; null if the name is not known. */
export const remedyFor = (name: string, names: ProviderNames | undefined): string | null =>
  names?.absent.get(listedForm(name)) ?? null;

/** Both, for code that has no list. */
export const lookupIn = (names: ProviderNames | undefined): ProviderLookup => ({
  rowOf: (name) => rowOfAlias(name, names),
  remedyFor: (name) => remedyFor(name, names),
});

/** What to tell an operator who wrote the further name of a row. */
export const hintFor = (written: string, row: string): readonly [message: string, hint: string] => [
  `${JSON.stringify(written.slice(0, 64))} is another name of ${row}`,
  `It works; this gateway's name is ${row}`,
];
