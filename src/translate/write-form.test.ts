import fc from "fast-check";
import { expect, test } from "vitest";
import { formFields } from "../decode/form-fields.ts";
import { writeForm } from "./write-form.ts";

const joined = ({ type, body }: ReturnType<typeof writeForm>): { readonly type: string; readonly bytes: Buffer } => ({
  type,
  bytes: Buffer.concat(body),
});

test("fields come first, lists are repeated, and nothing is quoted by accident", () => {
  const files = [{ field: "file", name: 'a"b\r\n.wav', type: "audio/wav", bytes: Buffer.from("RIFF") }];
  const { type, bytes } = joined(writeForm({ model: "m", n: 2, include: ["a", "b"], gone: null }, files));
  const boundary = type.split("boundary=")[1];
  expect(
    bytes
      .toString("latin1")
      .split(`--${boundary}`)
      .map((part) => part.trim()),
  ).toEqual([
    "",
    'content-disposition: form-data; name="model"\r\n\r\nm',
    'content-disposition: form-data; name="n"\r\n\r\n2',
    'content-disposition: form-data; name="include[]"\r\n\r\na',
    'content-disposition: form-data; name="include[]"\r\n\r\nb',
    'content-disposition: form-data; name="file"; filename="a%22b%0D%0A.wav"\r\ncontent-type: audio/wav\r\n\r\nRIFF',
    "--",
  ]);
});

test("the gateway's own reader finds the same parts", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.uint8Array({ maxLength: 300 }), (text, bytes) => {
      const { type, bytes: body } = joined(
        writeForm({ prompt: text }, [{ field: "image[]", name: "a.png", type: "image/png", bytes }]),
      );
      const parts = formFields(body, type)?.parts ?? [];
      expect(parts.map(({ name, file }) => [name, file?.type ?? null])).toEqual([
        ["prompt", null],
        ["image[]", "image/png"],
      ]);
      expect(parts.map(({ start, end }) => body.subarray(start, end))).toEqual([Buffer.from(text), Buffer.from(bytes)]);
    }),
  );
});

test("the boundary is in none of the content", () => {
  const first = writeForm({ a: "x" }, []);
  const boundary = first.type.split("boundary=")[1] ?? "";
  expect(writeForm({ a: "x" }, []).type).toBe(first.type);
  const other = writeForm({ a: "x" }, [{ field: "f", name: "n", type: "", bytes: Buffer.from(boundary) }]);
  expect(Buffer.concat(other.body).toString()).toContain("application/octet-stream");
  expect(other.type).not.toContain(boundary);
});
