// Members that both directions write onto parts: signatures of this protocol, and the source of media.
import type { MediaSource, VendorState } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import { typeByBytes } from "../../shared/data-url.ts";

/** Whether state came from this protocol, so that it may go back there. */
export function isOwnState(state: VendorState | undefined): boolean {
  return state?.protocol === "gemini-generate";
}

/** The signature as a part's member; empty if there is none of this protocol. */
export function ownSignature(state: VendorState | undefined): JsonObject {
  return isOwnState(state) && typeof state?.value === "string" ? { thoughtSignature: state.value } : {};
}

/** `inlineData` or `fileData`. Only its own callers may set a name: not every service of this protocol takes one. */
export function encodeSource(source: MediaSource, name: string | null = null): JsonObject {
  const nameMember = name === null ? {} : { displayName: name };
  if (source.kind === "data") {
    return { inlineData: { mimeType: typeOf(source), data: source.data, ...nameMember } };
  }
  const fileUri = source.kind === "url" ? source.url : source.id;
  return {
    fileData:
      source.mediaType == null ? { fileUri, ...nameMember } : { mimeType: source.mediaType, fileUri, ...nameMember },
  };
}

/** In recordings, the service takes a PNG that is called a JPEG. It refuses names that it does not know. */
function typeOf({ mediaType, data }: Extract<MediaSource, { kind: "data" }>): string {
  return /^image\/(?:png|jpeg|webp|gif|heic|heif)$/u.test(mediaType) ? mediaType : typeByBytes(mediaType, data);
}
