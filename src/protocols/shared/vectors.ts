// The two formats of vectors: lists of numbers, and base64 of 32-bit floats. It reads either one.
// Vectors belong to texts by position, so an answer needs as many vectors as there were texts.
import type { EmbeddingsRequest, Vector } from "../../core/embeddings.ts";
import type { WireFailure } from "../../core/failure.ts";
import { plainFailure } from "./error-answer.ts";

/** 32-bit floats, little-endian on every machine. */
export function vectorsInBase64(vector: Vector): string {
  if (typeof vector === "string") return vector;
  const bytes = Buffer.allocUnsafe(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}

export function inNumbers(vector: Vector): readonly number[] {
  if (typeof vector !== "string") return vector;
  const bytes = Buffer.from(vector, "base64");
  return Array.from({ length: bytes.length >> 2 }, (_, index) => bytes.readFloatLE(index * 4));
}

/** Null if the number is right. `request`: null if it was not parsed. */
export function wrongNumber(vectors: readonly Vector[], request: EmbeddingsRequest | null): WireFailure | null {
  if (vectors.length === 0) return plainFailure("empty", "the answer has no embedding");
  if (request === null || vectors.length === request.texts.length) return null;
  const message = `the vendor returned ${vectors.length} vectors for ${request.texts.length} texts`;
  return plainFailure("malformed", message);
}
