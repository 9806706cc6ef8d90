// OpenAI's pictures, whole or as events. Answers as in the API reference; the picture is one pixel.
import type { JsonRecord } from "../json-record.ts";
import type { BytesReply } from "../vocabulary.ts";
import { checkPicture, picturesOf } from "./check-picture.ts";
import {
  eventsReply,
  requireFile,
  requireMember,
  requireModel,
  seconds,
  type ServiceRequest,
} from "./service-request.ts";

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export function pictures(call: ServiceRequest): JsonRecord | BytesReply {
  const isMade = call.parts[1] === "generations";
  if (!isMade) requireFile(call, "image");
  const model = requireModel(call, Object.keys(picturesOf), isMade ? "dall-e-2" : "gpt-image-1");
  if (call.parts[1] !== "variations") requireMember(call, "prompt");
  const count = checkPicture(call, model);
  const usage = {
    input_tokens: 12,
    output_tokens: 272,
    total_tokens: 284,
    input_tokens_details: { image_tokens: 0, text_tokens: 12 },
  };
  if (String(call.members["stream"]) === "true") {
    const type = isMade ? "image_generation.completed" : "image_edit.completed";
    return eventsReply(call, [{ type, b64_json: pixel, created_at: seconds(call.world), usage }]);
  }
  const data = Array.from({ length: count }, () => ({ b64_json: pixel }));
  return { created: seconds(call.world), data, ...(model.startsWith("gpt-image") ? { usage } : {}) };
}
