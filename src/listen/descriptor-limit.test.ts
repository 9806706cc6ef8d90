import { connect } from "node:net";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { descriptorLimit, descriptorWarning, requestsWithin } from "./descriptor-limit.ts";
import { openListener } from "./listener.test-support.ts";

const limits = (soft: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${soft.padEnd(21)}1048576              files\n`;

describe("the limit of file descriptors", () => {
  test.each([
    ["1024", 1_024],
    ["65536", 65_536],
    ["unlimited", null],
  ])("%s is enough", (soft, limit) => {
    expect(descriptorLimit(limits(soft))).toBe(limit);
    expect(descriptorWarning(limit)).toBeNull();
  });

  test("a low one is a warning that says what to do; an unknown one is none", () => {
    expect(descriptorWarning(descriptorLimit(limits("64")))).toContain(
      "only 64 file descriptors are allowed, enough for 13 requests",
    );
    expect([descriptorLimit(""), requestsWithin(null), requestsWithin(8)]).toEqual([null, Infinity, 1]);
  });
});

describe("a listener with as many requests as it can hold", () => {
  test("refuses one more in clear words, and serves again when one has ended", async () => {
    const ends: (() => void)[] = [];
    const handle = () =>
      new Promise<{ status: number; headers: Record<string, string>; body: string }>((resolve) => {
        ends.push(() => resolve({ status: 200, headers: {}, body: "ok" }));
      });
    const { url } = await openListener(handle, { mostRequests: 1 });
    const first = fetch(url);
    await expect.poll(() => ends.length).toBe(1);
    const refused = await fetch(url);
    expect([refused.status, refused.headers.get("connection")]).toEqual([503, "close"]);
    ends[0]!();
    expect((await first).status).toBe(200);
    const next = fetch(url);
    await expect.poll(() => ends.length).toBe(2);
    ends[1]!();
    expect((await next).status).toBe(200);
  });

  test("W8m: refuses connections that would take the targets' descriptors, and tells the operator once", async () => {
    const told: unknown[] = [];
    const handle = async () => ({ status: 200, headers: {}, body: "ok" });
    const { port, clock } = await openListener(handle, { mostRequests: 1, onError: (error) => void told.push(error) });
    const silent = [1, 2].map(() => connect(port, "127.0.0.1"));
    await Promise.all(silent.map((socket) => once(socket, "connect")));
    const third = connect(port, "127.0.0.1");
    const [answer] = (await once(third, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 503 .*retry-after: 1.*"code":"overloaded"/su);
    await once(third, "close");
    clock.fire(1_000);
    expect(told).toEqual(["1 requests were refused: no file descriptors are left (ulimit -n)"]);
    for (const socket of silent) socket.destroy();
  });

  test("closes idle connections first", async () => {
    const { port } = await openListener(async () => ({ status: 200, headers: {}, body: "ok" }), { mostRequests: 1 });
    const idle = connect(port, "127.0.0.1");
    idle.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await once(idle, "data");
    const closed = once(idle, "close");
    const more = [1, 2].map(() => connect(port, "127.0.0.1"));
    await closed;
    expect(idle.destroyed).toBe(true);
    for (const socket of more) socket.destroy();
  });
});
