import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startSimulator, vendors, type Simulator } from "./simulator.ts";
import { ask, eventsOf, goodHeaders, RawClient, rawRequest } from "./simulator.test-support.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(async () => {
  await simulator.close();
});

describe("the simulator", () => {
  it.each(vendors)("answers as %s, whole and streamed", async (vendor) => {
    const whole = await ask(simulator, vendor);
    expect(whole.status).toBe(200);
    await expect(whole.json()).resolves.toBeTypeOf("object");
    const streamed = await ask(simulator, vendor, { stream: true });
    expect(streamed.headers.get("content-type")).toMatch(/^text\/event-stream/);
    expect(eventsOf(await streamed.text()).length).toBeGreaterThan(3);
  });

  it("gives base URLs a client can be pointed at", () => {
    expect(simulator.vendors.google.baseUrl).toBe(`http://127.0.0.1:${simulator.vendors.google.port}/v1beta`);
    expect(simulator.vendors.openai.baseUrl).toMatch(/\/v1$/);
    expect(simulator.vendors.anthropic.baseUrl).toMatch(/\/v1$/);
  });

  it("answers the same question with the same text", async () => {
    const contentOf = async (): Promise<unknown> => {
      const answer = (await (await ask(simulator, "openai")).json()) as { choices: unknown };
      return answer.choices;
    };
    expect(await contentOf()).toEqual(await contentOf());
  });

  it("replays ids from its seed", async () => {
    const idOf = async (seed: number): Promise<string> => {
      const own = await startSimulator({ seed });
      const answer = (await (await ask(own, "openai")).json()) as { id: string };
      await own.close();
      return answer.id;
    };
    const [first, again, other] = [await idOf(7), await idOf(7), await idOf(8)];
    expect(first).toBe(again);
    expect(other).not.toBe(first);
  });

  it("rejects when a port is taken, and leaves nothing open", async () => {
    const ports = { google: simulator.vendors.google.port };
    await expect(startSimulator({ ports })).rejects.toThrow(/EADDRINUSE/);
  });

  it("takes the ports it is given", async () => {
    const free = await startSimulator();
    const { port } = free.vendors.openai;
    await free.close();
    const chosen = await startSimulator({ ports: { openai: port } });
    expect(chosen.vendors.openai.port).toBe(port);
    await chosen.close();
  });

  it("can do without keys", async () => {
    const open = await startSimulator({ requireKeys: false });
    const answers = await Promise.all(
      vendors.map((vendor) =>
        fetch(`${open.vendors[vendor].baseUrl}/models`, { headers: { "anthropic-version": "2023-06-01" } }),
      ),
    );
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    await open.close();
  });

  it("starts quickly", async () => {
    const start = performance.now();
    const others = await Promise.all(Array.from({ length: 20 }, () => startSimulator()));
    expect((performance.now() - start) / 20).toBeLessThan(50);
    await Promise.all(others.map((other) => other.close()));
  });
});

describe("its pace", () => {
  it("is kept by streams and whole answers", async () => {
    simulator.setPace("openai", { firstTokenMs: 40, tokensPerSecond: 1000 });
    const start = performance.now();
    const answer = await ask(simulator, "openai", { stream: true });
    expect(performance.now() - start).toBeGreaterThan(35);
    await answer.text();
    expect(performance.now() - start).toBeGreaterThan(70);
    const [entry] = simulator.log();
    expect(entry?.events.map((event) => event.what)).toEqual(["received", "headers-sent", "first-token", "finished"]);
    const beforeWhole = performance.now();
    await (await ask(simulator, "openai")).text();
    expect(performance.now() - beforeWhole).toBeGreaterThan(70);
  });

  it("must be a sensible one", () => {
    expect(() => simulator.setPace("openai", { firstTokenMs: -1, tokensPerSecond: 0 })).toThrow(/firstTokenMs/);
    expect(() => simulator.setPace("openai", { firstTokenMs: 0, tokensPerSecond: Number.NaN })).toThrow(
      /tokensPerSecond/,
    );
  });
});

