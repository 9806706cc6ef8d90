// F20: a rolling restart refuses no request. While load balancers notice that a gateway stops, it serves on.
import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

async function openServer() {
  const clock = new VirtualClock();
  const gateway = createGateway(
    { providers: { openai: { api_key: "k" } } },
    { environment: {}, clock, warn: () => {} },
  );
  const server = await gateway.listen({ port: 0 });
  return { clock, gateway, server, get: (path: string) => fetch(`${server.url}${path}`) };
}

describe("F20: stopping", () => {
  test("first says 503 to the readiness check and serves new connections, then closes the listener", async () => {
    const { clock, gateway, server, get } = await openServer();
    expect((await get("/readyz")).status).toBe(200);
    const closed = server.close({ after: 5_000 });
    const ready = await get("/readyz");
    expect([ready.status, await ready.json()]).toEqual([503, { status: "draining" }]);
    const models = await get("/v1/models");
    expect([models.status, models.headers.get("connection")]).toEqual([200, "close"]);
    expect((await get("/healthz")).status).toBe(200);
    await clock.advance(4_999);
    expect((await get("/v1/models")).status).toBe(200);
    await clock.advance(1);
    await closed;
    const socket = connect(server.port, "127.0.0.1");
    const [error] = await once(socket, "error");
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
    await gateway.close();
  });

  test("at once where nobody asks for a delay", async () => {
    const { gateway, server, get } = await openServer();
    await server.close();
    await expect(get("/readyz")).rejects.toThrow("fetch failed");
    await gateway.close();
  });
});
