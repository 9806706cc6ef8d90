// The two formats of vectors: lists of numbers, and base64 of 32-bit floats. It reads either one.
import type { Vector } from "../../core/embeddings.ts";

/** 32-bit floats, little-endian on every machine. */
export function inBase64(vector: Vector): string {
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
