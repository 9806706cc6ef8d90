// OpenAI's services beside chat: images, audio, files, batches, stored answers and all others under /v1, also of the many
// hosts that copied them. Paths and ids as in OpenAI's API reference; `rerank` and `score` as in Jina's and vLLM's.
import type { Usage } from "../../../core/chat.ts";
import type { Json } from "../../../core/json.ts";
import type { PassedFacts, PassedHead, PassedPlace, Passthrough } from "../../../core/passthrough.ts";
import { isObject, numberOr } from "../../shared/read.ts";
import { pathSegments, storedIds } from "../../shared/path-segments.ts";
import { readUsage } from "../response/usage.ts";

/** A model answers these, and the vendor keeps nothing. */
const computed =
  /^\/(?:images\/(?:generations|edits|variations)|audio\/(?:speech|transcriptions|translations)|moderations|rerank|score|classify|tokenize|detokenize)$/u;
/** Known without the version in the path: some base URLs come without it. */
const services =
  /^\/(?:images|audio|videos|files|uploads|batches|moderations|rerank|score|classify|fine_tuning|vector_stores|containers|conversations|evals|graders|assistants|threads|realtime|responses\/[^/]|chat\/completions)(?:\/|$)/u;
/** The gateway answers these itself. */
const own = /^\/models(?:\/|$)/u;

/** The paths of its calls: with another method there is nothing, except for the list of stored answers. */
const calls = /^\/(?:chat\/completions|embeddings)$/u;

function at({ method, path }: PassedHead): PassedPlace | null {
  const [, version = "", rest = ""] = /^(\/v1(?=\/))?(\/.+)$/u.exec(path) ?? [];
  if (rest === "" || own.test(rest) || (version === "" && !services.test(rest))) return null;
  if (calls.test(rest) && !(rest === "/chat/completions" && method === "GET")) return null;
  return {
    path: () => rest,
    model: null,
    ids: pathSegments(rest).slice(1),
    isComputed: method === "POST" && computed.test(rest),
  };
}

function read(body: Json): PassedFacts {
  if (!isObject(body)) return { ids: [], usage: null };
  return { ids: storedIds(body, "id"), usage: usageIn(body["usage"]) };
}

/** Images and transcriptions count like Responses, the hosts' rerankers like Chat Completions. */
function usageIn(usage: Json | undefined): Usage | null {
  if (!isObject(usage)) return null;
  const [input, output] = [numberOr(usage["input_tokens"], null), numberOr(usage["output_tokens"], null)];
  if (input === null && output === null) return readUsage(usage);
  return { input, output, cacheRead: null, cacheWrite: null, reasoning: null };
}

export const passthrough: Passthrough = { at, read };
