// What both directions write onto parts: signatures that came from this protocol, and where media lie.
import type { MediaSource, VendorState } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import { typeByBytes } from "../../shared/data-url.ts";

/** Whether state came from this protocol, so that it may go back there. */
export function isOwn(state: VendorState | undefined): boolean {
  return state?.protocol === "gemini-generate";
}

/** The signature as a part's member; nothing where there is none of this protocol's. */
export function ownSignature(state: VendorState | undefined): JsonObject {
  return isOwn(state) && typeof state?.value === "string" ? { thoughtSignature: state.value } : {};
}

/** `inlineData` or `fileData`. A name is for its own callers alone: not every service of this protocol takes one. */
export function encodeSource(source: MediaSource, name: string | null = null): JsonObject {
  const named = name === null ? {} : { displayName: name };
  if (source.kind === "data") {
    return { inlineData: { mimeType: typeOf(source), data: source.data, ...named } };
  }
  const fileUri = source.kind === "url" ? source.url : source.id;
  return {
    fileData: source.mediaType == null ? { fileUri, ...named } : { mimeType: source.mediaType, fileUri, ...named },
  };
}

/** Recorded: the service takes a PNG that is called a JPEG. Names that it does not know it refuses. */
function typeOf({ mediaType, data }: Extract<MediaSource, { kind: "data" }>): string {
  return /^image\/(?:png|jpeg|webp|gif|heic|heif)$/u.test(mediaType) ? mediaType : typeByBytes(mediaType, data);
}
