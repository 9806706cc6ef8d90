// `understudy status` as a command, and `explain ROUTE --as-of-now`, its alias: over this machine's socket, over HTTP with the operator's key,
// and its messages if no gateway answers.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSocket, type OperatorSocket } from "../admin/socket.ts";
import { socketPath } from "../admin/socket-path.ts";
import { overviewLines } from "./overview-lines.ts";
import { createGateway, type Gateway, type GatewayStatus } from "../index.ts";
import { explain } from "./explain.ts";
import { status } from "./status.ts";
import type { Terminal } from "./terminal.ts";

const ADMIN_KEY = "operators-own-key-0123456789";
const nobody = "http://127.0.0.1:9";
const config = {
  providers: {
    google: { base_url: `${nobody}/v1beta`, api_key: "AIzaPLANTEDplantedPLANTED0001" },
    openai: { base_url: `${nobody}/v1`, api_key: "sk-proj-PLANTEDplanted0002" },
  },
  routes: {
    assistant: { fallback: ["google/gemini-2.5-flash", "openai/gpt-4o"] },
    plans: { when: [{ if: { "metadata.plan": "pro" }, use: "openai/gpt-4o" }], else: "google/gemini-2.5-flash" },
  },
  defaults: { breaker: { failures: 2, rest: "60s", max_rest: "60s" }, retry: { attempts: 0 } },
  server: { admin_key: ADMIN_KEY },
};

let runtime = "";
let gateway: Gateway;
let url = "";
let port = "";
let socket: OperatorSocket | null = null;
beforeAll(async () => {
  runtime = await mkdtemp(join(tmpdir(), "understudy-now-"));
  gateway = createGateway(config, { environment: {}, warn: () => {} });
  const listening = await gateway.listen({ port: 0 });
  [url, port] = [listening.url, String(listening.port)];
  socket = await openSocket(socketPath({ XDG_RUNTIME_DIR: runtime }, listening.port)!, gateway);
  const body = JSON.stringify({ model: "google/gemini-2.5-flash", messages: [{ role: "user", content: "Hello" }] });
  const headers = { "content-type": "application/json" };
  for (let time = 0; time < 5; time += 1)
    await gateway.fetch(`${url}/v1/chat/completions`, { method: "POST", headers, body });
});
afterAll(async () => {
  await socket?.close();
  await gateway.close();
  await rm(runtime, { recursive: true, force: true });
});