describe("its log", () => {
  it("holds what the vendor saw", async () => {
    await ask(simulator, "google", { stream: true });
    const [entry] = simulator.log();
    expect(entry).toMatchObject({
      vendor: "google",
      method: "POST",
      path: "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
      requestNumberOnConnection: expect.any(Number) as number,
      model: "gemini-2.5-flash",
      stream: true,
      fault: null,
      status: 200,
      body: { contents: [{ role: "user", parts: [{ text: "Tell me about bread" }] }] },
      keys: { authorization: "Bearer sk-simulated-key" },
    });
    expect(entry?.headers).not.toHaveProperty("authorization");
    expect(Math.abs((entry?.at ?? 0) - Date.now())).toBeLessThan(5000);
    expect(entry?.bytesSent).toBeGreaterThan(500);
    simulator.clearLog();
    expect(simulator.log()).toEqual([]);
  });

  it("keeps a key in the query out of the path", async () => {
    await fetch(`${simulator.vendors.google.baseUrl}/models?key=AIzaSecret`);
    expect(simulator.log()[0]).toMatchObject({ path: "/v1beta/models", keys: { "?key": "AIzaSecret" } });
  });

  it("counts requests on a connection, pipelined ones too", async () => {
    const client = new RawClient(simulator.vendors.openai.port);
    client.send(rawRequest("openai") + rawRequest("openai"));
    await client.until((text) => text.split("0\r\n\r\n").length > 2);
    client.close();
    const seen = simulator.log().map((entry) => [entry.connectionId, entry.requestNumberOnConnection]);
    expect(seen).toEqual([
      [1, 1],
      [1, 2],
    ]);
  });

  it("knows no first token where nothing was generated", async () => {
    await (await ask(simulator, "openai", { model: "nope" })).text();
    expect(simulator.log()[0]?.events.map((event) => event.what)).toEqual(["received", "headers-sent", "finished"]);
  });

  it("forgets the oldest entries when their bodies grow too large", async () => {
    const text = "word ".repeat(800_000);
    for (let count = 0; count < 20; count++) await (await ask(simulator, "openai", { model: "nope", text })).text();
    const entries = simulator.log();
    expect(entries.length).toBeLessThan(20);
    expect(entries.at(-1)?.body).toEqual({ truncated: true, bytes: expect.any(Number) as number });
  });

  it("tells listeners until they stop", async () => {
    const heard: string[] = [];
    const stop = simulator.onLog((entry, event) => heard.push(`${entry.vendor} ${event.what}`));
    await (await ask(simulator, "anthropic")).text();
    stop();
    await (await ask(simulator, "anthropic")).text();
    expect(heard).toEqual([
      "anthropic received",
      "anthropic headers-sent",
      "anthropic first-token",
      "anthropic finished",
    ]);
  });

  it("waits for an entry that fits, and says what it saw when none comes", async () => {
    const waiting = simulator.waitFor((entry) => entry.model === "gpt-4.1", 2000);
    await ask(simulator, "openai", { model: "gpt-4o" });
    await ask(simulator, "openai", { model: "gpt-4.1" });
    await expect(waiting).resolves.toMatchObject({ model: "gpt-4.1" });
    await expect(simulator.waitFor((entry) => entry.model === "gpt-4.1", 10)).resolves.toMatchObject({
      model: "gpt-4.1",
    });
    await expect(simulator.waitFor(() => false, 10)).rejects.toThrow(/no logged request fits after 10 ms.*openai POST/);
  });

  it("sees a client that leaves in mid-answer within 100 ms, and stops", async () => {
    simulator.setPace("anthropic", { firstTokenMs: 0, tokensPerSecond: 20 });
    const leaving = new AbortController();
    const answer = await ask(simulator, "anthropic", { stream: true, signal: leaving.signal });
    await answer.body?.getReader().read();
    const leftAt = performance.timeOrigin + performance.now();
    leaving.abort();
    const entry = await simulator.waitFor((seen) => seen.events.some((event) => event.what === "client-closed"), 1000);
    const closed = entry.events.find((event) => event.what === "client-closed");
    expect((closed?.at ?? Infinity) - leftAt).toBeLessThan(100);
    expect(entry.events.some((event) => event.what === "finished")).toBe(false);
  });

  it("shows back pressure of a client that does not read", async () => {
    const client = new RawClient(simulator.vendors.openai.port);
    client.socket.pause();
    client.send(rawRequest("openai", { stream: true, text: "Write 200000 words about bread" }));
    const paused = await simulator.waitFor((entry) => entry.events.some((event) => event.what === "paused"), 5000);
    expect(paused.events.some((event) => event.what === "finished")).toBe(false);
    client.socket.resume();
    const resumed = await simulator.waitFor((entry) => entry.events.some((event) => event.what === "resumed"), 5000);
    expect(resumed.id).toBe(paused.id);
    client.close();
    await simulator.waitFor((entry) => entry.events.some((event) => event.what === "client-closed"), 5000);
  });

  it("has an entry for a connection that broke before it brought a request", async () => {
    const client = new RawClient(simulator.vendors.openai.port);
    client.send("POST /v1/chat/completions HTTP/1.1\r\ncontent-length: 100\r\n\r\nhalf");
    client.socket.end();
    const entry = await simulator.waitFor((seen) => seen.method === "", 1000);
    expect(entry).toMatchObject({ requestNumberOnConnection: 0, vendor: "openai" });
    expect(entry.events.map((event) => event.what)).toEqual(["client-closed"]);
  });
});

