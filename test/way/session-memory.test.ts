// A vendor that sends far more than a client reads, and a client that sends far more than a vendor reads: the slow side stops
// the fast one, and the gateway holds little. The gateway is a process of its own.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { WebSocket } from "ws";
import { openSessionVendor } from "../support/session-vendor.ts";
import { Client } from "../support/sessions.ts";

const MB = 1024 * 1024;
const program = join(import.meta.dirname, "..", "processes", "passing-gateway.ts");
const piece = JSON.stringify({ type: "response.output_audio.delta", delta: "a".repeat(100_000) });
const PIECES = 1_000;

async function openGateway(baseUrl: string) {
  const child = fork(program, [baseUrl], { execArgv: ["--expose-gc"], stdio: "inherit" });
  onTestFinished(async () => {
    child.disconnect();
    await once(child, "exit");
  });
  const [url] = (await once(child, "message")) as [string];
  const ask = async (question: string): Promise<number> => {
    child.send(question);
    const [answer] = (await once(child, "message")) as [number];
    return answer / MB;
  };
  return { url, ask };
}

/** Sends all pieces; the socket's own buffer grows in this process, not in the gateway's. */
function flood(socket: WebSocket): void {
  for (let count = 0; count < PIECES; count += 1) socket.send(piece);
}

test("100 MB for a client that does not read stay with the vendor, and all arrive when it reads", async () => {
  const vendor = await openSessionVendor(flood);
  const { url, ask } = await openGateway(vendor.baseUrl);
  const idle = await ask("idle");
  const client = new Client(`${url}/v1/realtime?model=one/m`);
  await client.opened();
  client.socket.pause();
  const [socket] = vendor.sockets;
  // Nothing more moves: two looks, half a second apart, see the same.
  await stillness(() => socket!.bufferedAmount);
  expect(socket!.bufferedAmount).toBeGreaterThan(80 * MB);
  expect((await ask("peak")) - idle).toBeLessThan(60);
  client.socket.resume();
  await client.count(PIECES + 1);
  expect((await ask("peak")) - idle).toBeLessThan(120);
}, 60_000);

test("100 MB for a vendor that does not read stay with the client", async () => {
  const vendor = await openSessionVendor((socket) => socket.pause());
  const { url, ask } = await openGateway(vendor.baseUrl);
  const idle = await ask("idle");
  const client = new Client(`${url}/v1/realtime?model=one/m`);
  await client.event("session.created");
  flood(client.socket);
  await stillness(() => client.socket.bufferedAmount);
  expect(client.socket.bufferedAmount).toBeGreaterThan(80 * MB);
  expect((await ask("peak")) - idle).toBeLessThan(60);
}, 60_000);

test("a client that reads nothing while its session ends does not hold it", async () => {
  const vendor = await openSessionVendor((socket) => {
    flood(socket);
    socket.close(1000);
  });
  const { url } = await openGateway(vendor.baseUrl);
  const client = new Client(`${url}/v1/realtime?model=one/m`);
  await client.opened();
  client.socket.pause();
  const [socket] = vendor.sockets;
  await stillness(() => socket!.bufferedAmount);
  client.socket.terminate();
  const [code] = await once(socket!, "close");
  expect(code).toBe(1006);
}, 60_000);

/** Resolves when the value has stopped changing. */
async function stillness(look: () => number): Promise<void> {
  for (let [before, same] = [-1, 0]; same < 3;) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    same = look() === before ? same + 1 : 0;
    before = look();
  }
}
