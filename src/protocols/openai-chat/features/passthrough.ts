// OpenAI's services beside chat: images, audio, files, batches, stored answers and all others under /v1, also of the many
// hosts that copied them. Paths and ids as in OpenAI's API reference; `score` and `classify` as in vLLM's.
import type { Json } from "../../../core/json.ts";
import type { PassedFacts, PassedHead, PassedOperation, PassedPlace, Passthrough } from "../../../core/passthrough.ts";
import { inBandFailure } from "../../shared/error-answer.ts";
import { isObject } from "../../shared/read.ts";
import { pathSegments, storedIds } from "../../shared/path-segments.ts";
import { EDITS } from "./images.ts";
import { readServiceUsage } from "./service-usage.ts";
import { INTO_ENGLISH } from "./transcriptions.ts";
import { sessionAt } from "./session.ts";

/** A model answers these, and the vendor keeps nothing. */
const computed =
  /^\/(?:images\/(?:generations|edits|variations)|audio\/(?:speech|transcriptions|translations)|moderations|score|classify|tokenize|detokenize)$/u;
/** Those of them that have a neutral form. */
const operations: Readonly<Record<string, PassedOperation>> = {
  "/images/generations": { name: "image-generation", variant: null },
  "/images/edits": { name: "image-generation", variant: EDITS },
  "/audio/speech": { name: "speech", variant: null },
  "/audio/transcriptions": { name: "transcription", variant: null },
  "/audio/translations": { name: "transcription", variant: INTO_ENGLISH },
};
/** Known without the version in the path: some base URLs come without it. */
const services =
  /^\/(?:images|audio|videos|files|uploads|batches|moderations|score|classify|fine_tuning|vector_stores|containers|conversations|evals|graders|assistants|threads|realtime|responses\/[^/]|chat\/completions)(?:\/|$)/u;
/** The gateway answers these itself. */
const own = /^\/models(?:\/|$)/u;
/** WebSockets only. */
const sessions = /^\/realtime(?:\/translations)?$/u;

/** The paths of its calls: with another method there is nothing, except for the list of stored answers. */
const calls = /^\/(?:chat\/completions|embeddings|rerank)$/u;

function at({ method, path }: PassedHead): PassedPlace | null {
  const [, version = "", rest = ""] = /^(\/v1(?=\/))?(\/.+)$/u.exec(path) ?? [];
  if (rest === "" || own.test(rest) || (version === "" && !services.test(rest))) return null;
  if (method === "GET" && sessions.test(rest)) return null;
  if (calls.test(rest) && !(rest === "/chat/completions" && method === "GET")) return null;
  return {
    path: () => rest,
    model: null,
    ids: pathSegments(rest).slice(1),
    isComputed: method === "POST" && computed.test(rest),
    operation: method === "POST" ? operations[rest] : undefined,
  };
}

function read(body: Json): PassedFacts {
  if (!isObject(body)) return { ids: [], usage: null };
  return { ids: storedIds(body, "id"), usage: readServiceUsage(body["usage"]), failure: inBandFailure(body) };
}

export const passthrough: Passthrough = { at, sessionAt, read };