describe("its HTTP", () => {
  it("answers Expect: 100-continue and chunked bodies", async () => {
    const client = new RawClient(simulator.vendors.openai.port);
    const json = '{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}';
    client.send(
      `POST /v1/chat/completions HTTP/1.1\r\nauthorization: Bearer k\r\nexpect: 100-continue\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    await client.until((text) => text.includes("100 Continue"));
    client.send(`${json.length.toString(16)}\r\n${json}\r\n0\r\n\r\n`);
    expect(await client.until((text) => text.includes("0\r\n\r\n"))).toMatch(
      /HTTP\/1\.1 200 OK\r\n[^]*gpt-4o-2024-08-06/,
    );
    client.close();
  });

  it("lives through paths and bodies that make no sense", async () => {
    const bodies = [
      "null",
      "[]",
      "1",
      "{}",
      '{"model":1}',
      '{"contents":[{"parts":[{"functionCall":5}]}]}',
      '{"messages":[null]}',
    ];
    const hosts = vendors.map((vendor) => `http://127.0.0.1:${simulator.vendors[vendor].port}`);
    const paths = [
      "/v1/models/%zz",
      "/v1beta/models/%zz:generateContent",
      "/v1/chat/completions",
      "/v1/messages",
      "//",
      "/v1beta/models/gemini-2.5-pro:streamGenerateContent",
    ];
    for (const url of hosts.flatMap((host) => paths.map((path) => `${host}${path}`))) {
      for (const body of bodies) {
        const text = await (await fetch(url, { method: "POST", headers: goodHeaders, body })).text();
        expect(text).not.toContain("the simulator itself failed");
      }
      const head = await fetch(url, { method: "HEAD", headers: goodHeaders });
      expect(await head.text()).toBe("");
    }
  });

  it("closes when the client asks for it", async () => {
    const client = new RawClient(simulator.vendors.openai.port);
    client.send(rawRequest("openai").replace("host: simulator", "host: simulator\r\nconnection: close"));
    expect(await client.ended).toBe("end");
    expect(client.text).toMatch(/connection: close[^]*0\r\n\r\n$/);
  });

  it("refuses what is no HTTP", async () => {
    const client = new RawClient(simulator.vendors.openai.port);
    client.send("good morning\r\n\r\n");
    await client.ended;
    expect(client.text).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("ends open connections when it closes", async () => {
    const own = await startSimulator();
    own.play("openai", { fault: "accept-and-hang" });
    const client = new RawClient(own.vendors.openai.port);
    client.send(rawRequest("openai"));
    await own.waitFor((entry) => entry.fault === "accept-and-hang", 1000);
    await own.close();
    await client.ended;
    const refused = await new Promise((resolve) =>
      connect(own.vendors.openai.port, "127.0.0.1").once("error", resolve),
    );
    expect(refused).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("serves many clients at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 150 }, (_, index) =>
        ask(simulator, vendors[index % 3] ?? "openai", { stream: index % 2 === 0 }),
      ),
    );
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(texts.every((text) => text.length > 200)).toBe(true);
    expect(simulator.log()).toHaveLength(150);
  });

  it("says which key is missing", async () => {
    const { authorization: _key, ...headers } = goodHeaders;
    const statuses = await Promise.all(
      vendors.map(async (vendor) => (await fetch(`${simulator.vendors[vendor].baseUrl}/models`, { headers })).status),
    );
    expect(statuses).toEqual([403, 401, 401]);
  });
});
