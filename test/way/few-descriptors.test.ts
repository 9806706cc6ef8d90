// A gateway with few file descriptors under a burst of connections: it serves what it can, refuses the rest with a 503
// and a line in its log, and serves on.
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { startChild } from "../support/children.ts";
import { openFakeVendor } from "../support/fake-vendor.ts";

const answer = { choices: [{ index: 0, message: { role: "assistant", content: "Hi." }, finish_reason: "stop" }] };
const body = JSON.stringify({ model: "r", messages: [{ role: "user", content: "Hi." }] });
const request = `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const main = join(import.meta.dirname, "../../src/cli/main.ts");

/** The status, or how the connection ended without one. */
async function ask(port: number): Promise<string> {
  const socket = connect(port, "127.0.0.1", () => socket.write(request));
  let text = "";
  let ending = "hung up";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  socket.on("error", (error: NodeJS.ErrnoException) => (ending = error.code ?? error.message));
  await once(socket, "close").catch(() => null);
  return text === "" ? ending : text.slice(9, 12);
}

test.skipIf(process.platform !== "linux")("W8m: 120 connections at once with 80 descriptors", async () => {
  await using vendor = await openFakeVendor(async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { body: answer };
  });
  const folder = await mkdtemp(join(tmpdir(), "understudy-few-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const providers = { v: { kind: "openai-compatible", base_url: vendor.baseUrl } };
  const config = join(folder, "understudy.json");
  await writeFile(config, JSON.stringify({ providers, routes: { r: { fallback: ["v/m"] } }, ledger: { memory: 10 } }));
  const command = `ulimit -n 80; exec "${process.execPath}" "${main}" serve --config "${config}" --port 0`;
  await using gateway = startChild("bash", ["-c", command], { cwd: folder, env: { HOME: folder }, limitMs: 40_000 });
  const [, port = ""] = await gateway.says(/listens on http:\/\/127\.0\.0\.1:(\d+)/u);
  for (const _round of [1, 2]) {
    const seen = await Promise.all(Array.from({ length: 120 }, () => ask(Number(port))));
    expect(new Set(seen)).toEqual(new Set(["200", "503"]));
    expect(seen.filter((status) => status === "200").length).toBeGreaterThanOrEqual(18);
  }
  // The log line comes a second after the first refusal; each answer takes 0.3 s.
  for (const _request of [1, 2, 3, 4, 5]) expect(await ask(Number(port))).toBe("200");
  expect((await gateway.stop()).error).toMatch(/\d+ requests were refused: no file descriptors are left/u);
});
