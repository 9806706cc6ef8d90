// Faults that are a whole reply (an error status, a redirect, a page), and those that the dialect must build into its
// answer.
import { asRecord } from "../json-record.ts";
import type { AnswerWish, Dialect, ErrorWish, Reply, VendorRequest, World } from "../vocabulary.ts";
import { foreignErrorReply } from "./foreign-errors.ts";
import type { FaultScript } from "./fault-script.ts";

/** What the fault wants from the answer's content. */
export function wishFor(script: FaultScript | undefined): AnswerWish {
  switch (script?.fault) {
    case "empty-text":
      return { emptyText: true };
    case "policy-block":
      return { policyBlock: true };
    case "finish-reason":
      return script.reason === undefined ? {} : { finishReason: script.reason };
    case "pause":
      return { pauses: script.times ?? 1 };
    case "tool-arguments-cut":
      return { cutArguments: true };
    case "interleaved-tool-calls":
      return { twoCalls: true };
    default:
      return {};
  }
}

/** The same request for a whole answer if it is for a stream, and the other way round. */
export function inOtherForm(request: VendorRequest): VendorRequest {
  const { path, body } = request;
  if (path.endsWith(":generateContent")) {
    const query = new URLSearchParams([...request.query, ["alt", "sse"]]);
    return { ...request, path: path.replace(/:generateContent$/u, ":streamGenerateContent"), query };
  }
  if (path.endsWith(":streamGenerateContent"))
    return { ...request, path: path.replace(/:streamGenerateContent$/u, ":generateContent") };
  const { stream_options: _, ...members } = asRecord(body) ?? {};
  return { ...request, body: { ...members, stream: members["stream"] !== true } };
}

/** The error in a script, with a default status. */
export function errorWishFor(script: FaultScript, usualStatus: number): ErrorWish {
  return { ...script, status: script.status ?? usualStatus };
}

export interface ReplyFaultContext {
  readonly dialect: Dialect;
  readonly request: VendorRequest;
  readonly world: World;
}

/** The reply that replaces the answer; undefined if the vendor answers. */
export function replacementFor(script: FaultScript, context: ReplyFaultContext): Reply | undefined {
  const { dialect, request, world } = context;
  switch (script.fault) {
    case "status":
    case "flapping":
      return dialect.rejection(errorWishFor(script, 503), request, world);
    case "error-rate":
      return dialect.rejection(errorWishFor(script, 500), request, world);
    case "error-body-200": {
      const foreign = foreignErrorReply(script);
      if (foreign !== undefined) return foreign;
      const rejection = dialect.rejection(errorWishFor(script, 503), request, world);
      return { ...rejection, head: { ...rejection.head, status: 200 } };
    }
    case "html-200":
      return page(200, "<html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>\n");
    case "redirect": {
      const location = script.location ?? `${request.path}?moved=1`;
      const reply = page(script.status ?? 307, "<html><body>Temporary Redirect</body></html>\n");
      return { ...reply, head: { ...reply.head, headers: [...reply.head.headers, ["location", location]] } };
    }
    default:
      return undefined;
  }
}

function page(status: number, body: string): Extract<Reply, { kind: "document" }> {
  return {
    kind: "document",
    tokens: 0,
    body,
    head: { status, headers: [["content-type", "text/html; charset=utf-8"]] },
  };
}
