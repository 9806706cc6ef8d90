import { describe, expect, test } from "vitest";
import { connectRaw, gate, HandSource, openListener, requestText } from "./listener.test-support.ts";

const ok = { status: 200, headers: {}, body: "ok" };

describe("F16: stopping", () => {
  test("closes idle connections at once and takes no new ones", async () => {
    const { port, listener } = await openListener(async () => ({ ...ok, headers: {} }));
    const idle = await connectRaw(port);
    idle.send(requestText("/"));
    await idle.until("ok");
    const silent = await connectRaw(port);
    await listener.drain();
    expect(await idle.untilClosed()).toBe("end");
    expect(await silent.untilClosed()).toBe("end");
    await expect(connectRaw(port)).rejects.toThrow("ECONNREFUSED");
  });

  test("lets a stream and an answer under way end, says `connection: close`, then closes", async () => {
    const source = new HandSource();
    const answer = gate();
    const { port, listener } = await openListener(async (request) => {
      if (request.path === "/stream") return { status: 200, headers: {}, body: source };
      await answer.promise;
      return { ...ok, headers: {} };
    });
    const streaming = await connectRaw(port);
    streaming.send(requestText("/stream"));
    source.give("before ");
    await streaming.until("before ");
    const waiting = await connectRaw(port);
    waiting.send(requestText("/whole"));
    await expect.poll(() => listener.inFlight).toBe(2);

    let over = false;
    const drained = listener.drain().then(() => (over = true));
    answer.open();
    await waiting.untilClosed();
    expect(waiting.received).toMatch(/connection: close\r\n[^]*ok$/iu);
    source.give("after");
    await streaming.until("after");
    expect(over).toBe(false);
    source.give(null);
    expect(await streaming.untilClosed()).toBe("end");
    expect(streaming.received).toContain("\r\n0\r\n\r\n");
    await drained;
    expect(listener.inFlight).toBe(0);
  });

  test("answers a request that comes on a kept connection with 503", async () => {
    const source = new HandSource();
    const { port, listener } = await openListener(async () => ({ status: 200, headers: {}, body: source }));
    const client = await connectRaw(port);
    client.send(requestText("/stream"));
    await client.until("200 OK");
    const drained = listener.drain();
    client.send(requestText("/next", "body"));
    await expect.poll(() => listener.inFlight).toBe(2);
    source.give("piece").give(null);
    await client.untilClosed();
    expect(client.received).toMatch(/piece[^]*HTTP\/1.1 503 [^]*connection: close[^]*"code":"draining"/iu);
    await drained;
  });

  test("a request whose body is still coming is answered", async () => {
    const { port, listener } = await openListener(async (request) => ({
      status: 200,
      headers: {},
      body: `got ${request.body.byteLength}`,
    }));
    const client = await connectRaw(port);
    client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\nabc");
    await expect.poll(() => listener.inFlight).toBe(1);
    const drained = listener.drain();
    client.send("def");
    await client.until("got 6");
    await drained;
    expect(await client.untilClosed()).toBe("end");
  });

  test("cuts what the grace period did not suffice for, in a way that clients see", async () => {
    const source = new HandSource();
    const { port, listener, clock } = await openListener(async () => ({ status: 200, headers: {}, body: source }), {
      grace: () => 1234,
    });
    const client = await connectRaw(port);
    client.send(requestText("/"));
    source.give("half");
    await client.until("half");
    const drained = listener.drain();
    clock.fire(1000);
    source.give(" more");
    await client.until("more");
    clock.fire(1234);
    await client.untilClosed();
    await drained;
    expect(client.received).not.toContain("0\r\n\r\n");
    await source.untilCancelled();
    await expect.poll(() => listener.inFlight).toBe(0);
  });

  test("is not held up by a connection that never finishes its request's head", async () => {
    const { port, listener, clock } = await openListener(async () => ({ ...ok, headers: {} }));
    const client = await connectRaw(port);
    client.send("GET / HTTP/1.1\r\nhost: a\r\nx: ");
    const other = await connectRaw(port);
    other.send(requestText("/"));
    await other.until("ok");
    const drained = listener.drain();
    await other.untilClosed();
    clock.fire(1000);
    await drained;
    expect(await client.untilClosed()).toBe("end");
    expect([...clock.timers]).toEqual([]);
  });

  test("twice is once, and before listening is nothing", async () => {
    const { listener } = await openListener(async () => ({ ...ok, headers: {} }));
    expect(listener.drain()).toBe(listener.drain());
    await listener.drain();
    await listener.drain();
    expect(listener.inFlight).toBe(0);
  });
});
