// OpenAI's checks of a request for pictures: the members and sizes of each model, with its words (openai-php/client#641 has
// those on sizes). Throws a Complaint.
import { asText } from "../json-record.ts";
import { Complaint } from "./envelope.ts";
import { invalidValue, refuseStrangers, type ServiceRequest } from "./service-request.ts";

interface Drawing {
  readonly sizes: readonly string[];
  readonly most: number;
  readonly members: readonly string[];
  /** Takes any size whose sides can be divided by 16. */
  readonly anySize?: true;
}

const gptMembers =
  "background moderation n output_compression output_format partial_images quality size stream user safety_identifier input_fidelity".split(
    " ",
  );
const older = "n quality response_format size style user".split(" ");
const gpt: Drawing = { sizes: ["1024x1024", "1024x1536", "1536x1024", "auto"], most: 10, members: gptMembers };

export const picturesOf: Readonly<Record<string, Drawing>> = {
  "gpt-image-1": gpt,
  "gpt-image-1-mini": gpt,
  "gpt-image-2": { ...gpt, anySize: true },
  "dall-e-3": { sizes: ["1024x1024", "1792x1024", "1024x1792"], most: 1, members: older },
  "dall-e-2": { sizes: ["256x256", "512x512", "1024x1024"], most: 10, members: older },
};

/** The number of pictures. */
export function checkPicture({ members, form, parts }: ServiceRequest, model: string): number {
  const drawing = picturesOf[model] ?? gpt;
  refuseStrangers(members, ["model", "prompt", ...drawing.members]);
  const size = asText(members["size"]);
  if (size !== undefined && !isSize(size, drawing)) throw invalidValue("size", size, drawing.sizes);
  const count = Number(members["n"] ?? 1);
  if (!Number.isInteger(count) || count < 1 || count > drawing.most) {
    const message = `Invalid 'n': integer ${count > 0 ? "above maximum" : "below minimum"} value. Expected a value <= ${drawing.most}, but got ${count} instead.`;
    throw new Complaint({ message, param: "n", code: "integer_above_max_value" });
  }
  for (const file of parts[1] === "generations" ? [] : Object.values(form?.files ?? {})) {
    if (/^image\/(?:png|jpeg|webp)$/.test(file.type)) continue;
    const message = `Invalid file 'image': unsupported mimetype ('${file.type}'). Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'.`;
    throw new Complaint({ message, param: "image", code: "unsupported_file_mimetype" });
  }
  return count;
}

function isSize(size: string, { sizes, anySize }: Drawing): boolean {
  if (sizes.includes(size)) return true;
  const [, width = "", height = ""] = /^(\d+)x(\d+)$/.exec(size) ?? [];
  const sides = [Number(width), Number(height)];
  const ratio = Math.max(...sides) / Math.min(...sides);
  return anySize === true && sides.every((side) => side > 0 && side % 16 === 0 && side <= 3840) && ratio <= 3;
}
