// Maps the errors of sockets and of the HTTP client to the engine's own codes, so that no library's codes spread.
import { TransportFailure, type WireBreak } from "../core/transport.ts";

/** Codes with a message of ours; all others (`ECONNREFUSED`, `ENOTFOUND`, `ERR_TLS…`) are passed on. */
const words: Readonly<Record<string, readonly [code: string, message: string]>> = {
  UND_ERR_SOCKET: ["closed", "the other side closed the connection"],
  UND_ERR_CONNECT_TIMEOUT: ["ETIMEDOUT", "timed out while connecting"],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ["cut", "the answer is shorter or longer than its content-length"],
  UND_ERR_HEADERS_OVERFLOW: ["head-too-large", "the answer's headers are larger than 64 KiB"],
  // The client checks what it reads; a vendor's bytes made it fail.
  ERR_ASSERTION: ["bad-http", "the answer is not HTTP"],
  UND_ERR_DESTROYED: ["stopped", "the gateway is shutting down"],
  UND_ERR_CLOSED: ["stopped", "the gateway is shutting down"],
  UND_ERR_INVALID_ARG: ["bad-request", ""],
};

/** Ends of a connection that the other side may have started before it saw the request. */
const CLOSED = new Set(["closed", "ECONNRESET", "EPIPE"]);

export interface BreakFacts {
  readonly phase: WireBreak["phase"];
  /** The connection was idle after an earlier request, and closed at once without a byte of an answer. */
  readonly stale: boolean;
  /** The last status below 200, if no other came; null: none. */
  readonly informational: number | null;
}

export function describeWireBreak(error: unknown, facts: BreakFacts): TransportFailure {
  if (error instanceof TransportFailure) return error;
  const cause = rootCause(error);
  // Before the head is read, the two lengths are a length and chunks (RFC 9112, section 6.1).
  if (facts.phase === "sent" && cause.code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") {
    const words = "the answer is not HTTP: it has a content-length and a transfer-encoding";
    return new TransportFailure({ phase: "sent", code: "bad-http", message: words }, error);
  }
  const [code, message] = words[cause.code] ?? [cause.code, ""];
  if (facts.informational !== null && CLOSED.has(code)) {
    const words = `the answer is not HTTP: its only status was ${facts.informational}, which ends nothing`;
    return new TransportFailure({ phase: facts.phase, code: "bad-http", message: words }, error);
  }
  if (facts.stale && CLOSED.has(code)) {
    return new TransportFailure(
      {
        phase: facts.phase,
        code: "stale-connection",
        message: "the other side closed a kept-alive connection while the request was being sent",
      },
      error,
    );
  }
  return new TransportFailure({ phase: facts.phase, code, message: message === "" ? cause.message : message }, error);
}

function rootCause(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: "unknown", message: String(error) };
  if (error.name === "HTTPParserError") return describeParserError(error.message);
  // The client closes the connection itself, at a status that has no place there.
  if (error.message === "bad response" || error.message === "bad upgrade")
    return {
      code: "bad-http",
      message: "the answer is not HTTP: it switches protocols, or continues what has not begun",
    };
  const code = "code" in error && typeof error.code === "string" ? error.code : null;
  if (error instanceof AggregateError) {
    // Every address of a name was tried.
    const causes = error.errors.map(rootCause);
    return {
      code: code ?? causes[0]?.code ?? error.name,
      message: causes.map((cause) => cause.message).join("; ") || error.message,
    };
  }
  if (code === null && error.cause instanceof Error) return rootCause(error.cause);
  return { code: code ?? error.name, message: error.message };
}

/** The parser's errors have no code, only a reason in brackets. */
function describeParserError(text: string): { code: string; message: string } {
  const reason = /\(([^)]*)\)$/u.exec(text)?.[1] ?? text;
  return reason === "Invalid EOF state"
    ? { code: "cut", message: "the answer broke off" }
    : { code: "bad-http", message: `the answer is not HTTP: ${reason}` };
}
