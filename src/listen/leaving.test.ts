import { describe, expect, test } from "vitest";
import type { Source } from "../core/transport.ts";
import { connectRaw, gate, HandSource, openListener, requestText, whenCancelled } from "./listener.test-support.ts";

describe("F11: a client that leaves", () => {
  test("while it sends its body is never handed on", async () => {
    const handled: string[] = [];
    const { port, listener } = await openListener(async (request) => {
      handled.push(request.path);
      return { status: 200, headers: {}, body: "ok" };
    });
    const client = await connectRaw(port);
    client.send("POST /left HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nabc");
    const second = await connectRaw(port);
    second.send(requestText("/stayed"));
    await second.until("ok");
    client.socket.destroy();
    await expect.poll(() => listener.inFlight).toBe(0);
    expect(handled).toEqual(["/stayed"]);
  });

  test.each(["FIN", "RST"])("by %s before the answer cancels it within 100 ms", async (how) => {
    const arrived = gate();
    const cancelled = gate<number>();
    const { port } = await openListener(async (_, cancellation) => {
      const over = whenCancelled(cancellation);
      arrived.open();
      await over;
      cancelled.open(performance.now());
      return { status: 200, headers: {}, body: "too late" };
    });
    const client = await connectRaw(port);
    client.send(requestText("/", "body"));
    await arrived.promise;
    const left = performance.now();
    if (how === "FIN") client.socket.destroy();
    else client.socket.resetAndDestroy();
    expect((await cancelled.promise) - left).toBeLessThan(100);
  });

  test("before the answer has the stream that comes too late given up", async () => {
    const arrived = gate();
    const source = new HandSource();
    const { port } = await openListener(async (_, cancellation) => {
      arrived.open();
      await whenCancelled(cancellation);
      return { status: 200, headers: {}, body: source };
    });
    const client = await connectRaw(port);
    client.send(requestText("/"));
    await arrived.promise;
    client.socket.destroy();
    await source.untilCancelled();
    expect(source.pulls).toBe(0);
  });

  test.each(["before the first piece", "in the middle"])("of a stream %s cancels it within 100 ms", async (phase) => {
    const source = new HandSource();
    const { port, listener, errors } = await openListener(async () => ({ status: 200, headers: {}, body: source }));
    const client = await connectRaw(port);
    client.send(requestText("/"));
    if (phase === "in the middle") source.give("some");
    await client.until(phase === "in the middle" ? "some" : "200 OK");
    const left = performance.now();
    client.socket.destroy();
    await source.untilCancelled();
    expect(performance.now() - left).toBeLessThan(100);
    await expect.poll(() => listener.inFlight).toBe(0);
    expect(errors).toEqual([]);
  });

  test("with a pipelined request waiting cancels both", async () => {
    const cancelled: string[] = [];
    const both = gate();
    const arrived = gate();
    const { port } = await openListener(async (request, cancellation) => {
      if (request.path === "/2") arrived.open();
      await whenCancelled(cancellation);
      if (cancelled.push(request.path) === 2) both.open();
      return { status: 200, headers: {}, body: "" };
    });
    const client = await connectRaw(port);
    client.send(requestText("/1") + requestText("/2"));
    await arrived.promise;
    client.socket.destroy();
    await both.promise;
    expect(cancelled.sort()).toEqual(["/1", "/2"]);
  });

  test("after its whole answer cancels nothing", async () => {
    let cancellations = 0;
    const { url } = await openListener(async (_, cancellation) => {
      cancellation.onCancel(() => (cancellations += 1));
      return { status: 200, headers: { connection: "close" }, body: "ok" };
    });
    expect(await (await fetch(url)).text()).toBe("ok");
    expect(await (await fetch(url)).text()).toBe("ok");
    expect(cancellations).toBe(0);
  });
});

describe("F12: a client that is slow", () => {
  test.each<[number, "text" | "bytes"]>([
    [64 * 1024, "bytes"],
    [8 * 1024, "bytes"],
    [8 * 1024, "text"],
  ])("slows the pulling down (pieces of %i, %s), and gets everything", async (size, kind) => {
    const piece = kind === "text" ? "x".repeat(size) : Buffer.alloc(size, "x");
    const total = (64 * 1024 * 1024) / size;
    let pulls = 0;
    const source: Source<Uint8Array | string> = {
      next: async () => ((pulls += 1) <= total ? piece : null),
      cancel: () => {},
    };
    const { url } = await openListener(async () => ({ status: 200, headers: {}, body: source }));
    const response = await fetch(url);
    // Nothing is read, so pulling stops when the sockets' buffers are full.
    let before = -1;
    await expect
      .poll(
        () => {
          const rested = pulls === before;
          before = pulls;
          return rested;
        },
        { interval: 100 },
      )
      .toBe(true);
    expect(pulls).toBeLessThan(total / 4);
    expect((await response.arrayBuffer()).byteLength).toBe(total * size);
  });

  test("and leaves while the gateway waits for it has its stream given up", async () => {
    const piece = Buffer.alloc(64 * 1024, "x");
    const given = gate();
    const source: Source<Uint8Array> = { next: async () => piece, cancel: () => given.open() };
    const { port, listener } = await openListener(async () => ({ status: 200, headers: {}, body: source }));
    const client = await connectRaw(port);
    client.send(requestText("/"));
    await client.until("200 OK");
    client.socket.pause();
    client.socket.destroy();
    await given.promise;
    await expect.poll(() => listener.inFlight).toBe(0);
  });
});
