// The members that the gateway reads in each object of a conversation. Any other member is kept beside the object: targets of this
// protocol get it back, and for others its loss is reported. A member that a decoder reads must appear here, and no other.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { Shape } from "../../../core/member-shape.ts";
import { shape } from "../../../domain/member-table.ts";
import { detailOfLevel } from "../../shared/image-detail.ts";
import { isObject, membersOf } from "../../shared/read.ts";
import { withCamelSpelling } from "../features/spelling.ts";

export const readContentMembers: Shape = shape("role parts");
export const readInstruction: Shape = shape("role parts text");

const sealed = "thought thoughtSignature";
export const readText: Shape = shape(`text ${sealed}`);
export const readCall: Shape = shape(sealed, { functionCall: shape("id name args") });
export const readResult: Shape = shape(sealed, { functionResponse: shape("id name response parts") });

const bytes = "mimeType data";
const address = "mimeType fileUri";
const image = { inlineData: shape(bytes), fileData: shape(address) };
const plainImage: Shape = shape(sealed, image);
const detailedImage: Shape = shape(sealed, { ...image, mediaResolution: shape("level") });
/** The resolution of a document or a video has no neutral form. */
export const readFile: Shape = shape(sealed, {
  inlineData: shape(`${bytes} displayName`),
  fileData: shape(`${address} displayName`),
});

export function imageShape(part: JsonObject): Shape {
  return detailOfLevel(levelIn(part)) === null ? plainImage : detailedImage;
}

export function levelIn(part: JsonObject): Json | undefined {
  return membersOf(part["mediaResolution"])["level"];
}

const inner = ["inlineData", "fileData", "functionCall", "functionResponse", "mediaResolution"] as const;

/** The part and its known objects in camelCase, without an empty level. */
export function camelPart(raw: JsonObject): JsonObject {
  const part: Record<string, Json> = { ...withCamelSpelling(raw) } as Record<string, Json>;
  for (const name of inner) {
    const value = part[name];
    if (value !== undefined && isObject(value)) part[name] = withCamelSpelling(value);
  }
  if (levelIn(part) === "MEDIA_RESOLUTION_UNSPECIFIED") delete part["mediaResolution"];
  return part;
}
