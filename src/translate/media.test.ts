import { describe, expect, test } from "vitest";
import { createAsking } from "../../test/support/asking.ts";
import { target } from "../../test/support/engine-rig.ts";
import { plainProtocol } from "../../test/support/plain-protocol.ts";
import { hang, scriptedTransport, wireBreak, type Scripted } from "../../test/support/scripted-transport.ts";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import type { ChatRequest, FilePart, ImagePart, Message } from "../core/chat.ts";
import type { OutboundRequest } from "../core/transport.ts";
import { inlineMedia } from "./media.ts";

const png = Buffer.from("\x89PNG\r\n\x1a\nrest", "latin1");

function image(url: string): ImagePart {
  return { type: "image", source: { kind: "url", url, mediaType: null }, detail: null };
}

function requestWith(...parts: Message["parts"]): ChatRequest {
  return { messages: [{ role: "user", parts, name: null }] } as unknown as ChatRequest;
}

function prepare(answer: (request: OutboundRequest) => Scripted) {
  const clock = new VirtualClock();
  const transport = scriptedTransport(clock, answer);
  const asking = createAsking({ target: target("a/m"), protocol: plainProtocol(), body: { model: "r" } });
  const inline = inlineMedia({ transport, clock });
  return {
    clock,
    transport,
    asking,
    inline: (request: ChatRequest) => clock.finish(Promise.resolve(inline(request, asking, () => true))),
  };
}

const refused = (words: string) =>
  expect.objectContaining({
    code: "unsupported",
    status: 400,
    param: "messages",
    message: expect.stringContaining(words) as string,
  }) as Error;

describe("images by address", () => {
  test.each([
    ["image/png", png],
    ["image/jpeg", Buffer.from("\xff\xd8\xff\xe0", "latin1")],
    ["image/gif", Buffer.from("GIF89a")],
    ["image/webp", Buffer.from("RIFF\0\0\0\0WEBPVP8 ")],
    ["image/heic", Buffer.from("\0\0\0\x18ftypheic", "latin1")],
    ["image/bmp", Buffer.from("BM....")],
  ])("%s is known by its bytes, whatever its server says", async (mediaType, bytes) => {
    const { inline } = prepare(() => ({ headers: { "content-type": "text/html" }, body: [bytes] }));
    const { messages } = await inline(requestWith(image("https://pictures.example/a?b=c")));
    expect(messages[0]?.parts[0]).toMatchObject({
      type: "image",
      source: { kind: "data", mediaType, data: bytes.toString("base64") },
    });
  });

  test("are fetched once each, guarded, without a key, and put in everywhere", async () => {
    const { inline, transport, asking } = prepare(() => ({ body: [png] }));
    const url = "https://pictures.example/a";
    const result = { type: "tool-result" as const, id: "c", name: null, parts: [image(url)], isError: false };
    const { messages } = await inline(requestWith({ type: "text", text: "see" }, image(url), result));
    const data = png.toString("base64");
    expect(messages[0]?.parts).toMatchObject([
      { text: "see" },
      { source: { data } },
      { parts: [{ source: { data } }] },
    ]);
    expect(transport.sent).toHaveLength(1);
    expect(transport.sent[0]).toMatchObject({ guarded: true, method: "GET", body: null });
    expect(Object.keys(transport.sent[0]?.headers ?? {})).toEqual(["accept", "user-agent"]);
    expect(asking.told).toEqual(["preparing", "prepared"]);
  });

  test("are put into what stands in for a block of the caller's own protocol", async () => {
    const { inline } = prepare(() => ({ body: [png] }));
    const state = { protocol: "anthropic-messages", value: {} } as const;
    const block = { type: "foreign", state, instead: [image("https://pictures.example/a")] } as const;
    const result = { type: "tool-result" as const, id: "c", name: null, parts: [block], isError: false };
    const { messages } = await inline(requestWith(block, result));
    const source = { kind: "data", data: png.toString("base64") };
    expect(messages[0]?.parts).toMatchObject([{ instead: [{ source }] }, { parts: [{ instead: [{ source }] }] }]);
  });

  test("what one attempt fetched serves the next one of the same call", async () => {
    const { inline, transport } = prepare(() => ({ body: [png] }));
    await inline(requestWith(image("https://pictures.example/a")));
    await inline(requestWith(image("https://pictures.example/a"), image("https://pictures.example/b")));
    expect(transport.sent.map((one) => one.path)).toEqual(["/a", "/b"]);
  });

  test("a request without any is left as it is", async () => {
    const { inline, asking } = prepare(() => ({}));
    const request = requestWith({ type: "text", text: "https://pictures.example/a" });
    expect(await inline(request)).toBe(request);
    expect(asking.told).toEqual([]);
  });

  test.each<[string, Scripted, string]>([
    ["a status", { status: 404 }, "could not be fetched (status 404)"],
    ["a redirect", { status: 302, headers: { location: "http://127.0.0.1" } }, "could not be fetched (status 302)"],
    ["a page", { body: ["<html>"] }, "is not a PNG"],
    ["nothing", { body: [] }, "is not a PNG"],
    [
      "too much",
      { body: [png, ...Array.from({ length: 21 }, () => Buffer.alloc(1024 * 1024))] },
      "larger than 20971520 bytes",
    ],
    ["a private address", { fails: wireBreak("forbidden-address", "connect") }, "forbidden-address"],
    ["a break", { body: [png, wireBreak("ECONNRESET")] }, "ECONNRESET"],
    ["silence", { body: [png, hang] }, "within 10 s"],
  ])("%s: this target cannot serve it, another may", async (_what, answer, words) => {
    const { inline, clock } = prepare(() => answer);
    await expect(inline(requestWith(image("https://pictures.example/a")))).rejects.toThrow(refused(words));
    expect(clock.pending).toBe(0);
  });

  test.each([
    "file:///etc/passwd",
    "ftp://x.example/a",
    "https://user:secret@x.example/a",
    "not a url",
    "https://user@x.example",
  ])("%s is no address to fetch from", async (url) => {
    const { inline, transport } = prepare(() => ({ body: [png] }));
    await expect(inline(requestWith(image(url)))).rejects.toThrow(refused("must be an http or https URL"));
    expect(transport.sent).toHaveLength(0);
  });

  test("too many are refused, and too much together", async () => {
    const many = Array.from({ length: 33 }, (_, index) => image(`https://pictures.example/${index}`));
    const { inline, transport } = prepare(() => ({ body: [png, Buffer.alloc(19 * 1024 * 1024)] }));
    await expect(inline(requestWith(...many))).rejects.toThrow(refused("more than 32 images and files"));
    expect(transport.sent).toHaveLength(0);
    await expect(inline(requestWith(...many.slice(0, 3)))).rejects.toThrow(refused("bytes in total"));
  });

  test("the first that cannot be had ends the fetching of the others", async () => {
    const { inline, transport } = prepare(({ path }) => (path === "/bad" ? { status: 500 } : { body: [hang] }));
    const parts = [image("https://pictures.example/slow"), image("https://pictures.example/bad")];
    await expect(inline(requestWith(...parts))).rejects.toThrow(refused("could not be fetched (status 500)"));
    expect(transport.bodies[0]?.cancels).toBeGreaterThan(0);
  });

  test("a caller that leaves ends it, and that is no refusal", async () => {
    const { inline, asking, clock } = prepare(() => ({ body: [hang] }));
    clock.after(50, () => asking.cancellation.cancel());
    await expect(inline(requestWith(image("https://pictures.example/a")))).rejects.toMatchObject({
      wire: { code: "cancelled" },
    });
  });
});

