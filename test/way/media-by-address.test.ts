// Sounds, documents and pictures by their address: a target that fetches them itself gets the address, one that takes bytes
// only gets the bytes, and one that cannot use them is not asked.
import { expect, test } from "vitest";
import type { OutboundRequest, Transport } from "../../src/core/transport.ts";
import { createGateway } from "../../src/index.ts";

const files: Readonly<Record<string, Buffer>> = {
  "/a.mp3": Buffer.from("ID3\x04sound"),
  "/a.wav": Buffer.from("RIFF\0\0\0\0WAVEfmt "),
  "/a.pdf": Buffer.from("%PDF-1.7 text"),
  "/a.png": Buffer.from("\x89PNG\r\n\x1a\nrest", "latin1"),
  "/a.mp4": Buffer.from("\0\0\0\x18ftypmp42", "latin1"),
  "/a.txt": Buffer.from("Some words."),
  "/page": Buffer.from("<html>"),
};
const base64 = (name: string): string => files[name]!.toString("base64");
const at = (name: string): string => `https://files.example${name}`;

/** The web with these files, and vendors that refuse everything. */
function createWeb(): { readonly transport: Transport; readonly bodies: string[]; readonly gets: OutboundRequest[] } {
  const bodies: string[] = [];
  const gets: OutboundRequest[] = [];
  const answer = (status: number, bytes: Buffer | undefined) => {
    const pieces = bytes === undefined ? [] : [bytes];
    const body = { next: async () => pieces.shift() ?? null, cancel: () => {} };
    return { status, headers: { "content-type": "application/json" }, body };
  };
  const send: Transport["send"] = async (request) => {
    request.onSent();
    if (request.origin === "https://first.example") return answer(503, Buffer.from("{}"));
    if (request.method === "GET") {
      gets.push(request);
      const file = files[request.path];
      return answer(file === undefined ? 404 : 200, file);
    }
    const { body } = request;
    bodies.push(
      typeof body === "string" ? body : Buffer.concat(body instanceof Uint8Array ? [body] : [...body!]).toString(),
    );
    return answer(400, Buffer.from('{"error":{"message":"no"}}'));
  };
  return { transport: { send, close: async () => {} }, bodies, gets };
}

type Client = "chat" | "responses" | "messages" | "gemini";
const paths: Readonly<Record<Client, string>> = {
  chat: "/v1/chat/completions",
  responses: "/v1/responses",
  messages: "/v1/messages",
  gemini: "/v1beta/models/route:generateContent",
};
const says: Readonly<Record<Client, (part: object) => object>> = {
  chat: (part) => ({ model: "route", messages: [{ role: "user", content: [{ type: "text", text: "What?" }, part] }] }),
  responses: (part) => ({
    model: "route",
    input: [{ role: "user", content: [{ type: "input_text", text: "What?" }, part] }],
  }),
  messages: (part) => ({
    model: "route",
    max_tokens: 50,
    messages: [{ role: "user", content: [{ type: "text", text: "What?" }, part] }],
  }),
  gemini: (part) => ({ contents: [{ role: "user", parts: [{ text: "What?" }, part] }] }),
};

