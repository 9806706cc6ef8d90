// How this protocol names a model in paths and bodies.
import { pathSegment } from "../../../domain/path-segment.ts";

/** `gemini-2.5-flash`, `models/gemini-2.5-flash` and `tunedModels/mine` are all names of models. */
export function resourceOf(model: string): string {
  return /^(?:models|tunedModels)\//.test(model) ? model : `models/${model}`;
}

/** For a path. */
export function escaped(resource: string): string {
  return plain.test(resource) ? resource : escapedByStep(resource);
}

/** Most names need no escape: a quick check, also that no segment begins with a dot. */
const plain = /^(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)*[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/;

function escapedByStep(resource: string): string {
  return resource.split("/").map(pathSegment).join("/");
}
