// A medium's bytes in the form that a wire needs, and its type by its first bytes: clients often send none, or a wrong one.
import type { Medium } from "../../core/medium.ts";
import { viewBytes } from "../../domain/view-bytes.ts";
import { imageType } from "./data-url.ts";

export function mediumBase64({ data }: Pick<Medium, "data">): string {
  return typeof data === "string" ? data : viewBytes(data).toString("base64");
}

export function mediumBytes({ data }: Pick<Medium, "data">): Uint8Array {
  return typeof data === "string" ? Buffer.from(data, "base64") : data;
}

/** Enough of the bytes, in base64, to know a picture. */
const BEGINNING = 48;

/** A picture's type; null if it is none that all vendors take. */
export function pictureType({ data }: Pick<Medium, "data">): string | null {
  return imageType(typeof data === "string" ? data : viewBytes(data).toString("base64", 0, BEGINNING));
}
