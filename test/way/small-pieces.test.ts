// A body that arrives as pieces of one byte takes the memory of its bytes, not of its pieces: each piece would be an object of
// hundreds of bytes, and no limit counts those. On plain sockets, against a gateway in a process of its own.
import { fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";

const MB = 1024 * 1024;
const program = join(import.meta.dirname, "..", "processes", "passing-gateway.ts");
const PIECES = 400_000;
const batch = "1\r\n \r\n".repeat(20_000);

test("W9: four hundred thousand pieces of one byte take less than 40 MB", { timeout: 60_000 }, async () => {
  const child = fork(program, ["http://127.0.0.1:9/v1"], { execArgv: ["--expose-gc"], stdio: "inherit" });
  const ask = async (question: string): Promise<number> => {
    child.send(question);
    const [answer] = (await once(child, "message")) as [number];
    return answer / MB;
  };
  const [url] = (await once(child, "message")) as [string];
  const send = async (pieces: number): Promise<void> => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.setEncoding("utf8");
    const head = "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n";
    socket.write(head);
    for (let sent = 0; sent < pieces; sent += 20_000) if (!socket.write(batch)) await once(socket, "drain");
    // It is no JSON: the answer shows that all has been read.
    socket.write("0\r\n\r\n");
    const [answer] = (await once(socket, "data")) as [string];
    expect(answer).toMatch(/^HTTP\/1\.1 400 /u);
    socket.destroy();
  };
  try {
    await send(20_000);
    const idle = await ask("idle");
    await send(PIECES);
    expect((await ask("peak")) - idle).toBeLessThan(40);
  } finally {
    child.disconnect();
    await once(child, "exit");
  }
});