interface Said {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

async function run(words: readonly string[], environment: Record<string, string> = {}): Promise<Said> {
  const said = { out: "", error: "" };
  const terminal: Terminal = {
    environment: { XDG_RUNTIME_DIR: runtime, ...environment },
    directory: runtime,
    print: (line) => void (said.out += `${line}\n`),
    warn: (line) => void (said.error += `${line}\n`),
    onSignal: () => () => {},
    exit: () => {},
  };
  const command = words.includes("--as-of-now") || words[1] === "--url" ? explain : status;
  const code = await command.run(words, terminal);
  expect(said.out + said.error).not.toMatch(/PLANTED|operators-own/u);
  return { code, ...said };
}

describe("on this machine", () => {
  test("without a route: every route and target at a glance, found without a port", async () => {
    const { code, out, error } = await run([]);
    expect({ code, error }).toEqual({ code: 0, error: "" });
    const [title, blank, head, first, second, third] = out.split("\n");
    expect(title).toMatch(new RegExp(`^gateway on port ${port} {2}config, up [\\d.]+ m?s, as of \\S+Z$`, "u"));
    expect(blank).toBe("");
    expect(head).toMatch(/^route +target +circuit +since +errors +slow +p50 +p95 +in flight +cooldown$/u);
    expect(first).toMatch(
      /^assistant {2}google\/gemini-2\.5-flash {2}open, (?:[45]\d|60) s left {2}\d.* m?s ago {2}\d+ % +- +- +- +0 +-$/u,
    );
    expect(second).toMatch(/^ +openai\/gpt-4o +closed +- +0 % +- +- +- +0 +-$/u);
    expect(third).toMatch(/^plans +openai\/gpt-4o/u);
  });

  test("--json: a list of gateways, with what the library gives", async () => {
    const [only, ...others] = JSON.parse((await run(["--json"])).out) as (GatewayStatus & { gateway: string })[];
    expect(others).toEqual([]);
    expect(only).toMatchObject({ gateway: port, config: "config", direct: [] });
    expect(only!.routes.map(({ route }) => route)).toEqual(["assistant", "plans"]);
    expect(only!.routes[0]!.targets[0]!.health).toMatchObject({
      breaker: "open",
      since: expect.stringMatching(/Z$/u) as string,
    });
  });

  test("a route without a port; of two gateways that have it, one must be chosen", async () => {
    expect((await run(["assistant"])).out).toMatch(/ 1\. openai\/gpt-4o +1st choice/u);
    const other = await openSocket(socketPath({ XDG_RUNTIME_DIR: runtime }, 1)!, gateway);
    try {
      await expect(run(["assistant"])).rejects.toThrow(
        `several of your gateways have this route: choose one with --port (1, ${port})`,
      );
      expect((await run([])).out.match(/^gateway on port/gmu)).toHaveLength(2);
    } finally {
      await other?.close();
    }
  });

  test("a target that no route has, once it was asked", async () => {
    const own = createGateway(config, { environment: {}, warn: () => {}, log: () => {} });
    const body = JSON.stringify({ model: "openai/gpt-5", messages: [{ role: "user", content: "Hello" }] });
    await own.fetch("http://gateway/v1/chat/completions", { method: "POST", body });
    expect(own.status().direct).toMatchObject([{ target: "openai/gpt-5", health: { failuresInARow: 1 } }]);
    await own.close();
  });

  test("a model's name from a client is no line of its own, and commands no terminal", async () => {
    const body = JSON.stringify({ model: "openai/a\nb\u001B[31m", messages: [{ role: "user", content: "Hello" }] });
    await gateway.fetch("http://gateway/v1/chat/completions", { method: "POST", body });
    const { out } = await run([]);
    expect(out).toMatch(/^\(direct\) +openai\/a\?b\?\[31m +closed/mu);
  });

  test("a pattern, with the model that it matched last", async () => {
    const routes = { "gpt-*": { fallback: ["openai/*", "google/gemini-2.5-flash"] }, "*": "google/gemini-2.5-pro" };
    const own = createGateway({ ...config, routes }, { environment: {}, warn: () => {}, log: () => {} });
    const shown = (): object[] =>
      own.status().routes.map(({ targets, ...route }) => ({ ...route, first: targets[0]?.target }));
    expect(shown()).toEqual([
      { route: "gpt-*", lastModel: null, first: "openai/*" },
      { route: "*", lastModel: null, first: "google/gemini-2.5-pro" },
    ]);
    for (const model of ["gpt-5", "gpt-4.1"]) {
      const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] });
      await own.fetch("http://gateway/v1/chat/completions", { method: "POST", body });
    }
    expect(shown()[0]).toEqual({ route: "gpt-*", lastModel: "gpt-4.1", first: "openai/gpt-4.1" });
    expect(own.status().direct.map(({ target }) => target)).toEqual(["openai/gpt-5"]);
    expect(overviewLines("8787", own.status()).join("\n")).toMatch(/^gpt-\* \(last: gpt-4\.1\) +openai\/gpt-4\.1 /mu);
    await own.close();
  });

