// What depends on the platform under the gateway is asked of every Node that the package supports, in a process of its own.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Ended, runChild } from "./support/children.ts";
import { nodeVersions, type NodeVersion } from "./support/node-versions.ts";

const folder = join(import.meta.dirname, "processes");
const env = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" };

/** What the vendor does with a number of requests, counted from 0; then it answers. */
type Trouble = (response: ServerResponse, path: string, number: number) => void;

const refusal = (status: number, headers: Readonly<Record<string, string>>): Trouble => {
  // The connection is closed, so that no socket holds the program while it waits.
  return (response, path, number) => {
    if (number > 0) answer(response, path);
    else response.writeHead(status, { ...headers, "content-type": "application/json", connection: "close" }).end("{}");
  };
};
const silence: Trouble = (response, path) => {
  if (path.startsWith("/openai")) answer(response, path);
};
const troubles: Readonly<Record<string, Trouble>> = {
  none: answer,
  "back-off": refusal(503, {}),
  hint: refusal(429, { "retry-after": "1" }),
  "first-token timeout": silence,
  hedge: silence,
  "stream after a back-off": refusal(503, {}),
  "stream left unread": answer,
};
const stories = Object.keys(troubles);

type Skip = (note: string) => never;

describe.each(nodeVersions)("$name", (version) => {
  test("pieces of a stream arrive in their order, whatever their sizes", async ({ skip }) => {
    const ended = await run(version, ["piece-order.ts"], skip);
    expect(ended).toMatchObject({ code: 0, cut: false });
    expect(JSON.parse(ended.out)).toMatchObject({ complaints: [] });
  });

  test.for(stories)("a program that only awaits the library gets its answer: %s", async (story, { skip }) => {
    const vendor = await openVendor(troubles[story] ?? answer);
    const ledger = join(temporaryFolder(), "ledger.jsonl");
    const ended = await run(version, ["awaited-answer.ts", story, vendor, ledger], skip);
    expect(ended).toMatchObject({ code: 0, cut: false });
    expect(ended.out).toMatch(/^200 .*Here I am\./su);
  });
});

/** Skips the test, saying so, where this machine does not have that Node. */
function run({ name, binary }: NodeVersion, [file = "", ...words]: readonly string[], skip: Skip): Promise<Ended> {
  if (binary === null) return skip(`${name} is not installed; .ci/run installs it`);
  return runChild(binary, [join(folder, file), ...words], { cwd: folder, env, limitMs: 60_000 });
}

function answer(response: ServerResponse, path: string): void {
  const text = "Here I am.";
  const body = path.startsWith("/google")
    ? { candidates: [{ content: { role: "model", parts: [{ text }] }, finishReason: "STOP", index: 0 }] }
    : { choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }] };
  if (path.includes("stream"))
    response.writeHead(200, { "content-type": "text/event-stream" }).end(`data: ${JSON.stringify(body)}\n\n`);
  else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function openVendor(act: Trouble): Promise<string> {
  let number = 0;
  const server = createServer((request, response) => {
    request.resume().on("end", () => act(response, request.url ?? "", number++));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "understudy-library-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
