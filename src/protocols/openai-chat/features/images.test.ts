import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import type { ImageRequest } from "../../../core/image.ts";
import { openaiFacts } from "../../../providers/facts.ts";
import { parseRatio } from "../../shared/nearest-size.ts";
import { images } from "./images.ts";

const { request: requests, response: responses } = images;
const file = { field: "image", name: "a.png", type: "image/png", bytes: Buffer.from("PNG") };
const decode = (body: JsonObject, variant: string | null = null, files = [file]): ImageRequest =>
  requests.decode(body, { model: "m", variant, files: variant === null ? undefined : files });

describe("a client's request", () => {
  test("has what each model does by itself in no report", () => {
    const usual = { quality: "auto", background: "opaque", moderation: "auto", partial_images: 0, style: null };
    expect(decode({ model: "m", prompt: "a hen", ...usual, user: "u" }).extras).toEqual({ user: "u" });
  });

  test("of a form has numbers as texts", () => {
    expect(decode({ prompt: "a hen", n: "2", stream: "true" }, "edits")).toMatchObject({
      count: 2,
      stream: true,
      images: [{ type: "image/png" }],
    });
  });

  test.each<[JsonObject, string | null, string]>([
    [{}, null, "prompt"],
    [{ prompt: "" }, null, "prompt"],
    [{ prompt: "a", size: "big" }, null, "size"],
    [{ prompt: "a", n: "two" }, null, "n"],
    [{ prompt: "a", n: 1.5 }, null, "n"],
  ])("%j is refused", (body, variant, param) =>
    expect(() => decode(body, variant)).toThrow(expect.objectContaining({ code: "bad_request", param }) as Error),
  );

  test.each([
    [[file, { ...file, field: "mask" }], "mask"],
    [[file, { ...file, field: "markup" }], "markup"],
  ])("with other files is for another target", (files, param) =>
    expect(() => decode({ prompt: "a" }, "edits", files)).toThrow(
      expect.objectContaining({ code: "unsupported", param }) as Error,
    ),
  );

  test("without a picture to change is refused", () => {
    expect(() => decode({ prompt: "a" }, "edits", [])).toThrow(expect.objectContaining({ param: "image" }) as Error);
  });
});

test.each([
  ["gpt-image-1", "16:9", { size: "1536x1024" }, ["size:16:9>1536x1024"]],
  ["gpt-image-1", "1:1", { size: "1024x1024" }, []],
  ["gpt-image-2", "16:9", { size: "1360x768" }, ["size:16:9>1360x768"]],
  ["dall-e-3", "9:16", { size: "1024x1792", response_format: "b64_json" }, ["size:9:16>1024x1792"]],
  ["unheard-of", "2:3", { size: "1024x1536" }, ["size:2:3>1024x1536"]],
])("%s draws %s as %j", (...[model, ratio, members, adapted]) => {
  const request = { ...decode({ prompt: "a hen" }), size: parseRatio(ratio) };
  const encoded = requests.encode!(request, model, openaiFacts(model));
  expect(encoded).toEqual({
    path: "/images/generations",
    body: { model, prompt: "a hen", ...members },
    dropped: [],
    adapted,
  });
});

test.each([
  [{ data: [] }, "empty"],
  [{ data: [{ url: "https://a.example/i.png" }] }, "malformed"],
  [{}, "malformed"],
  [{ error: { message: "busy", code: "server_error" } }, "server_error"],
])("the answer %j is %s", (body, verdict) => expect(responses.decode(body, null)).toMatchObject({ verdict }));
