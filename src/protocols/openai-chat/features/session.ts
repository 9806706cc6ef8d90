// OpenAI's WebSockets: realtime conversations and transcriptions, and Responses as a connection. Source: the realtime guide
// and the events' reference, and the official SDK (`realtime/ws`, `resources/responses/ws`).
import type { Usage } from "../../../core/chat.ts";
import type { GatewayFailure, WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import type { PassedPlace, UpgradeHead } from "../../../core/passthrough.ts";
import type { Opening, SessionForm, SessionHead } from "../../../core/session.ts";
import type { SessionClose } from "../../../core/transport.ts";
import { inBandFailure, judged } from "../../shared/error-answer.ts";
import { encodeFailure } from "../../shared/error-encode.ts";
import { readErrorText } from "../../shared/error-body.ts";
import { isObject, membersOf, numberOr, stringOr } from "../../shared/read.ts";
import { headerInQuery, headersInSubprotocols } from "../../shared/headers-in-subprotocols.ts";

/** Also as Azure's clients write them. */
const paths = /^(?:\/openai)?(?:\/v1)?(\/realtime|\/realtime\/translations|\/responses)$/u;

/** Never forwarded: keys, and what the target's own address says. */
const ownParameters: ReadonlySet<string> = new Set([
  "model",
  "key",
  "api-key",
  "authorization",
  "access_token",
  "deployment",
  "api-version",
]);

/** `openai-insecure-api-key.KEY` and the account, from web pages; `?api-key=` is Azure's. */
function readHead(head: SessionHead): SessionHead {
  const moved = headersInSubprotocols(head, [
    ["openai-insecure-api-key.", "api-key"],
    ["openai-organization.", "openai-organization"],
    ["openai-project.", "openai-project"],
  ]);
  return headerInQuery(moved, "api-key", "api-key");
}

function error(failure: GatewayFailure, requestId: string): JsonObject {
  const { error: body, ...rest } = encodeFailure(failure, requestId);
  return { type: "error", event_id: `event_${requestId}`, status: failure.status, error: body ?? null, ...rest };
}

/**
 * 1011 and its neighbours are the server's own trouble (RFC 6455, IANA's list). Others are about this session's messages;
 * their reason may be an error in words.
 */
function closed({ code, reason }: SessionClose): WireFailure | null {
  const about = judged(readErrorText(reason === "" ? " " : reason));
  const message = `the vendor closed the session with ${code}${reason === "" ? "" : `: ${about.message}`}`;
  if (code === 1013) return { ...about, verdict: "overloaded", message };
  if (code === 1011 || code === 1012 || code === 1014) return { ...about, verdict: "server_error", message };
  return { ...about, verdict: about.verdict === "server_error" ? "bad_request" : about.verdict, message };
}

/** The count of one answer: `response.done` of realtime, and the last event of Responses. */
function usage(message: JsonObject): Usage | null {
  const { type } = message;
  if (typeof type !== "string" || !/^response\.(?:done|completed|incomplete|failed)$/u.test(type)) return null;
  return readUsage(membersOf(message["response"])["usage"]);
}

function readUsage(value: Json | undefined): Usage | null {
  if (!isObject(value)) return null;
  const input = numberOr(value["input_tokens"], null);
  const output = numberOr(value["output_tokens"], null);
  if (input === null && output === null) return null;
  const inputDetails = membersOf(value["input_token_details"] ?? value["input_tokens_details"]);
  const outputDetails = membersOf(value["output_token_details"] ?? value["output_tokens_details"]);
  const audio = {
    input: numberOr(inputDetails["audio_tokens"], 0),
    output: numberOr(outputDetails["audio_tokens"], 0),
    cacheRead: numberOr(membersOf(inputDetails["cached_tokens_details"])["audio_tokens"], 0),
  };
  return {
    input,
    output,
    cacheRead: numberOr(inputDetails["cached_tokens"], null),
    cacheWrite: null,
    reasoning: numberOr(outputDetails["reasoning_tokens"], null),
    ...(audio.input + audio.output > 0 ? { audio } : {}),
  };
}

const shared = { readHead, error, closed, usage, usageMark: '"usage"' } as const;

/** `session.update` names the model again, which the vendor refuses to change. */
function withModel(message: JsonObject, model: string): JsonObject | null {
  const own: JsonObject | null = message["model"] === undefined ? null : { ...message, model };
  const session = message["session"];
  if (!isObject(session) || session["model"] === undefined) return own;
  return { ...(own ?? message), session: { ...session, model } };
}

const realtime: SessionForm = {
  ...shared,
  modelIn: "query",
  modelOf: () => "",
  withModel,
  /** `session.created` comes first, or an error. */
  opening: (message) => (message["type"] === "error" ? failureIn(message) : "open"),
};

/** Each `response.create` names a model, so the first one decides. */
const responses: SessionForm = {
  ...shared,
  modelIn: "first-message",
  modelOf: (first) => stringOr(first["model"], ""),
  withModel,
  opening(message): Opening {
    const type = stringOr(message["type"], "");
    if (type === "error") return failureIn(message);
    if (type === "response.failed") return failureIn(membersOf(message["response"]));
    // Nothing of the answer yet: another target may still give it.
    return /^response\.(?:created|queued|in_progress)$/u.test(type) ? "wait" : "open";
  },
};

function failureIn(message: JsonObject): WireFailure {
  return inBandFailure(message, "error") ?? judged(readErrorText(" "));
}

/** The place of a WebSocket at this path; null: there is none. */
export function sessionAt({ path, query }: UpgradeHead): PassedPlace | null {
  const rest = paths.exec(path)?.[1];
  if (rest === undefined) return null;
  const session = rest === "/responses" ? responses : realtime;
  const parameters = new URLSearchParams(query);
  const callId = parameters.get("call_id");
  const model = parameters.get("model") ?? parameters.get("deployment") ?? "";
  const others = [...parameters].filter(([name]) => !ownParameters.has(name.toLowerCase()));
  return {
    path(name) {
      const own = session.modelIn === "query" && name !== "" ? [["model", name]] : [];
      const text = new URLSearchParams([...own, ...others]).toString();
      return text === "" ? rest : `${rest}?${text}`;
    },
    model: session.modelIn === "query" && model !== "" ? model : null,
    ids: callId === null ? [] : [callId],
    isComputed: true,
    session,
  };
}
