// The setting that a failure is about, at the end of its message: the operator must not guess from a cloud's words, or from a
// certificate, which line to mend.
import type { WireFailure } from "../core/failure.ts";
import type { ProviderRules } from "../core/rules.ts";

/** Node's codes for certificates (nodejs.org/api/tls.html, "X509 certificate error codes"). */
const ofCertificates =
  /^(?:CERT_|ERR_TLS_CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)|HOSTNAME_MISMATCH)/u;

export function withRemedy(failure: WireFailure, provider: ProviderRules): WireFailure {
  const setting = settingFor(failure, provider);
  return setting === null
    ? failure
    : { ...failure, message: `${failure.message} (check ${setting} of ${provider.name})` };
}

function settingFor({ verdict, message, code }: WireFailure, { row, baseUrl }: ProviderRules): string | null {
  const fit = row.account?.remedies?.find(
    (one) => one.verdict === verdict && (one.words === undefined || one.words.test(`${code ?? ""} ${message}`)),
  );
  if (fit !== undefined) return fit.setting;
  // The vendor's own address is not the operator's mistake.
  const isOwnAddress = baseUrl !== row.baseUrl;
  return isOwnAddress && verdict === "unreachable" && ofCertificates.test(code ?? "") ? "base_url" : null;
}
