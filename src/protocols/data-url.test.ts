import { describe, expect, test } from "vitest";
import { base64ToText, parseDataUrl, textToBase64, toDataUrl } from "./data-url.ts";

describe("data URLs", () => {
  test.each([
    ["data:image/png;base64,AAAA", { mediaType: "image/png", data: "AAAA" }],
    ["DATA:IMAGE/JPEG;charset=x;BASE64,BBBB", { mediaType: "image/jpeg", data: "BBBB" }],
    ["data:;base64,AAAA", { mediaType: "text/plain", data: "AAAA" }],
    ["data:,hi%20there", { mediaType: "text/plain", data: textToBase64("hi there") }],
    ["data:text/plain;charset=utf-8,100%", { mediaType: "text/plain", data: textToBase64("100%") }],
    ["https://example.com/a,b", null],
    ["data:image/png;base64", null],
    ["", null],
  ])("%s", (url, expected) => {
    expect(parseDataUrl(url)).toEqual(expected);
  });

  test("back and forth", () => {
    expect(parseDataUrl(toDataUrl("application/pdf", "JVBE"))).toEqual({ mediaType: "application/pdf", data: "JVBE" });
    expect(base64ToText(textToBase64("grüße 🙂"))).toBe("grüße 🙂");
    expect(base64ToText("/w==")).toBeNull();
    expect(base64ToText("***")).toBeNull();
  });
});
