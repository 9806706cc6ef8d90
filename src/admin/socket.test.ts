// The operator's socket: who may connect, what it answers, and what happens to a stale socket file.
import { chmod, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RouteStatus } from "../attempt/explain/route-status.ts";
import { GatewayFailure } from "../core/failure.ts";
import { askSocket, askUrl } from "./ask-gateway.ts";
import { isOurs, makeFolder, socketPath } from "./socket-path.ts";
import { openSocket, type Observed } from "./socket.ts";

const explain: Observed["explain"] = (route, sample) => {
  if (route === "gone") throw new GatewayFailure('There is no route "gone".', { code: "unknown_model", status: 404 });
  if (route === "broken") throw new Error("a fault");
  return { route, at: JSON.stringify(sample), next: [], targets: [] } satisfies RouteStatus;
};
const gateway: Observed = {
  explain,
  status: () => ({ at: "now", startedAt: "then", config: "c", routes: [], direct: [], modelLists: [] }),
};

describe.skipIf(process.getuid === undefined)("the operator's socket", () => {
  let runtime = "";
  let path = "";
  beforeEach(async () => {
    runtime = await mkdtemp(join(tmpdir(), "understudy-socket-"));
    path = socketPath({ XDG_RUNTIME_DIR: runtime }, 8787)!;
  });
  afterEach(async () => {
    await rm(runtime, { recursive: true, force: true });
  });

  test("lies in a folder of this user's alone, with mode 0600, and is gone when it is closed", async () => {
    const socket = await openSocket(path, gateway);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
    await socket?.close();
    await expect(stat(path)).rejects.toThrow("ENOENT");
  });

  test("answers with the sample's metadata and params, a name with a slash, and refusals in words", async () => {
    const socket = await openSocket(path, gateway);
    const told = await askSocket(path, { route: "openai/gpt 4o", metadata: '{"plan":"pro"}', params: '{"n":1}' });
    expect(told).toMatchObject({ kind: "route-status", routeStatus: { route: "openai/gpt 4o" } });
    expect(JSON.stringify(told)).toContain('{\\"metadata\\":{\\"plan\\":\\"pro\\"},\\"params\\":{\\"n\\":1}}');
    const refusals = await Promise.all([
      askSocket(path, { route: "gone" }),
      askSocket(path, { route: "broken" }),
      askSocket(path, { route: "a", metadata: "[1]" }),
    ]);
    expect(refusals).toEqual([
      { kind: "refused", status: 404, message: 'There is no route "gone".' },
      { kind: "refused", status: 500, message: "a fault" },
      { kind: "refused", status: 400, message: 'metadata must be a JSON object, e.g. {"plan":"pro"}.' },
    ]);
    await socket?.close();
  });

  test("one that was left behind is replaced; one that answers is left alone", async () => {
    await makeFolder(dirname(path));
    await writeFile(path, "");
    const socket = await openSocket(path, gateway);
    expect(await askSocket(path, { route: "a" })).toMatchObject({ kind: "route-status" });
    expect(await openSocket(path, gateway)).toBeNull();
    expect(await askSocket(path, { route: "a" })).toMatchObject({ kind: "route-status" });
    await socket?.close();
  });

  test("a folder that others can enter, or that is a link, is not used", async () => {
    const folder = dirname(path);
    await makeFolder(folder);
    await chmod(folder, 0o755);
    expect(await openSocket(path, gateway)).toBeNull();
    expect(await askSocket(path, { route: "a" })).toMatchObject({ kind: "unreachable" });
    await rm(folder, { recursive: true });
    await symlink(runtime, folder);
    expect(await isOurs(folder)).toBe(false);
  });

  test("an address that is too long for a socket: the gateway does without", async () => {
    const long = join(dirname(path), `${"x".repeat(120)}.sock`);
    expect(await openSocket(long, gateway)).toBeNull();
  });

  test("nobody there", async () => {
    await makeFolder(dirname(path));
    expect(await askSocket(path, { route: "a" })).toMatchObject({ kind: "unreachable" });
  });
});

test("what answers and is no gateway is said to be none", async () => {
  const server = createServer((socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number };
  const told = await askUrl(new URL(`http://127.0.0.1:${port}/v1`), "k", { route: "a" });
  server.close();
  expect(told).toMatchObject({ kind: "refused", message: "the server there is not an Understudy gateway" });
});
