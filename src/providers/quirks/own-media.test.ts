import { expect, test } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import { ownMedia } from "./own-media.ts";

const saying = (...content: JsonObject[]): JsonObject => ({ messages: [{ role: "user", content }] });
const mended = (body: JsonObject) => ownMedia.request?.(body, "m").body;

test("a document and a sound are put into parts of the host's own", () => {
  const file = { filename: "a.pdf", file_data: "data:application/pdf;base64,QUJD" };
  const body = saying(
    { type: "text", text: "Read and listen" },
    { type: "file", file },
    { type: "input_audio", input_audio: { data: "QUJD", format: "wav" } },
  );
  expect(mended(body)).toEqual(
    saying(
      { type: "text", text: "Read and listen" },
      { type: "document_url", document_url: file.file_data, document_name: "a.pdf" },
      { type: "input_audio", input_audio: "QUJD" },
    ),
  );
});

test("what has its own form already is the same object, and so is what has none", () => {
  for (const body of [
    saying({ type: "file", file_id: "x" }, { type: "input_audio", input_audio: "QUJD" }, { type: "file", file: {} }),
    { messages: [{ role: "user", content: "file_data" }, "odd", null] },
    {},
  ])
    expect(mended(body)).toBe(body);
});
