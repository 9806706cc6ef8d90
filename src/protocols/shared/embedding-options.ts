// The options of embeddings that vendors spell differently: the purpose of the texts, their truncation, and the form of the
// vectors. Read from a client's further members, and written with the words of the target.
import { unsupported } from "./unsupported.ts";
import type { EmbeddingPurpose, EmbeddingsFacts, EmbeddingsRequest } from "../../core/embeddings.ts";
import type { Json, JsonObject, MutableJson } from "../../core/json.ts";
import { isArray, stringOr } from "./read.ts";
import type { Report } from "./report.ts";

/**
 * Words of Cohere, Voyage, NVIDIA and Jina, and the Gemini API's task types. Sources: docs.cohere.com/reference/embed,
 * docs.voyageai.com/reference/embeddings-api, api.jina.ai/redoc, ai.google.dev/api/embeddings.
 */
const purposes: ReadonlyMap<string, EmbeddingPurpose> = new Map([
  ["query", "query"],
  ["search_query", "query"],
  ["retrieval.query", "query"],
  ["retrieval_query", "query"],
  ["document", "document"],
  ["passage", "document"],
  ["search_document", "document"],
  ["retrieval.passage", "document"],
  ["retrieval_document", "document"],
  ["text-matching", "similarity"],
  ["semantic_similarity", "similarity"],
  ["classification", "classification"],
  ["clustering", "clustering"],
  ["separation", "clustering"],
]);

const purposeMembers = ["input_type", "task", "taskType", "task_type"] as const;

/** The purpose in the extras, and the member that says it; null if none does. */
export function purposeIn(extras: JsonObject): { readonly purpose: EmbeddingPurpose; readonly member: string } | null {
  for (const member of purposeMembers) {
    const purpose = purposes.get(stringOr(extras[member], "").toLowerCase());
    if (purpose !== undefined) return { purpose, member };
  }
  return null;
}

/** Whether too long texts are cut: `truncation`, `truncate`, or Cohere's `truncate: "END"`. Null if nothing says so. */
export function truncationIn(extras: JsonObject): { readonly cut: boolean; readonly member: string } | null {
  for (const member of ["truncation", "truncate"]) {
    const value = extras[member];
    if (typeof value === "boolean") return { cut: value, member };
    if (value === "END" || value === "NONE") return { cut: value === "END", member };
  }
  return null;
}

/** Numbers of 32 bits, or base64 of them: all other forms only the vendor's own clients can read. */
const floatForms: ReadonlySet<Json> = new Set(["float", "float32", "base64"]);
const formMembers = ["output_dtype", "embedding_type", "embedding_types"] as const;

/**
 * Removes the members that ask for a form of the vectors, and returns it. Throws GatewayFailure(`unsupported`) for one that
 * other vendors do not have.
 */
export function takeForm(extras: MutableJson): "float" | "base64" | null {
  let form: "float" | "base64" | null = null;
  for (const member of formMembers) {
    const value = extras[member];
    if (value === undefined) continue;
    const values = isArray(value) ? value : [value];
    const only = values.length === 1 ? values[0] : undefined;
    if (only === undefined || !floatForms.has(only))
      throw unsupported(member, "only the vendors that have this form of vectors can serve it");
    form = only === "base64" ? "base64" : (form ?? "float");
    delete extras[member];
  }
  return form;
}

/** Throws GatewayFailure(`unsupported`) for more texts than the target takes at once. */
export function refuseMany({ texts }: Pick<EmbeddingsRequest, "texts">, most: number | undefined): void {
  if (most === undefined || texts.length <= most) return;
  throw unsupported("input", `this target accepts at most ${most} texts at once, got ${texts.length}`);
}

/** The target's members beside model and texts, in OpenAI's format or a host's variant of it. The rest is dropped. */
export function embeddingOptions(request: EmbeddingsRequest, form: EmbeddingsFacts, report: Report): JsonObject {
  const { dimensions, base64, extras } = request;
  const body: MutableJson = {};
  if (dimensions !== null) body[dimensionsMember(form)] = dimensions;
  const base64Member = form.base64 === undefined ? "encoding_format" : form.base64;
  if (base64 && base64Member !== null) body[base64Member] = "base64";
  const handled = [placePurpose(body, extras, form), placeTruncation(body, extras, form)];
  for (const field of Object.keys(extras)) {
    const one = handled.find((name) => name?.member === field);
    if (one?.isPlaced === true) continue;
    if (one === undefined && form.members?.includes(field) === true) body[field] = extras[field];
    else report.drop(field);
  }
  return body;
}

/** A member of the client's that the gateway understands, and whether the target gets it. */
interface Handled {
  readonly member: string;
  readonly isPlaced: boolean;
}

function placePurpose(body: MutableJson, extras: JsonObject, { purpose: form }: EmbeddingsFacts): Handled | null {
  const purpose = purposeIn(extras);
  if (purpose === null) return null;
  const word = form?.words[purpose.purpose];
  if (form === undefined || word === undefined) return { member: purpose.member, isPlaced: false };
  body[form.member] = word;
  return { member: purpose.member, isPlaced: true };
}

function placeTruncation(body: MutableJson, extras: JsonObject, { truncate }: EmbeddingsFacts): Handled | null {
  const truncation = truncationIn(extras);
  if (truncation === null) return null;
  if (truncate !== undefined) body[truncate] = truncation.cut;
  return { member: truncation.member, isPlaced: truncate !== undefined };
}

/** Vectors of another length cannot be stored beside the others: a target that does not take one is unfit. */
function dimensionsMember({ dimensions = "dimensions" }: EmbeddingsFacts): string {
  if (dimensions !== null) return dimensions;
  throw unsupported("dimensions", "this target has vectors of one length only");
}
