// The vendor's limit for a request with media inside. Source: "Files API" on ai.google.dev: 20 MB for the whole request.
import { unsupported } from "../../shared/unsupported.ts";

const MOST_INLINE = 20 * 1024 * 1024;

/** `size`: of the media in base64, and of the texts. Throws GatewayFailure(`unsupported`). */
export function checkInlineSize(place: string, size: number): void {
  if (size <= MOST_INLINE) return;
  const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
  throw unsupported(place, `this target takes 20 MB in one request, got ${megabytes(size)} MB in base64`);
}