function file(url: string, mediaType: string | null = null): FilePart {
  return { type: "file", source: { kind: "url", url, mediaType }, filename: null };
}

describe("files by address", () => {
  test.each<[string, Buffer, string | null]>([
    ["audio/wav", Buffer.from("RIFF\0\0\0\0WAVEfmt "), "audio/mpeg"],
    ["audio/mpeg", Buffer.from("ID3\x04"), "audio/mpeg"],
    ["audio/mpeg", Buffer.from("\xff\xfb\x90", "latin1"), null],
    ["audio/flac", Buffer.from("fLaC"), null],
    ["audio/ogg", Buffer.from("OggS"), "audio/mpeg"],
    ["application/pdf", Buffer.from("%PDF-1.7"), null],
    ["video/mp4", Buffer.from("\0\0\0\x18ftypmp42", "latin1"), "video/mp4"],
    ["video/quicktime", Buffer.from("\0\0\0\x14ftypqt  ", "latin1"), null],
    ["video/webm", Buffer.from("\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm", "latin1"), null],
    ["image/png", png, "application/pdf"],
    ["text/csv", Buffer.from("a,b\n1,é"), "text/csv"],
  ])("%s is known by its bytes", async (mediaType, bytes, declared) => {
    const { inline, transport } = prepare(() => ({ headers: { "content-type": "text/html" }, body: [bytes] }));
    const { messages } = await inline(requestWith(file("https://files.example/a?b", declared)));
    expect(messages[0]?.parts[0]).toMatchObject({
      type: "file",
      source: { kind: "data", mediaType, data: bytes.toString("base64") },
    });
    expect(transport.sent[0]).toMatchObject({ guarded: true, body: null });
  });

  test.each<[string, Scripted, string | null, string]>([
    ["a page", { body: ["<html>"] }, "application/pdf", "is not a file of the type application/pdf"],
    ["a page of no declared type", { body: ["<html>"] }, null, "another known type"],
    ["bytes that are no text", { body: [Buffer.from([1, 0, 2])] }, "text/plain", "another known type"],
    ["a private address", { fails: wireBreak("forbidden-address", "connect") }, "audio/wav", "forbidden-address"],
    ["too much", { body: Array.from({ length: 21 }, () => Buffer.alloc(1024 * 1024)) }, "audio/wav", "larger than"],
  ])("%s: this target cannot serve it, another may", async (...[, answer, declared, words]) => {
    const { inline } = prepare(() => answer);
    await expect(inline(requestWith(file("https://files.example/a", declared)))).rejects.toThrow(refused(words));
  });

  test("a file with credentials in its address is not fetched", async () => {
    const { inline, transport } = prepare(() => ({ body: [png] }));
    await expect(inline(requestWith(file("https://me@files.example/a.pdf")))).rejects.toThrow(refused("URL of a file"));
    expect(transport.sent).toHaveLength(0);
  });

  test("what the target does not need as bytes stays an address", async () => {
    const { inline, transport } = prepare(() => ({ body: [png] }));
    const request = requestWith(file("https://files.example/a.pdf"));
    const clock = new VirtualClock();
    const asking = createAsking({ target: target("a/m"), protocol: plainProtocol(), body: { model: "r" } });
    expect(await inlineMedia({ transport, clock })(request, asking, () => false)).toBe(request);
    expect(await inline(request)).not.toBe(request);
    expect(transport.sent).toHaveLength(1);
  });
});
