// Embeddings at one target: the caller's bytes if both sides speak the same protocol, otherwise the neutral request in
// the target's protocol. No vendor's quirks apply: they are for conversations. Learned limits apply.
import type { Answer, Asking } from "../core/exchange.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { parseBody } from "../domain/parse-body.ts";
import type { Protocol } from "../core/protocol.ts";
import { writeJson } from "../domain/write-json.ts";
import { plainFailure } from "./failures.ts";
import { modelOf } from "../domain/model-of.ts";
import { rawMembers } from "./raw-members.ts";
import { meeting, mend, note, refuseDrops, setsMembers } from "./mend.ts";
import type { RequestBody } from "./request-body.ts";
import { spliceFields } from "./splice.ts";

export interface EmbeddingsParts {
  /** The caller's codec and the target's. */
  readonly inner: Protocol;
  readonly outer: Protocol;
  /** The model's name at the vendor. */
  readonly model: string;
}

/**
 * Throws GatewayFailure: `unsupported` if this target cannot serve the request, `bad_request` if it must be parsed and
 * cannot be.
 */
export function embeddingsBody(asking: Asking, { inner, outer, model }: EmbeddingsParts): RequestBody {
  const { call, target, attempt, exchange } = asking;
  const client = inner.operations.embeddings?.client;
  if (client === undefined || call.embeddings === undefined) throw new Error(`no embeddings for ${inner.name}`);
  const batch = call.batch === true;
  const changes = client.place(target.params, model, rawMembers(call, {}));
  if (inner.name === outer.name) {
    const native = nativeBody(asking, changes, model);
    refuseDrops(exchange.request.headers, attempt, model);
    return { ...native, raw: true, path: client.path(model, batch) };
  }
  if (outer.operations.embeddings === undefined)
    throw new GatewayFailure(`the vendor of ${model} has no embeddings API`, { code: "unsupported", status: 400 });
  let request = call.embeddings();
  if (setsMembers(target.params)) {
    const body: JsonObject = { ...parseBody(call.body), ...changes };
    request = client.decodeRequest(body, batch);
  }
  const encoded = outer.operations.embeddings.encodeRequest(request, model);
  const mended = mend(encoded.body, asking.lesson?.quirks ?? [], model);
  note(attempt, [...encoded.dropped, ...mended.dropped], [...encoded.adapted, ...mended.adapted]);
  refuseDrops(exchange.request.headers, attempt, model);
  return { body: writeJson(mended.body), raw: false, own: false, path: encoded.path };
}

/** The caller's bytes, without what the target refused before. */
function nativeBody(
  { call, target, attempt, lesson }: Asking,
  changes: JsonObject,
  model: string,
): Pick<RequestBody, "body" | "own"> {
  const quirks = meeting(lesson?.quirks ?? [], rawMembers(call, changes), model);
  if (quirks.length > 0) {
    const changedBody: JsonObject = { ...parseBody(call.body), ...changes };
    const mended = mend(changedBody, quirks, model);
    note(attempt, mended.dropped, mended.adapted);
    if (mended.body !== changedBody) return { body: writeJson(mended.body), own: false };
  }
  return { body: spliceFields(call.body, call.fields, changes), own: !setsMembers(target.params) };
}

export interface ReceivedEmbeddings {
  readonly asking: Asking;
  /** The target's. */
  readonly protocol: Protocol;
  readonly response: { readonly status: number; readonly headers: Readonly<Record<string, string>> };
  /** The answer's bytes can be passed on. */
  readonly raw: boolean;
  readonly bytes: Uint8Array;
}

/** Vectors belong to texts by position, so an answer needs as many vectors as there were texts. */
export function readEmbeddings(body: Json, received: ReceivedEmbeddings): Answer | WireFailure {
  const { asking, protocol, response, raw, bytes } = received;
  const { call, target, attempt } = asking;
  if (protocol.operations.embeddings === undefined || call.embeddings === undefined)
    throw new Error("no embeddings were asked for");
  const decoded = protocol.operations.embeddings.decodeResponse(body);
  if ("verdict" in decoded) return decoded.status === null ? { ...decoded, status: response.status } : decoded;
  const { vectors } = decoded;
  const texts = raw ? vectors.length : call.embeddings().texts.length;
  if (vectors.length !== texts)
    return plainFailure(
      "malformed",
      `the vendor returned ${vectors.length} vectors for ${texts} texts`,
      response.status,
    );
  return {
    kind: "embeddings",
    response: decoded.model === "" ? { ...decoded, model: modelOf(target, call) } : decoded,
    raw: raw ? bytes : null,
    headers: response.headers,
    target,
    attempt,
  };
}