async function ask(client: Client, part: object, target: string) {
  const web = createWeb();
  const provider = { api_key: "a-key" };
  const responses = { ...provider, kind: "openai", protocol: "responses" as const };
  const first = { ...provider, kind: "openai-compatible", base_url: "https://first.example/v1" };
  const providers = { openai: provider, anthropic: provider, google: provider, responses, first };
  const routes = { route: { fallback: ["first/some-model", target], retry: { attempts: 0 } } };
  const gateway = createGateway(
    { providers, routes },
    { environment: {}, transport: web.transport, warn: () => {}, log: () => {} },
  );
  const body = JSON.stringify(says[client](part));
  const response = await gateway.fetch(paths[client], {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const text = await response.text();
  await gateway.close();
  return { ...web, sent: web.bodies.at(-1) ?? "", text, skipped: response.headers.get("x-understudy-skipped") ?? "" };
}

const sound = (url: string): object => ({ type: "input_audio", input_audio: url });
const soundObject = (data: string): object => ({ type: "input_audio", input_audio: { data, format: "wav" } });
const document = (url: string): object => ({ type: "document_url", document_url: url });
const file = (file_data: string): object => ({ type: "file", file: { filename: "a.pdf", file_data } });
const video = (url: string): object => ({ type: "video_url", video_url: { url } });
const [gpt, gptAudio] = ["openai/gpt-4o", "openai/gpt-4o-audio-preview"];
const [gptResponses, claude, gemini] = ["responses/gpt-5", "anthropic/claude-sonnet-4-5", "google/gemini-2.5-flash"];

test.each<[string, Client, object, string, string]>([
  ["a sound", "chat", sound(at("/a.mp3")), gemini, `"mimeType":"audio/mpeg","data":"${base64("/a.mp3")}"`],
  ["a sound", "chat", sound(at("/a.mp3")), gptAudio, `{"data":"${base64("/a.mp3")}","format":"mp3"}`],
  [
    "a sound in an object",
    "chat",
    soundObject(at("/a.wav")),
    gptAudio,
    `{"data":"${base64("/a.wav")}","format":"wav"}`,
  ],
  [
    "a sound in an object",
    "chat",
    soundObject(at("/a.wav")),
    gemini,
    `"mimeType":"audio/wav","data":"${base64("/a.wav")}"`,
  ],
  ["a document", "chat", document(at("/a.pdf")), gpt, `"file_data":"data:application/pdf;base64,${base64("/a.pdf")}"`],
  [
    "a document as a file",
    "chat",
    file(at("/a.pdf")),
    gpt,
    `"file_data":"data:application/pdf;base64,${base64("/a.pdf")}"`,
  ],
  ["a document", "chat", document(at("/a.pdf")), gemini, `"mimeType":"application/pdf","data":"${base64("/a.pdf")}"`],
  ["a video", "chat", video(at("/a.mp4")), gemini, `"mimeType":"video/mp4","data":"${base64("/a.mp4")}"`],
  [
    "a document",
    "responses",
    { type: "input_file", file_url: at("/a.pdf") },
    gemini,
    `"mimeType":"application/pdf","data":"${base64("/a.pdf")}"`,
  ],
  [
    "a document",
    "messages",
    { type: "document", source: { type: "url", url: at("/a.pdf") } },
    gpt,
    `"file_data":"data:application/pdf;base64,${base64("/a.pdf")}"`,
  ],
  [
    "a sound",
    "gemini",
    { fileData: { fileUri: at("/a.mp3"), mimeType: "audio/mpeg" } },
    gptAudio,
    `{"data":"${base64("/a.mp3")}","format":"mp3"}`,
  ],
  ["a text", "gemini", { fileData: { fileUri: at("/a.txt"), mimeType: "text/plain" } }, claude, '"data":"Some words."'],
  [
    "a picture by http",
    "chat",
    { type: "image_url", image_url: { url: "http://files.example/a.png" } },
    claude,
    `"media_type":"image/png","data":"${base64("/a.png")}"`,
  ],
])("%s from %s: the bytes are fetched once, without a key (%#)", async (...[, client, part, target, expected]) => {
  const { sent, gets } = await ask(client, part, target);
  expect(sent).toContain(expected);
  expect(gets.map(({ method, guarded, body }) => [method, guarded, body])).toEqual([["GET", true, null]]);
  expect(Object.keys(gets[0]?.headers ?? {})).toEqual(["accept", "user-agent"]);
});

test.each<[string, Client, object, string, string]>([
  ["a document", "chat", document(at("/a.pdf")), claude, `"url":"${at("/a.pdf")}"`],
  ["a document", "chat", document(at("/a.pdf")), gptResponses, `"file_url":"${at("/a.pdf")}"`],
  [
    "a picture",
    "messages",
    { type: "image", source: { type: "url", url: at("/a.png") } },
    gpt,
    `"url":"${at("/a.png")}"`,
  ],
])(
  "%s from %s goes on as an address to a target that fetches it (%#)",
  async (...[, client, part, target, expected]) => {
    const { sent, gets } = await ask(client, part, target);
    expect(sent).toContain(expected);
    expect(gets).toEqual([]);
  },
);

test.each<[string, object, string, string]>([
  ["a sound", sound(at("/a.mp3")), claude, "audio"],
  ["a sound", sound(at("/a.mp3")), gpt, "audio"],
  ["a video", video(at("/a.mp4")), gpt, "video"],
  ["a file that is not there", document(at("/none.pdf")), gemini, "status 404"],
  ["a page in place of a file", document(at("/page")), gemini, "is not a file of the type application/pdf"],
])("%s that %s cannot use is not sent, and the reason says so (%#)", async (...[, part, target, reason]) => {
  const { bodies, text, skipped } = await ask("chat", part, target);
  expect(bodies).toEqual([]);
  expect(`${text} ${skipped}`).toContain(reason);
});
