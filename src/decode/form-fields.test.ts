import { describe, expect, test } from "vitest";
import { formFields } from "./form-fields.ts";

const type = "multipart/form-data; boundary=b1";
const part = (head: string, value: string): string =>
  `--b1\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`;

function valuesIn(text: string, contentType = type): Record<string, string> {
  const bytes = Buffer.from(text);
  const { fields = new Map<string, { start: number; end: number }>() } = formFields(bytes, contentType) ?? {};
  return Object.fromEntries([...fields].map(([name, { start, end }]) => [name, bytes.toString("utf8", start, end)]));
}

describe("the fields of a form", () => {
  test("with their values, without files", () => {
    const text = `${part('name="model"', "whisper-1")}${part('name="file"; filename="a.wav"', "RIFF\r\n--b0")}${part("name=prompt", "é\r\nü")}--b1--\r\n`;
    expect(valuesIn(text)).toEqual({ model: "whisper-1", prompt: "é\r\nü" });
  });

  test("a part whose end is not held has no value", () => {
    expect(
      valuesIn(`${part('name="a"', "1")}--b1\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhis`),
    ).toEqual({ a: "1" });
  });

  test("the first of two with one name; an empty value; other headers; a preamble; a quoted boundary", () => {
    const text = `hello\r\n${part('name="a"', "")}--b1\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name="c"\r\n\r\nx\r\n${part('name="a"', "2")}--b1--`;
    expect(valuesIn(text, 'multipart/form-data; charset=utf-8; boundary="b1"')).toEqual({ a: "", c: "x" });
  });

  test("what follows the end of the form is not read", () => {
    expect(valuesIn(`${part('name="a"', "1")}--b1--\r\n${part('name="model"', "x")}`)).toEqual({ a: "1" });
  });

  test("another content type has none", () => {
    expect(formFields(Buffer.from("{}"), "application/json")).toBeNull();
  });

  test("many parts, or a head without an end, cost no more than their bytes", () => {
    const many = part('name="a"', "1").repeat(20_000);
    const began = performance.now();
    valuesIn(many);
    valuesIn(`--b1\r\n${"x: y\r\n".repeat(200_000)}`);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
