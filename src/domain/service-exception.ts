// AWS's exceptions: a name in the header `x-amzn-errortype`, in `__type` of a body, or in a frame of a stream. The name says
// more than the status, whatever protocol the model is asked in. Source: "Common errors" and each operation's errors in
// docs.aws.amazon.com/bedrock/latest/APIReference.
import type { WireFailure } from "../core/failure.ts";
import type { FailureVerdict } from "../core/verdict.ts";

/** Verdicts of names in lower case, without `Exception` at their end. */
const verdicts: ReadonlyMap<string, FailureVerdict> = new Map<string, FailureVerdict>([
  ["throttling", "rate_limited"],
  ["throttled", "rate_limited"],
  ["toomanyrequests", "rate_limited"],
  ["servicequotaexceeded", "quota_exhausted"],
  ["modelnotready", "overloaded"],
  ["serviceunavailable", "overloaded"],
  ["internalserver", "server_error"],
  ["internalfailure", "server_error"],
  ["modelerror", "server_error"],
  ["modelstreamerror", "server_error"],
  ["modeltimeout", "server_error"],
  ["accessdenied", "forbidden"],
  ["optinrequired", "forbidden"],
  ["notauthorized", "forbidden"],
  ["unrecognizedclient", "bad_key"],
  ["invalidsignature", "bad_key"],
  ["signaturedoesnotmatch", "bad_key"],
  ["incompletesignature", "bad_key"],
  ["missingauthenticationtoken", "bad_key"],
  ["invalidclienttokenid", "bad_key"],
  ["expiredtoken", "bad_key"],
  ["requesttimetooskewed", "bad_key"],
  ["requestexpired", "bad_key"],
  ["resourcenotfound", "unknown_model"],
]);

const tooLong = /input is too long|too many input tokens|prompt is too long|exceeds? (?:the )?(?:maximum )?context/iu;
const unknownModel = /model identifier is invalid|model id .{0,80}(?:invalid|not found)/iu;
/** The model or its account does not take the request; another one may. */
const lacking =
  /\b(?:is not|isn.t|does not|doesn.t|are not) support|on-demand throughput|extraneous key|not permitted|unsupported/iu;
const dailyLimit = /too many tokens per day|per day/iu;

/** `ThrottlingException:http://internal.amazon.com/…` is its name alone. */
export function serviceExceptionName(
  headers: Readonly<Record<string, string>>,
  body: { readonly __type?: unknown },
): string | null {
  const nameText = headers["x-amzn-errortype"] ?? body["__type"];
  if (typeof nameText !== "string") return null;
  return /([A-Za-z]+)(?::|$)/u.exec(nameText.slice(nameText.lastIndexOf("#") + 1))?.[1] ?? null;
}

/** The failure as the exception's name explains it. */
export function asServiceException(failure: WireFailure, name: string): WireFailure {
  const plain = name.replace(/Exception$/u, "").toLowerCase();
  return { ...failure, verdict: verdictOf(plain, failure), type: failure.type ?? name };
}

function verdictOf(plain: string, { message, verdict }: WireFailure): FailureVerdict {
  if (plain === "validation") return validationVerdict(message, verdict);
  // A key that is none has the same name as a key without a permission.
  if (plain === "accessdenied" && /authentication failed|security token|api key/iu.test(message)) return "bad_key";
  if (verdict === "context_too_long" || verdict === "policy_blocked") return verdict;
  if (plain === "throttling" && dailyLimit.test(message)) return "quota_exhausted";
  return verdicts.get(plain) ?? verdict;
}

function validationVerdict(message: string, verdict: FailureVerdict): FailureVerdict {
  if (tooLong.test(message)) return "context_too_long";
  if (unknownModel.test(message)) return "unknown_model";
  return verdict === "bad_request" && lacking.test(message) ? "unsupported" : verdict;
}