  test("the stand-in is next; the primary cools down, for how long, and why", async () => {
    const { code, out, error } = await run(["assistant", "--as-of-now", "--port", port]);
    expect({ code, error }).toEqual({ code: 0, error: "" });
    expect(out).toMatch(/^assistant {2}as of \d{4}-\S+Z\n\nnext\n/u);
    expect(out).toMatch(/ 1\. openai\/gpt-4o +1st choice \(fallback #2\)\n/u);
    expect(out).toMatch(
      / 2\. google\/gemini-2\.5-flash +skipped \(circuit breaker open, (?:[45]\d|60) s left; fallback #1\)\n/u,
    );
    expect(out).toMatch(
      /health +circuit breaker open · (?:[45]\d|60) s left, until \S+Z · [2-9] of [2-9] answers failed within 30 s/u,
    );
    expect(out).toContain("key       config  AIz…0001  ready");
    expect(out).toMatch(/budget +\d+ retries left/u);
    expect(out).toContain("first token: streamed 10 s, whole 10 s, with reasoning 60 s");
  });

  test("--json is what the library gives", async () => {
    const { out } = await run(["assistant", "--as-of-now", "--port", port, "--json"]);
    const { at: _at, targets: _targets, ...own } = gateway.explain("assistant");
    expect(JSON.parse(out)).toMatchObject({ route: own.route, targets: [{ target: "google/gemini-2.5-flash" }, {}] });
    expect(JSON.parse(out).next).toEqual(own.next);
  });

  test("--metadata and --params tell of the request", async () => {
    const usual = await run(["plans", "--as-of-now", "--port", port]);
    const pro = await run(["plans", "--as-of-now", "--port", port, "--metadata", '{"plan":"pro"}', "--params", "{}"]);
    expect(usual.out).toContain("1. google/gemini-2.5-flash  last resort (");
    expect(pro.out).toMatch(/1\. openai\/gpt-4o +1st choice \(if /u);
    expect(await run(["plans", "--as-of-now", "--port", port, "--metadata", "pro"])).toMatchObject({
      code: 1,
      error: 'metadata must be a JSON object, e.g. {"plan":"pro"}.\n',
    });
  });

  test("a name that leads nowhere", async () => {
    expect(await run(["asistant", "--as-of-now", "--port", port])).toEqual({
      code: 1,
      out: "",
      error: 'There is no route or model "asistant". Did you mean "assistant"?\n',
    });
  });

  test("nobody there: what to do, and which port was looked at", async () => {
    const path = join(runtime, "port.yaml");
    await writeFile(path, "server: { port: 1 }\n");
    const { code, error } = await run(["assistant", "--as-of-now", "--config", path]);
    expect(code).toBe(1);
    expect(error).toContain(
      `You have no gateway running on port 1 of this machine (no socket at ${runtime}/understudy/1.sock).\n`,
    );
    expect(error).toContain("Start one with understudy serve");
    expect(error).toContain("give --url, and set UNDERSTUDY_SERVER_ADMIN_KEY to its server.admin_key.");
  });
});

describe("elsewhere", () => {
  const key = { UNDERSTUDY_SERVER_ADMIN_KEY: ADMIN_KEY };

  test("with the operator's key", async () => {
    const { code, out } = await run(["assistant", "--as-of-now", "--url", `${url}/v1`], key);
    expect(code).toBe(0);
    expect(out).toContain("1. openai/gpt-4o");
  });

  test("without a key, with another one, at an address where the paths are closed, and where nobody listens", async () => {
    const closed = createGateway({}, { environment: {} });
    const listening = await closed.listen({ port: 0 });
    const said = await Promise.all([
      run(["a", "--as-of-now", "--url", url], { UNDERSTUDY_SERVER_ADMIN_KEY: "not-the-operators-key" }),
      run(["a", "--as-of-now", "--url", listening.url], key),
      run(["a", "--as-of-now", "--url", nobody], key),
    ]);
    await closed.close();
    expect(said.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(said[0]?.error).toBe(
      `${url} refused the key: UNDERSTUDY_SERVER_ADMIN_KEY here must be its server.admin_key.\n`,
    );
    expect(said[1]?.error).toContain("its admin paths are off: set server.admin_key");
    expect(said[2]?.error).toContain(`No gateway answers at ${nobody}`);
    await expect(run(["a", "--as-of-now", "--url", url])).rejects.toThrow(
      `Set UNDERSTUDY_SERVER_ADMIN_KEY to the gateway's server.admin_key to ask ${url}.`,
    );
  });
});

test.each([
  [["--metadata", "{}"], "--metadata and --params need the name of a route"],
  [["a", "--as-of-now", "--url", "here"], "--url must be an http or https address"],
  [["a", "--as-of-now", "--url", nobody, "--port", "1"], "give --url or --port, not both"],
  [["a", "--as-of-now", "--port", "x"], "--port must be a port"],
  [["a", "--url", nobody], "--url needs --as-of-now"],
])("%j is refused in words", async (words, message) => {
  await expect(run(words)).rejects.toThrow(message);
});
