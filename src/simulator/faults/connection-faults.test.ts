// Faults of the connection itself, seen from a raw socket and from fetch.
import { readFileSync } from "node:fs";
import { connect as connectTls } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startSimulator, type LogEntry, type Simulator } from "../simulator.ts";
import { ask, RawClient, rawRequest } from "../simulator.test-support.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(async () => {
  await simulator.close();
});

async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const cause = (error as { cause?: { code?: string; message?: string } } | undefined)?.cause;
  return cause?.code ?? cause?.message ?? String(error);
}

function happened(what: string): (entry: LogEntry) => boolean {
  return (entry) => entry.events.some((event) => event.what === what);
}

describe("connection-refused", () => {
  it("refuses until healed, then the same port answers again", async () => {
    const idle = new RawClient(simulator.vendors.openai.port);
    idle.send(rawRequest("openai"));
    await idle.until((text) => text.endsWith("0\r\n\r\n"));
    simulator.play("openai", { fault: "connection-refused" });
    await idle.ended;
    expect(await failureOf(ask(simulator, "openai"))).toBe("ECONNREFUSED");
    expect((await ask(simulator, "google")).status).toBe(200);
    simulator.heal("openai");
    expect((await ask(simulator, "openai")).status).toBe(200);
  });

  it.skipIf(process.platform !== "linux")("holds on to its port, so that nobody else is given it", async () => {
    const { port } = simulator.vendors.openai;
    const inHex = port.toString(16).toUpperCase().padStart(4, "0");
    /** The port's connections to itself: in state 01, established. */
    const holders = (): number =>
      [...readFileSync("/proc/net/tcp", "utf8").matchAll(new RegExp(`0100007F:${inHex} 0100007F:${inHex} 01 `, "gu"))]
        .length;
    simulator.play("openai", { fault: "connection-refused" });
    await expect.poll(holders).toBe(1);
    expect(await failureOf(ask(simulator, "openai"))).toBe("ECONNREFUSED");
    simulator.heal("openai");
    expect((await ask(simulator, "openai")).status).toBe(200);
    expect(holders()).toBe(0);
  });

  it("ends by itself when its time is over", async () => {
    simulator.play("google", { fault: "connection-refused", forMs: 30 });
    expect(await failureOf(ask(simulator, "google"))).toBe("ECONNREFUSED");
    let status = 0;
    for (let attempt = 0; attempt < 5000 && status === 0; attempt++) {
      status = await ask(simulator, "google").then(
        (answer) => answer.status,
        () => 0,
      );
    }
    expect(status).toBe(200);
  });

  it("can begin later", async () => {
    const client = new RawClient(simulator.vendors.openai.port);
    simulator.play("openai", { fault: "connection-refused", afterMs: 20 });
    expect((await ask(simulator, "openai")).status).toBe(200);
    await client.ended;
    expect(await failureOf(ask(simulator, "openai"))).toBe("ECONNREFUSED");
  });
});

