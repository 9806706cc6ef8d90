import { describe, expect, test } from "vitest";
import { base64ToText, inlineData, parseDataUrl, textToBase64, toDataUrl } from "./data-url.ts";

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

  const heic = { mediaType: "image/heic", data: "+/+/AA==" };
  test.each([
    ["the alphabet of URLs, without its end", { mediaType: "image/heic", data: "-_-_AA" }, heic],
    ["broken lines", { mediaType: "image/heic", data: "+/+/\r\nAA==\n" }, heic],
    ["a PNG of any", { mediaType: "application/octet-stream", data: "iVBORw0KGgo=" }, { mediaType: "image/png" }],
    ["a JPEG in the alphabet of URLs", { mediaType: "text/plain", data: "_9j_4AAQ" }, { mediaType: "image/jpeg" }],
    ["no image that has a type", { mediaType: "image/png", data: "/9j/4AAQ" }, { mediaType: "image/png" }],
    ["a GIF of no type", { mediaType: "text/plain", data: "R0lGODlh" }, { mediaType: "image/gif" }],
    ["a WebP of any", { mediaType: "application/octet-stream", data: "UklGRgEAAABXRUJQ" }, { mediaType: "image/webp" }],
    ["no document", { mediaType: "application/pdf", data: "iVBORw0KGgo=" }, { mediaType: "application/pdf" }],
  ])("%s", (_name, { mediaType, data }, expected) => {
    expect(inlineData(mediaType, data)).toMatchObject(expected);
  });

  test("back and forth", () => {
    expect(parseDataUrl(toDataUrl("application/pdf", "JVBE"))).toEqual({ mediaType: "application/pdf", data: "JVBE" });
    expect(base64ToText(textToBase64("grüße 🙂"))).toBe("grüße 🙂");
    expect(base64ToText("/w==")).toBeNull();
    expect(base64ToText("***")).toBeNull();
  });
});
