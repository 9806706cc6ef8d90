/**
 * What the gateway tells about an answer beside the answer: who was asked, what came of it, and who served it.
 * Pure functions from headers and errors to plain values, for either SDK; nothing here touches the network.
 */

/** One vendor that was asked. `status` is null where no HTTP answer came; `ms` is how long the attempt took. */
export interface Attempt {
  target: string;
  verdict: string;
  words: string;
  status: number | null;
  ms: number;
}

/** One vendor that was passed over, such as one that asked to be left alone for a while. */
export interface Skipped {
  target: string;
  reason: string;
}

/** Who answered (null: the gateway did not say), everyone who was asked on the way, in order, and who was not. */
export interface Service {
  servedBy: string | null;
  attempts: Attempt[];
  skipped: Skipped[];
}

/** A vendor broke off in mid-answer (`verdict`, in `words`), and another one goes on from there. */
export interface Takeover {
  by: string;
  after: string;
  verdict: string;
  words: string;
}

/** A failed answer, ready for a reader: `code` is the verdict, or the gateway's own code, `status` an HTTP status where there was one. */
export interface Failure {
  message: string;
  code: string;
  status: number | null;
  attempts: Attempt[];
  skipped: Skipped[];
}

const verdictsInWords: Readonly<Record<string, string>> = {
  ok: "answered",
  rate_limited: "rate limited",
  quota_exhausted: "out of quota",
  overloaded: "overloaded",
  server_error: "server error",
  unreachable: "could not be reached",
  no_response: "said nothing",
  slow_first_token: "too slow to begin",
  stalled: "fell silent",
  cut: "broke off",
  malformed: "sent garbage",
  empty: "sent an empty answer",
  invalid_output: "answered in the wrong shape",
  bad_key: "refused the key",
  forbidden: "not allowed",
  unknown_model: "does not know the model",
  context_too_long: "too little room for this chat",
  unsupported: "cannot serve this request",
  policy_blocked: "declined on policy",
  bad_request: "rejected the request",
  cancelled: "cancelled",
};

/** A verdict as a reader would say it; one that is not known here is still readable. */
export function sayVerdict(verdict: string): string {
  return verdictsInWords[verdict] ?? verdict.replaceAll("_", " ");
}

/** Reads `x-understudy-attempts`, such as `google/gemini-2.5-flash:overloaded:503:212, openai/gpt-4o:ok:200:640`. */
export function parseAttempts(header: string | null): Attempt[] {
  return (header ?? "").split(",").flatMap((entry) => {
    const fields = entry.trim().split(":");
    // From the right, because a model's name may hold colons of its own: `ollama/llama3.2:3b:ok:200:81`.
    const [ms, status, verdict] = [fields.pop(), fields.pop(), fields.pop()];
    const target = fields.join(":");
    return target && verdict ? [toAttempt({ target, verdict, status, ms })] : [];
  });
}

/** Reads `x-understudy-skipped`, such as `google/gemini-2.5-flash: circuit breaker open, …`. A reason may have commas too. */
export function parseSkipped(header: string | null): Skipped[] {
  return (header ?? "").split(/, (?=\S+: )/).flatMap((entry) => {
    const [, target, reason] = /^(\S+): (.+)$/.exec(entry) ?? [];
    return target && reason ? [{ target, reason }] : [];
  });
}

/** Who served an answer, from the headers that came with it. */
export function readService(headers: Headers): Service {
  return {
    servedBy: headers.get("x-understudy-target"),
    attempts: parseAttempts(headers.get("x-understudy-attempts")),
    skipped: parseSkipped(headers.get("x-understudy-skipped")),
  };
}

/** Reads a chunk's `understudy` member, with which the gateway says that another vendor goes on; null for all others. */
export function readTakeover(chunk: object): Takeover | null {
  const { continued_by: by, after, verdict } = asRecord((chunk as { understudy?: unknown }).understudy);
  if (typeof by !== "string" || typeof after !== "string" || typeof verdict !== "string") return null;
  return { by, after, verdict, words: sayVerdict(verdict) };
}

/**
 * Turns whatever an SDK threw into a failure that can be shown.
 * @param begun the answer's headers, when it had begun before it failed: the attempt that they call `ok` was not.
 */
export function readFailure(thrown: unknown, begun?: Headers): Failure {
  const error = asRecord(thrown);
  const body = asRecord(error.error);
  const detail = "error" in body ? asRecord(body.error) : body; // The OpenAI SDK unwraps the body, Portkey's does not.
  const code = detail.verdict ?? detail.code ?? error.code;
  const headers = begun ?? toHeaders(error.headers);
  const failure: Failure = {
    message: String(detail.message ?? error.message ?? thrown),
    code: typeof code === "string" ? code : begun ? "cut" : "failed",
    status: typeof error.status === "number" ? error.status : null,
    attempts: attemptsOf(detail.attempts ?? body.attempts, headers),
    skipped: parseSkipped(headers.get("x-understudy-skipped")),
  };
  const lost = explainLostConnection(thrown, begun);
  return markLastAttempt({ ...failure, ...lost });
}

function attemptsOf(listed: unknown, headers: Headers): Attempt[] {
  if (!Array.isArray(listed)) return parseAttempts(headers.get("x-understudy-attempts"));
  return listed.map((entry) => toAttempt(asRecord(entry)));
}

function toAttempt(fields: Record<string, unknown>): Attempt {
  // Null in the gateway's list is an attempt that has not ended.
  const verdict = typeof fields.verdict === "string" ? fields.verdict : "ok";
  return {
    target: String(fields.target),
    verdict,
    words: sayVerdict(verdict),
    status: Number(fields.status) || null,
    ms: Number(fields.ms) || 0,
  };
}

/** The SDK could not reach the gateway itself: a different thing from a vendor's failure, and the reader can mend it. */
function explainLostConnection(thrown: unknown, begun?: Headers): Partial<Failure> {
  const kind = thrown instanceof Error ? thrown.constructor.name : "";
  if (begun && kind === "TypeError") {
    return { code: "gateway_lost", message: "The connection to the gateway broke off in mid-answer." };
  }
  if (!kind.startsWith("APIConnection")) return {};
  const message = "The gateway does not answer. Start it with `npx understudy serve`, or set UNDERSTUDY_URL.";
  return { code: "gateway_unreachable", message, status: 502 };
}

function markLastAttempt(failure: Failure): Failure {
  const last = failure.attempts.at(-1);
  if (last?.verdict !== "ok") return failure;
  const verdict = failure.code in verdictsInWords && failure.code !== "ok" ? failure.code : "cut";
  return { ...failure, attempts: failure.attempts.with(-1, { ...last, verdict, words: sayVerdict(verdict) }) };
}

function toHeaders(value: unknown): Headers {
  return value instanceof Headers ? value : new Headers(asRecord(value) as Record<string, string>);
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
