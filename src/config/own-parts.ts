// What an operator adds to a provider of the file beyond its address: the header of its key and its quirks. A row without
// them passes through unchanged.
import type { ProviderParts } from "../core/provider-parts.ts";
import type { GuardrailParts, ProviderRow, Quirk } from "../core/provider.ts";
import { didYouMean } from "../domain/nearest-names.ts";
import type { ProviderConfig } from "./config-file.ts";
import type { ProblemList } from "./problem.ts";

/** Headers that the gateway sets itself, or that say how the connection is used. */
const RESERVED = /^(?:host|connection|keep-alive|transfer-encoding|te|trailer|upgrade|content-.*|accept|cookie)$/i;

interface OwnParts {
  readonly name: string;
  readonly provider: ProviderConfig;
  readonly parts: ProviderParts | undefined;
  readonly problems: ProblemList;
}

export const withOwnParts = (row: ProviderRow, own: OwnParts): ProviderRow => {
  const { auth, quirks } = own.provider;
  if (own.parts === undefined || (auth === undefined && quirks === undefined)) return row;
  return {
    ...row,
    auth: ownAuth(row, own, own.parts),
    quirks: [...row.quirks, ...ownQuirks(row, own, own.parts)],
  };
};

/** The operator's guardrail: in headers that no caller overrides, and in bodies. */
export const guardrailOf = (
  row: ProviderRow,
  { name, provider }: Pick<OwnParts, "name" | "provider">,
  problems: ProblemList,
): GuardrailParts => {
  const { guardrail } = provider;
  if (guardrail === undefined) return { headers: {}, quirks: [] };
  const parts = row.guardrail?.(guardrail);
  if (parts === undefined) problems.add(["providers", name, "guardrail"], `is no setting of ${row.title}`, "Remove it");
  return parts ?? { headers: {}, quirks: [] };
};

const ownAuth = (
  row: ProviderRow,
  { name, provider, problems }: OwnParts,
  parts: ProviderParts,
): ProviderRow["auth"] => {
  const { auth } = provider;
  if (auth === undefined) return row.auth;
  const path = ["providers", name, "auth"];
  if (row.account?.openCredential !== undefined) {
    problems.add(path, `is for providers with an API key, and ${row.title} signs in its own way`, "Remove it");
    return row.auth;
  }
  const header = auth.header.trim().toLowerCase();
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(header)) problems.add([...path, "header"], "is not a valid header name");
  else if (RESERVED.test(header))
    problems.add([...path, "header"], "is set by the gateway itself", "For example x-api-key");
  const scheme = auth.scheme?.trim() ?? null;
  if (scheme !== null && !/^[A-Za-z][\w-]*$/.test(scheme))
    problems.add([...path, "scheme"], "must be a word such as Bearer or Token");
  return parts.keyHeader(header, scheme);
};

const ownQuirks = (
  row: ProviderRow,
  { name, provider, problems }: OwnParts,
  parts: ProviderParts,
): readonly Quirk[] => {
  const path = ["providers", name, "quirks"];
  const { quirks = [] } = provider;
  return quirks.flatMap((written, index) => {
    const quirk = parts.quirks.get(written);
    if (quirk === undefined) {
      const names = [...parts.quirks.keys()];
      problems.add([...path, index], "unknown quirk", didYouMean(written, names) ?? `Known: ${names.join(", ")}`);
      return [];
    }
    if (quirk.protocol !== row.protocol)
      problems.add([...path, index], `is for another protocol than that of ${row.title}`, "Remove it");
    return row.quirks.some((own) => own.name === quirk.name) ? [] : [quirk];
  });
};
