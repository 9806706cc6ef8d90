// Gemini's services beside content: files with their uploads, cached contents, batches, tuned models, operations, and the
// methods of models that have no codec here. Source: the API reference (generativelanguage v1beta), and the resumable
// upload protocol of Google's SDKs.
import type { Json } from "../../../core/json.ts";
import type { PassedFacts, PassedHead, PassedPlace, Passthrough } from "../../../core/passthrough.ts";
import { pathSegments, storedIds } from "../../shared/path-segments.ts";
import { isObject, objectOr } from "../../shared/read.ts";
import { decodeUsage } from "../response/usage.ts";
import { PREDICT } from "./images-client.ts";
import { escaped, resourceOf } from "./resource.ts";
import { sessionAt } from "./session.ts";

const pattern = /^(\/upload)?\/v1(beta|alpha|)(\/.+)$/u;
/** The method of one model: `/models/NAME:METHOD`. */
const methodPattern = /^\/(models|tunedModels)\/([^:]+):([A-Za-z]+)$/u;
/** The list of models, and one model by its name, which may have slashes: the gateway answers these itself. */
const own = /^\/models(?:\/(?!.*\/operations\/)[^:]+)?$/u;
/** Methods that start a job, or store something. */
const jobs = /LongRunning$|^batch|^async|^transferOwnership$/u;

function at({ method, path, headers }: PassedHead): PassedPlace | null {
  const [, before, version, rest = ""] = pattern.exec(path) ?? [];
  if (rest === "" || own.test(rest)) return null;
  if (version === "" && before === undefined && !isOwnClient(headers)) return null;
  const [, , model, called = ""] = methodPattern.exec(rest) ?? [];
  if (model !== undefined) return method === "POST" ? ofModel(pathSegments(`/${model}`).join("/"), called) : null;
  return { before, path: () => rest, model: null, ids: namesIn(rest), isComputed: false };
}

/** At version v1 other protocols have the same paths: Google's SDKs and its keys have headers of their own. */
function isOwnClient(headers: PassedHead["headers"]): boolean {
  return headers["x-goog-api-client"] !== undefined || headers["x-goog-api-key"] !== undefined;
}

function ofModel(model: string, method: string): PassedPlace {
  return {
    path: (name) => `/${escaped(resourceOf(name))}:${method}`,
    model,
    ids: [],
    isComputed: !jobs.test(method),
    operation: method === PREDICT ? { name: "image-generation", variant: PREDICT } : undefined,
  };
}

/** `files/abc` in `/files/abc:download`; `models/m/operations/1` and the parts before it in a longer path. */
function namesIn(rest: string): readonly string[] {
  const parts = pathSegments(rest.replace(/:[A-Za-z]+$/u, ""));
  return parts.flatMap((_, index) => (index % 2 === 1 ? [parts.slice(0, index + 1).join("/")] : [])).toReversed();
}

function read(body: Json): PassedFacts {
  if (!isObject(body)) return { ids: [], usage: null };
  const ids = [
    ...storedIds(body, "name", body["files"] ?? body["cachedContents"]),
    ...storedIds(objectOr(body["file"], {}), "name"),
  ];
  return { ids, usage: decodeUsage(objectOr(body["usageMetadata"], null)) };
}

export const passthrough: Passthrough = {
  at,
  sessionAt,
  nameOf: (model) => model.replace(/^models\//u, ""),
  read,
  forward: /^x-goog-upload-/u,
  nextAddress: "x-goog-upload-url",
};
