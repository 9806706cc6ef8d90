// Gemini Live: a WebSocket whose first message, `setup`, names the model. Source: ai.google.dev/api/live, and the official
// SDK (`live.connect`), which sends its key in the query.
import type { Usage } from "../../../core/chat.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { PassedPlace, UpgradeHead } from "../../../core/passthrough.ts";
import type { Opening, SessionForm } from "../../../core/session.ts";
import type { SessionClose } from "../../../core/transport.ts";
import { judged } from "../../shared/error-answer.ts";
import { readErrorText } from "../../shared/error-body.ts";
import { isObject, membersOf, stringOr } from "../../shared/read.ts";
import { decodeUsage, tokensOf } from "../response/usage.ts";
import { resourceOf } from "./resource.ts";

const pattern =
  /^\/{1,2}(ws\/google\.ai\.generativelanguage\.v1(?:alpha|beta)?\.GenerativeService\.BidiGenerateContent)$/u;

function withModel(message: JsonObject, model: string): JsonObject | null {
  const { setup } = message;
  return isObject(setup) ? { ...message, setup: { ...setup, model: resourceOf(model) } } : null;
}

/** The vendor tells its refusals in the reason of its close: 1007 and 1008 for a request, 1011 also for a quota. */
function closed({ code, reason }: SessionClose): WireFailure | null {
  const about = judged(readErrorText(reason === "" ? " " : reason));
  const message = `the vendor closed the session with ${code}${reason === "" ? "" : `: ${about.message}`}`;
  const words = reason.toLowerCase();
  if (/quota|resource.exhausted/u.test(words)) return { ...about, verdict: "rate_limited", message };
  if (/api key/u.test(words)) return { ...about, verdict: "bad_key", message };
  if (/model.{0,80}(?:not found|not supported)/u.test(words)) return { ...about, verdict: "unknown_model", message };
  return { ...about, verdict: code >= 1011 && code <= 1014 ? "server_error" : "bad_request", message };
}

function usage(message: JsonObject): Usage | null {
  const metadata = membersOf(message["usageMetadata"]);
  // Live counts the answer under a name of its own.
  const counted = decodeUsage({ ...metadata, candidatesTokenCount: metadata["responseTokenCount"] ?? null });
  if (counted === null) return null;
  const audio = {
    input: tokensOf(metadata["promptTokensDetails"], "AUDIO"),
    output: tokensOf(metadata["responseTokensDetails"], "AUDIO"),
    cacheRead: tokensOf(metadata["cacheTokensDetails"], "AUDIO"),
  };
  return audio.input + audio.output > 0 ? { ...counted, audio } : counted;
}

const live: SessionForm = {
  modelIn: "first-message",
  modelOf: (first) => stringOr(membersOf(first["setup"])["model"], "").replace(/^models\//u, ""),
  withModel,
  opening: (message): Opening => (message["setupComplete"] === undefined ? "wait" : "open"),
  usageMark: '"usageMetadata"',
  usage,
  // Its clients read no error from a message: the close's reason tells it.
  error: () => null,
  closed,
  readHead: (head) => head,
};

export function sessionAt({ path }: UpgradeHead): PassedPlace | null {
  // The SDK's address ends in a slash, to which it adds another one.
  const rest = pattern.exec(path)?.[1];
  if (rest === undefined) return null;
  return { path: () => `/${rest}`, model: null, ids: [], isComputed: true, session: live, isUnversioned: true };
}
