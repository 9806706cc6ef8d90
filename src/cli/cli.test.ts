// The command line as people run it: child processes, their output and exit codes. Keys are planted and searched for.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSimulator } from "../simulator/index.ts";

const main = join(import.meta.dirname, "main.ts");
const PLANTED = { GEMINI_API_KEY: "AIzaPLANTEDplantedPLANTED0001", OPENAI_API_KEY: "sk-proj-PLANTEDplanted0002" };

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "understudy-cli-"));
});
afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill("SIGKILL"); // left behind by a test that failed
  await rm(folder, { recursive: true, force: true });
});

interface Run {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

const everything: string[] = [];
const children: ChildProcess[] = [];

const start = (
  words: readonly string[],
  environment: Record<string, string> = {},
  directory = folder,
): ChildProcess => {
  const child = spawn(process.execPath, [main, ...words], {
    cwd: directory,
    // No load balancer watches: a stop need not wait for one.
    env: { PATH: process.env["PATH"], UNDERSTUDY_SERVER_DRAIN_DELAY: "0s", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  for (const stream of [child.stdout, child.stderr]) stream!.on("data", (data) => everything.push(String(data)));
  return child;
};

const run = async (
  words: readonly string[],
  environment: Record<string, string> = {},
  directory = folder,
): Promise<Run> => {
  const child = start(words, environment, directory);
  const said = { out: "", error: "" };
  child.stdout!.on("data", (data) => (said.out += String(data)));
  child.stderr!.on("data", (data) => (said.error += String(data)));
  const [code] = (await once(child, "close")) as [number];
  return { code, ...said };
};

/** Resolves with the match when the child has printed it. */
const says = (child: ChildProcess, what: RegExp): Promise<RegExpExecArray> =>
  new Promise((resolve, reject) => {
    let text = "";
    const listen = (data: unknown): void => {
      text += String(data);
      const match = what.exec(text);
      if (match !== null) resolve(match);
    };
    child.stdout!.on("data", listen);
    child.stderr!.on("data", listen);
    child.once("exit", (code) => reject(new Error(`ended with ${code} before it said ${what}:\n${text}`)));
  });

const stop = async (child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<number> => {
  const ended = once(child, "exit");
  child.kill(signal);
  return ((await ended) as [number])[0];
};

const write = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

const route =
  "providers: { google: { api_key: ${GEMINI_API_KEY} } }\nroutes: { assistant: { fallback: [google/gemini-2.5-flash, openai/gpt-4o] } }\n";

describe("words", () => {
  test("--help lists the commands, --version is the package's", async () => {
    const [help, bare, version] = await Promise.all([run(["--help"]), run([]), run(["--version"])]);
    expect(help).toMatchObject({ code: 0, error: "" });
    expect(help.out).toBe(bare.out);
    for (const name of ["serve", "demo", "check", "explain", "status", "simulate"])
      expect(help.out).toContain(`  ${name} `);
    expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each(["serve", "demo", "check", "explain", "status", "simulate"])("%s --help", async (name) => {
    expect(await run([name, "--help"])).toMatchObject({
      code: 0,
      error: "",
      out: expect.stringContaining(`Usage: understudy ${name}`),
    });
  });

  test.each([
    [["chekc"], 2, 'understudy: unknown command "chekc". Did you mean "check"?\n'],
    [["qqq"], 2, 'understudy: unknown command "qqq". Run understudy --help to list the commands.\n'],
    [
      ["explain", "--jsn"],
      2,
      'understudy explain: unknown flag --jsn. Did you mean "--json"? See understudy explain --help\n',
    ],
    [["check", "this"], 2, 'understudy check: unexpected argument "this". See understudy check --help\n'],
    [
      ["serve", "--port", "many"],
      2,
      "understudy serve: --port must be a port from 0 to 65535. See understudy serve --help\n",
    ],
    [
      ["serve", "--log-level", "loud"],
      2,
      "understudy serve: --log-level must be one of error, warn, info. See understudy serve --help\n",
    ],
    [["check", "--config", "gone.yaml"], 1, "gone.yaml  does not exist. Check --config or UNDERSTUDY_CONFIG\n"],
  ])("%j is refused in words", async (words, code, error) => {
    expect(await run(words)).toEqual({ code, out: "", error });
  });
});

describe("check and explain", () => {
  test("a bad file: every problem, exit code 1", async () => {
    const path = await write("bad.yaml", "server: { prt: 1 }\nroutes:\n  a: gogle/x\n");
    const { code, out, error } = await run(["check", "--config", path], PLANTED);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(error).toBe(
      `${path}:1  server.prt: unknown key. Did you mean "port"?\n${path}:3  routes.a: unknown provider "gogle". Did you mean "google"?\n`,
    );
  });

  test("a good file: a summary", async () => {
    const path = await write("good.yaml", route);
    const { code, out, error } = await run(["check"], { ...PLANTED, UNDERSTUDY_CONFIG: path });
    expect({ code, error }).toEqual({ code: 0, error: "" });
    expect(out).toContain("valid (2 usable providers, 1 route)");
    expect(out).toMatch(/provider {2}google {5}https:\S+ {2}env GEMINI_API_KEY {2}AIz…0001\n/);
    expect(out).toMatch(/route {5}assistant {2}google\/gemini-2.5-flash > openai\/gpt-4o\n/);
  });

  test("a configuration in TypeScript, found in the folder", async () => {
    const home = await mkdtemp(join(folder, "ts-"));
    await writeFile(
      join(home, "understudy.ts"),
      'const name: string = "m";\nexport const config = { routes: { a: `openai/${name}` } };\n',
    );
    expect(await run(["explain"], PLANTED, home)).toEqual({ code: 0, out: "a  openai/m\n", error: "" });
  });

  test("keys from .env, which the environment outdoes", async () => {
    const home = await mkdtemp(join(folder, "env-"));
    await writeFile(
      join(home, ".env"),
      "# keys\nGEMINI_API_KEY='AIzaPLANTEDfromTheFile0003'\nexport OPENAI_API_KEY=sk-PLANTEDfromTheFile0004 # mine\n",
    );
    const { out } = await run(["check"], { OPENAI_API_KEY: "sk-PLANTEDfromOutside0005" }, home);
    expect(out).toMatch(/AIz…0003\n.*sk-…0005\n/);
  });

  test("explain: a tree, a target that no route names, JSON, and the nearest name", async () => {
    const path = await write("tree.yaml", route);
    const [tree, direct, json, unknown, keyless] = await Promise.all([
      run(["explain", "assistant", "--config", path], PLANTED),
      run(["explain", "openai/gpt-4o"], PLANTED),
      run(["explain", "assistant", "--json", "--config", path], PLANTED),
      run(["explain", "asistant", "--config", path], PLANTED),
      run(["explain", "anthropic/claude-sonnet-5"], PLANTED),
    ]);
    expect(tree.out).toMatch(/^assistant {2}\(total timeout 10m\)\nfallback, in order\n/);
    expect(tree.out).toContain("└─ openai/gpt-4o");
    expect(direct.out).toContain("key       env OPENAI_API_KEY  sk-…0002");
    expect(JSON.parse(json.out)).toMatchObject({ name: "assistant", node: { kind: "fallback" } });
    expect(unknown).toEqual({
      code: 1,
      out: "",
      error: 'There is no route or target "asistant". Did you mean "assistant"?\n',
    });
    expect(keyless.error).toContain("No API key for anthropic: set ANTHROPIC_API_KEY");
  });
});

describe("serve", () => {
  test("says where it listens, reloads a changed file, refuses a bad one, drains on SIGTERM", async () => {
    const path = await write("serve.yaml", route);
    const child = start(["serve", "--config", path, "--port", "0"], PLANTED);
    const [, url] = await says(child, /listens on (http:\S+) /);
    const models = async (): Promise<string> => (await fetch(`${url}/v1/models`)).text();
    expect(await models()).toContain('"assistant"');

    const reloaded = says(child, /reloaded/);
    await writeFile(path, `${route}  # and more\n`.replace("assistant:", "butler:"));
    await reloaded;
    expect(await models()).toContain('"butler"');

    const refused = says(child, /not reloaded: the previous configuration stays in use/);
    await writeFile(path, "routes: { a: gogle/x }");
    await refused;
    expect(await models()).toContain('"butler"');
    expect(await stop(child)).toBe(0);
  });

  test("explain --as-of-now finds it by its port alone; once it is stopped it says so", async () => {
    const path = await write("now.yaml", route);
    const own = { ...PLANTED, XDG_RUNTIME_DIR: folder };
    const child = start(["serve", "--config", path, "--port", "0"], own);
    const [, port = ""] = await says(child, /listens on http:\S+:(\d+) /);
    const now = await run(["explain", "assistant", "--as-of-now", "--port", port], own);
    expect(now).toMatchObject({ code: 0, error: "" });
    expect(now.out).toMatch(/1\. google\/gemini-2\.5-flash +1st choice/);
    expect(await stop(child)).toBe(0);
    const after = await run(["explain", "assistant", "--as-of-now", "--port", port], own);
    expect(after).toMatchObject({ code: 1, out: "" });
    expect(after.error).toContain(`You have no gateway running on port ${port} of this machine`);
  });

  test("F21: the ledger is a file in the user's state folder, and streams that the grace period cuts are in it", async () => {
    const state = join(folder, "state");
    const simulator = await startSimulator({ seed: 1 });
    try {
      const { baseUrl } = simulator.vendors.openai;
      const path = await write(
        "ledger.yaml",
        `server: { grace: 100ms, drain_delay: 0s }\nproviders: { openai: { base_url: "${baseUrl}", api_key: k } }\n`,
      );
      const child = start(["serve", "--config", path, "--port", "0"], { XDG_STATE_HOME: state });
      const [, url] = await says(child, /listens on (http:\S+) /);
      simulator.play("openai", { fault: "stall-mid-stream" });
      const body = JSON.stringify({
        model: "openai/gpt-4o",
        stream: true,
        messages: [{ role: "user", content: "Hi" }],
      });
      const headers = { "content-type": "application/json" };
      const answers = await Promise.all(
        [1, 2, 3].map(() => fetch(`${url}/v1/chat/completions`, { method: "POST", headers, body })),
      );
      const readers = answers.map(({ body: answer }) => answer!.getReader());
      await Promise.all(readers.map((reader) => reader.read()));
      expect(await stop(child)).toBe(0);
      await Promise.all(readers.map((reader) => reader.cancel().catch(() => undefined)));
      const text = await readFile(join(state, "understudy", "ledger-0.jsonl"), "utf8");
      const entries = text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(entries.map(({ target, verdict }) => [target, verdict])).toEqual(
        answers.map(() => ["openai/gpt-4o", "cancelled"]),
      );
    } finally {
      await simulator.close();
    }
  });

  test("F21: --log-format json: every line is an object, and an incident has its members", async () => {
    const path = await write(
      "json.yaml",
      "ledger: off\nproviders: { openai: { base_url: 'http://127.0.0.1:9/v1', api_key: k } }\ndefaults: { retry: { attempts: 0 } }\n",
    );
    const child = start(["serve", "--config", path, "--port", "0"], { UNDERSTUDY_LOG_FORMAT: "json" });
    let text = "";
    child.stdout!.on("data", (data) => (text += String(data)));
    const [, url] = await says(child, /listens on (http:\S+) /);
    const failed = says(child, /request_failed/);
    const body = JSON.stringify({ model: "openai/gpt-4o", messages: [{ role: "user", content: "Hi" }] });
    await fetch(`${url}/v1/chat/completions`, { method: "POST", body });
    await failed;
    expect(await stop(child, "SIGINT")).toBe(0);
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const line of lines)
      expect(line).toMatchObject({ at: expect.any(String) as string, level: expect.any(String) as string });
    expect(lines).toContainEqual(expect.objectContaining({ level: "info", message: "ledger    off" }));
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: "warn",
        event: "request_failed",
        route: "openai/gpt-4o",
        message: expect.stringMatching(/^route openai\/gpt-4o: request req_\w+ failed with/) as string,
      }),
    );
  });

  test("SIGHUP loads anew", async () => {
    const path = await write("hup.yaml", route);
    const child = start(["serve", "--config", path, "--port", "0"], PLANTED);
    await says(child, /listens on/);
    const reloaded = says(child, /reloaded/);
    child.kill("SIGHUP");
    await reloaded;
    expect(await stop(child, "SIGINT")).toBe(0);
  });

  test("a port in use names the flag", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const { code, error } = await run(["serve", "--port", String(port)], PLANTED);
    taken.close();
    expect({ code, error }).toEqual({
      code: 1,
      error: `Port ${port} is in use. Stop the program that uses it, or choose another port with --port or server.port.\n`,
    });
  });

  test("a bad configuration ends the start", async () => {
    const path = await write("end.yaml", "routes: { a: gogle/x }");
    expect(await run(["serve", "--config", path, "--port", "0"], PLANTED)).toMatchObject({ code: 1, out: "" });
  });

  test("--quiet says nothing; an open door without keys is a warning", async () => {
    const open = start(["serve", "--port", "0", "--host", "0.0.0.0", "--log-level", "warn"], PLANTED);
    await says(open, /anyone who can reach 0\.0\.0\.0 can use these providers: set server\.keys/);
    expect(await stop(open)).toBe(0);
  });
});

describe("simulate and demo", () => {
  test("simulate prints lines that make a configuration, which loads and answers", async () => {
    const any = [
      "--port",
      "0",
      "--google-port",
      "0",
      "--openai-port",
      "0",
      "--anthropic-port",
      "0",
      "--first-token-ms",
      "0",
      "--tokens-per-second",
      "0",
    ];
    const simulator = start(["simulate", ...any]);
    const [, providers] = await says(simulator, /(providers:\n(?: {2}.*\n)+)/);
    const path = await write(
      "simulated.yaml",
      `${providers}routes: { assistant: { fallback: [google/gemini-2.5-flash, openai/gpt-4o] } }\n`,
    );
    const gateway = start(["serve", "--config", path, "--port", "0"]);
    const [, url] = await says(gateway, /listens on (http:\S+) /);
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "assistant", messages: [{ role: "user", content: "Hello" }] }),
    });
    expect(await response.json()).toMatchObject({ object: "chat.completion", choices: [{ finish_reason: "stop" }] });
    expect(await Promise.all([stop(gateway), stop(simulator)])).toEqual([0, 0]);
  });

  test("demo without keys says that the vendors are simulated, serves both addresses, and stops whole", async () => {
    const child = start(["demo", "--port", "0", "--app-port", "0"]);
    const [text] = await says(child, /[^]*Press Ctrl-C to stop everything/);
    expect(text).toContain("simulated, because GEMINI_API_KEY and OPENAI_API_KEY are not set");
    const [application, gateway] = [/Application +(\S+)/.exec(text)![1]!, /Gateway +(\S+)/.exec(text)![1]!];
    expect((await fetch(application)).status).toBe(200);
    expect(await (await fetch(`${gateway}/models`)).text()).toContain('"assistant"');
    expect(await stop(child, "SIGINT")).toBe(0);
    await expect(fetch(application)).rejects.toThrow("fetch failed");
  });

  test("demo with both keys goes to the real vendors and says so", async () => {
    const child = start(["demo", "--port", "0", "--app-port", "0"], PLANTED);
    const [text] = await says(child, /[^]*Press Ctrl-C to stop everything/);
    expect(text).toContain("Google and OpenAI, with your API keys");
    expect(await stop(child, "SIGINT")).toBe(0);
  });
});

test("no key ever stood in any output", () => {
  expect(everything.length).toBeGreaterThan(20);
  expect(everything.join("")).not.toContain("PLANTED");
});
