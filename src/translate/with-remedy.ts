// The setting that a cloud's refusal is about, at the end of its message: the operator must not guess from a cloud's words which
// line to mend.
import type { WireFailure } from "../core/failure.ts";
import type { ProviderRules } from "../core/rules.ts";

export function withRemedy(failure: WireFailure, { name, row }: ProviderRules): WireFailure {
  const { verdict, message, code } = failure;
  const fit = row.account?.remedies?.find(
    (one) => one.verdict === verdict && (one.words === undefined || one.words.test(`${code ?? ""} ${message}`)),
  );
  return fit === undefined ? failure : { ...failure, message: `${message} (check ${fit.setting} of ${name})` };
}