describe("silence and resets", () => {
  it("accept-and-hang says nothing until the client leaves", async () => {
    simulator.play("openai", { fault: "accept-and-hang", count: 1 });
    const leaving = new AbortController();
    const answer = ask(simulator, "openai", { signal: leaving.signal });
    await simulator.waitFor(happened("received"), 1000);
    leaving.abort();
    await expect(answer).rejects.toThrow(/abort/i);
    const entry = await simulator.waitFor(happened("client-closed"), 1000);
    expect(entry).toMatchObject({ fault: "accept-and-hang", status: null, bytesSent: 0 });
    expect((await ask(simulator, "openai")).status).toBe(200);
  });

  it("reset-before-headers sends RST and nothing else", async () => {
    simulator.play("openai", { fault: "reset-before-headers" });
    const client = new RawClient(simulator.vendors.openai.port);
    client.send(rawRequest("openai"));
    expect(await client.ended).toBe("ECONNRESET");
    expect(client.text).toBe("");
    expect(simulator.log()[0]?.events.map((event) => event.what)).toEqual(["received", "reset"]);
  });

  it.each([true, false])("reset-after-headers lets the headers through (stream: %s)", async (stream) => {
    simulator.play("anthropic", { fault: "reset-after-headers" });
    const answer = await ask(simulator, "anthropic", { stream });
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow(/terminated/);
    expect(simulator.log()[0]?.events.map((event) => event.what)).toEqual(["received", "headers-sent", "reset"]);
  });

  it("keep-alive-close answers the first request of a connection and closes at the second", async () => {
    simulator.play("openai", { fault: "keep-alive-close", count: 1 });
    const client = new RawClient(simulator.vendors.openai.port);
    client.send(rawRequest("openai"));
    const first = await client.until((text) => text.endsWith("0\r\n\r\n"));
    client.send(rawRequest("openai"));
    expect(await client.ended).toBe("end");
    expect(client.text).toBe(first);
    expect(simulator.log().map((entry) => entry.fault)).toEqual([null, "keep-alive-close"]);
  });

  it("flapping can show as a reset", async () => {
    simulator.play("openai", { fault: "flapping", downMs: 60_000, upMs: 1, how: "reset" });
    const client = new RawClient(simulator.vendors.openai.port);
    client.send(rawRequest("openai"));
    expect(await client.ended).toBe("ECONNRESET");
  });
});

describe("tls-handshake-failure", () => {
  it.each([
    ["alert", /handshake failure|alert/i],
    ["garbage", /wrong version number|packet length/i],
    ["close", /disconnected|socket hang up|ECONNRESET/i],
  ])("fails a hello with %s", async (how, message) => {
    simulator.play("openai", { fault: "tls-handshake-failure", how });
    const error = await new Promise<Error>((resolve) => {
      connectTls({ port: simulator.vendors.openai.port, host: "127.0.0.1", rejectUnauthorized: false }).once(
        "error",
        resolve,
      );
    });
    expect(error.message).toMatch(message);
    expect(simulator.log()[0]).toMatchObject({
      fault: "tls-handshake-failure",
      method: "",
      requestNumberOnConnection: 0,
    });
  });

  it("refuses TLS without any fault too, as a plain port must", async () => {
    const error = await new Promise<Error>((resolve) => {
      connectTls({ port: simulator.vendors.openai.port, host: "127.0.0.1" }).once("error", resolve);
    });
    expect(error.message).not.toBe("");
    expect(simulator.log()[0]?.fault).toBeNull();
  });

  it("resets a plain request", async () => {
    simulator.play("openai", { fault: "tls-handshake-failure" });
    const client = new RawClient(simulator.vendors.openai.port);
    client.send(rawRequest("openai"));
    expect(await client.ended).toBe("ECONNRESET");
  });
});

describe("delays", () => {
  it("slow-headers and slow-ramp hold the headers back", async () => {
    simulator.play("openai", { fault: "slow-headers", delayMs: 60, count: 1 });
    const start = performance.now();
    await ask(simulator, "openai");
    expect(performance.now() - start).toBeGreaterThan(55);
    simulator.play("openai", { fault: "slow-ramp", fromMs: 60, toMs: 60, overMs: 10, count: 1 });
    const later = performance.now();
    await ask(simulator, "openai");
    expect(performance.now() - later).toBeGreaterThan(55);
  });

  it.each([true, false])("slow-first-token sends the headers at once (stream: %s)", async (stream) => {
    simulator.play("google", { fault: "slow-first-token", delayMs: 60 });
    const answer = await ask(simulator, "google", { stream });
    await answer.text();
    const [entry] = simulator.log();
    const at = (what: string): number => entry?.events.find((event) => event.what === what)?.at ?? Number.NaN;
    expect(at("headers-sent") - at("received")).toBeLessThan(40);
    expect(at("first-token") - at("headers-sent")).toBeGreaterThan(55);
  });
});
