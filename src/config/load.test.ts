import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfigObject } from "./check.ts";
import { defaultPolicies, defaultTriggers } from "./defaults.ts";
import { findConfig } from "./find.ts";
import { loadRules } from "./load.ts";
import { PLANTED, asFallback, loadText, problemsOf, targetsOf, testCatalog } from "../../test/support/load-config.ts";

const flagship = `providers:                          # who can answer
  google:  { api_key: \${GEMINI_API_KEY} }
  openai:  { api_key: [\${OPENAI_API_KEY}, \${OPENAI_API_KEY_2}] }
  local:   { kind: openai-compatible, base_url: http://127.0.0.1:11434/v1/ }

routes:
  assistant:
    fallback:
      - google/gemini-2.5-flash
      - { target: openai/gpt-4o, params: { temperature: 0.3 } }
    timeout: { connect: 2s, first_token: 10s, idle: 15s, total: 120s }
    retry:   { attempts: 2, max_wait: 1500ms }
`;
const environment = { ...PLANTED, OPENAI_API_KEY_2: "sk-proj-PLANTEDsecond0003" };

describe("the contract's example", () => {
  test("loads, references without quotes inside braces included", async () => {
    const { rules, warnings } = await loadText(flagship, environment);
    expect(warnings).toEqual([]);
    expect([...rules.providers.keys()]).toEqual(["google", "openai", "local"]);
    expect(rules.providers.get("openai")?.keys).toEqual([
      { kind: "api-key", value: PLANTED.OPENAI_API_KEY, source: "env OPENAI_API_KEY", label: "sk-…0002" },
      { kind: "api-key", value: environment.OPENAI_API_KEY_2, source: "env OPENAI_API_KEY_2", label: "sk-…0003" },
    ]);
    expect(rules.providers.get("local")).toMatchObject({
      baseUrl: "http://127.0.0.1:11434/v1",
      keys: [],
      guarded: false,
    });
    expect(rules.source).toBe("understudy.yaml");
  });

  test("resolves every value of every target", async () => {
    const { rules } = await loadText(flagship, environment);
    const route = rules.routes.get("assistant")!;
    const node = asFallback(route.node);
    expect(route.total).toBe(120_000);
    expect(node.trigger).toEqual({ kind: "verdicts", verdicts: defaultTriggers, statuses: new Set() });
    expect(targetsOf(node).map(({ path, name, model, params }) => ({ path, name, model, params }))).toEqual([
      { path: "assistant.fallback[0]", name: "google/gemini-2.5-flash", model: "gemini-2.5-flash", params: {} },
      { path: "assistant.fallback[1]", name: "openai/gpt-4o", model: "gpt-4o", params: { temperature: 0.3 } },
    ]);
    for (const target of targetsOf(node)) {
      expect(target.timeout).toEqual({
        connect: 2_000,
        firstToken: 10_000,
        headers: null,
        idle: 15_000,
        total: 120_000,
      });
      expect(target.retry).toEqual({ attempts: 2, maxWait: 1_500, statuses: null, hints: true });
      expect(target.breaker).toMatchObject({ failures: 5, rest: 1_000, maxRest: 3_000 });
    }
  });

  test("is frozen", async () => {
    const { rules } = await loadText(flagship, environment);
    const route = rules.routes.get("assistant")!;
    expect([rules, rules.server, route, route.node, targetsOf(route.node)[0]!.timeout].every(Object.isFrozen)).toBe(
      true,
    );
  });
});

describe("zero configuration", () => {
  test("providers with a key in the environment are there, the others are known as lacking one", async () => {
    const { rules } = await loadRules(
      { kind: "environment" },
      { catalog: testCatalog, environment: { GOOGLE_API_KEY: "g".repeat(20) } },
    );
    expect([...rules.providers.keys()]).toEqual(["google"]);
    expect(rules.providers.get("google")?.keys[0]?.source).toBe("env GOOGLE_API_KEY");
    expect(rules.keyless.get("openai")).toEqual(["OPENAI_API_KEY"]);
    expect(rules.direct("google", "gemini-2.5-flash")).toMatchObject({
      name: "google/gemini-2.5-flash",
      total: 600_000,
      node: { kind: "target", model: "gemini-2.5-flash", timeout: defaultPolicies.timeout },
    });
    expect(rules.direct("openai", "gpt-4o")).toBeNull();
    expect(rules.direct("nobody", "x")).toBeNull();
    expect(rules.source).toBe("environment");
  });

  test("an empty variable is no key", async () => {
    const { rules } = await loadRules(
      { kind: "environment" },
      { catalog: testCatalog, environment: { OPENAI_API_KEY: "" } },
    );
    expect(rules.providers.size).toBe(0);
  });

  test("a provider in the environment is there although the file does not name it", async () => {
    const { rules } = await loadText("server: { port: 1234 }");
    expect([...rules.providers.keys()]).toEqual(["google", "openai"]);
    expect(rules.server).toMatchObject({
      port: 1234,
      host: "127.0.0.1",
      maxBody: 33_554_432,
      maxDepth: 64,
      grace: 30_000,
    });
    expect(rules.ledger).toEqual({ memory: 1_000, maxSize: 64 * 1_048_576 });
  });

  test("an empty file is the environment alone", async () => {
    expect((await loadText("# nothing yet\n")).rules.providers.size).toBe(2);
  });
});

describe("references to the environment", () => {
  test("a missing one names the line and the variable", async () => {
    expect(await problemsOf(flagship, PLANTED)).toEqual([
      "understudy.yaml:3  providers.openai.api_key[1]: the environment variable OPENAI_API_KEY_2 is not set. Set OPENAI_API_KEY_2, or remove this entry",
    ]);
  });

  test("they stand inside text, in quotes, in numbers; and $${...} is the text itself", async () => {
    const text = `providers:
  local: { kind: openai-compatible, base_url: "http://\${HOST}:\${PORT}/v1", headers: { x-note: '$\${HOST}', x-two: \${HOST}-\${PORT} } }
server: { port: \${PORT} }`;
    const { rules } = await loadText(text, { HOST: "10.0.0.9", PORT: "9000" });
    expect(rules.declared.get("local")).toMatchObject({
      baseUrl: "http://10.0.0.9:9000/v1",
      headers: { "x-note": "${HOST}", "x-two": "10.0.0.9-9000" },
    });
    expect(rules.server.port).toBe(9000);
  });

  test("a value cannot change the file's structure", async () => {
    const { rules } = await loadText("ledger: { file: ${WHERE} }", { WHERE: "a, memory: 5 }\nserver: { port: 1 }" });
    expect(rules.ledger).toMatchObject({ memory: 1_000, file: "a, memory: 5 }\nserver: { port: 1 }" });
    expect(rules.server.port).toBe(8787);
  });

  test.each([
    ["ledger: off", { memory: 0, file: null }],
    ["ledger: false", { memory: 0, file: null }],
    ["ledger: { file: off }", { memory: 1_000, file: null }],
    ["ledger: { max_size: 1mb }", { memory: 1_000, maxSize: 1_048_576 }],
  ])("%s", async (text, ledger) => {
    expect((await loadText(text)).rules.ledger).toMatchObject(ledger);
  });

  test("a name that is none is refused", async () => {
    expect(await problemsOf('ledger: { file: "${no-name}" }')).toEqual([
      "understudy.yaml:1  ledger.file: has a ${...} without a valid variable name. Write ${NAME}, or $${NAME} for the literal text",
    ]);
  });
});

describe("keys", () => {
  test("absent in the file: the provider's usual variables", async () => {
    const { rules } = await loadText("providers: { eu: { kind: openai, base_url: 'https://eu.example.com/v1' } }");
    expect(rules.providers.get("eu")?.keys[0]?.source).toBe("env OPENAI_API_KEY");
  });

  test("written out: masked, and short ones masked whole", async () => {
    const { rules } = await loadText("providers: { openai: { api_key: [abcdefghijklmnop, short, short] } }", {});
    expect(rules.providers.get("openai")?.keys.map(({ source, label }) => [source, label])).toEqual([
      ["config", "abc…mnop"],
      ["config", "…"],
    ]);
  });

  test("none at all: the provider is known as lacking one, a route that names it warns, and loads", async () => {
    const { rules, warnings } = await loadText(
      "routes: { a: { fallback: [anthropic/claude-sonnet-5, openai/gpt-4o] } }",
    );
    expect(rules.keyless.get("anthropic")).toEqual(["ANTHROPIC_API_KEY"]);
    expect(targetsOf(rules.routes.get("a")!.node)[0]!.provider.keys).toEqual([]);
    expect(warnings).toMatchObject([
      {
        place: "routes.a.fallback[0]",
        line: 1,
        message: "anthropic has no API key, so its targets are skipped",
        hint: "Set ANTHROPIC_API_KEY",
      },
    ]);
  });

  test("a key that no header can carry is refused without being shown", async () => {
    const lines = await problemsOf("providers: { openai: { api_key: ${K} } }", { K: "sk-PLANTED with blank" });
    expect(lines).toEqual([
      "understudy.yaml:1  providers.openai.api_key: has whitespace or a character that is not allowed in a header. Check how the key was copied",
    ]);
  });
});

describe("UNDERSTUDY_ variables", () => {
  test("override single scalars, in files, routes and nodes", async () => {
    const { rules, warnings } = await loadText(flagship, {
      ...environment,
      UNDERSTUDY_SERVER_PORT: "9000",
      UNDERSTUDY_ROUTES_ASSISTANT_TIMEOUT_TOTAL: "60s",
      UNDERSTUDY_ROUTES_ASSISTANT_FALLBACK_0_TIMEOUT_IDLE: "1s",
      UNDERSTUDY_PROVIDERS_GOOGLE_BASE_URL: "http://127.0.0.1:9101/v1beta",
      UNDERSTUDY_PROVIDERS_OPENAI_API_KEY: "sk-PLANTED-override-0004",
      UNDERSTUDY_DEFAULTS_BREAKER: "off",
      UNDERSTUDY_CONFIG: "elsewhere.yaml",
    });
    const [first, second] = targetsOf(rules.routes.get("assistant")!.node);
    expect(warnings).toEqual([]);
    expect(rules.server.port).toBe(9000);
    expect([rules.routes.get("assistant")!.total, first!.timeout.idle, second!.timeout.idle]).toEqual([
      60_000, 1_000, 15_000,
    ]);
    expect(first!.provider.baseUrl).toBe("http://127.0.0.1:9101/v1beta");
    expect(second!.provider.keys.map(({ source }) => source)).toEqual(["env UNDERSTUDY_PROVIDERS_OPENAI_API_KEY"]);
    expect(second!.breaker).toBeNull();
  });

  test("work without a file", async () => {
    const variables = { UNDERSTUDY_SERVER_PORT: "9001", UNDERSTUDY_PROVIDERS_OPENAI_BASE_URL: "http://127.0.0.1:1/v1" };
    const { rules } = await loadRules(
      { kind: "environment" },
      { catalog: testCatalog, environment: { ...PLANTED, ...variables } },
    );
    expect(rules.server.port).toBe(9001);
    expect(rules.providers.get("openai")).toMatchObject({
      baseUrl: "http://127.0.0.1:1/v1",
      keys: [{ source: "env OPENAI_API_KEY" }],
    });
  });

  test("a bad value is told with the variable's name", async () => {
    expect(await problemsOf("server: { port: 1 }", { UNDERSTUDY_SERVER_PORT: "many" })).toEqual([
      "understudy.yaml  server.port (set by UNDERSTUDY_SERVER_PORT): must be a whole number from 0 to 65535",
    ]);
  });

  test("one that matches nothing is a warning with the nearest", async () => {
    const { warnings } = await loadText("", { UNDERSTUDY_SERVER_PROT: "1" });
    expect(warnings.map(({ message, hint }) => `${message}. ${hint}`)).toEqual([
      'UNDERSTUDY_SERVER_PROT matches no setting of the configuration. Did you mean "UNDERSTUDY_SERVER_PORT"?',
    ]);
  });
});

describe("where it comes from", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "understudy-load-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const context = { catalog: testCatalog, environment: PLANTED };

  test.each([
    ["a.yaml", "server: { port: 1001 }"],
    ["a.yml", "server:\n  port: 1001\n"],
    ["a.json", '{ "server": { "port": 1001 } }'],
    ["a.mjs", "export default { server: { port: 1001 } };"],
    ["b.mjs", "export const config = { server: { port: 1001 } };"],
  ])("%s", async (name, text) => {
    await writeFile(join(folder, name), text);
    const { rules } = await loadRules({ kind: "file", path: join(folder, name) }, context);
    expect(rules.server.port).toBe(1001);
  });

  test.each([
    ["gone.yaml", null, /gone\.yaml {2}does not exist\. Check --config or UNDERSTUDY_CONFIG$/],
    ["a.toml", "", /a\.toml {2}has an unknown file format/],
    ["empty.mjs", "export const other = 1;", /does not export a configuration\. Export it as default, or as config$/],
    [
      "broken.mjs",
      "import './nowhere.mjs'; export default {};",
      /does not exist, or imports a module that does not exist$/,
    ],
    [
      "broken.json",
      '{\n  "server": {\n    "port": sk-PLANTED\n  }\n}',
      /broken\.json(:\d)? {2}not valid JSON\. Look for a missing or extra comma/,
    ],
  ])("%s says what is wrong", async (name, text, expected) => {
    if (text !== null) await writeFile(join(folder, name), text);
    await expect(loadRules({ kind: "file", path: join(folder, name) }, context)).rejects.toThrow(expected);
  });

  test("an object, at once or awaited", async () => {
    const config = { routes: { a: "openai/gpt-4o" } };
    expect(loadConfigObject(config, context).rules.routes.get("a")?.node.kind).toBe("target");
    expect((await loadRules({ kind: "object", config }, context)).rules.routes.size).toBe(1);
    expect(() => loadConfigObject({ routes: { a: "openal/gpt-4o" } }, context)).toThrow(
      'config  routes.a: unknown provider "openal". Did you mean "openai"?',
    );
  });

  test("--config, then UNDERSTUDY_CONFIG, then the folder, then the environment", async () => {
    const search = { configPath: "x.yaml", environment: { UNDERSTUDY_CONFIG: "y.yaml" }, directory: folder };
    const home = await mkdtemp(join(folder, "home-"));
    expect(await findConfig(search)).toEqual({ kind: "file", path: "x.yaml" });
    expect(await findConfig({ ...search, configPath: null })).toEqual({ kind: "file", path: "y.yaml" });
    const bare = { configPath: null, environment: {}, directory: home };
    expect(await findConfig(bare)).toEqual({ kind: "environment" });
    await writeFile(join(home, "understudy.json"), "{}");
    expect(await findConfig(bare)).toEqual({ kind: "file", path: join(home, "understudy.json") });
    await writeFile(join(home, "understudy.yaml"), "");
    expect(await findConfig(bare)).toEqual({ kind: "file", path: join(home, "understudy.yaml") });
  });
});

describe("hosts that a request may name", () => {
  test.each([
    [{}, "127.0.0.1", ["localhost", "127.0.0.1", "::1", "host.docker.internal"]],
    [{}, "0.0.0.0", []],
    [{ TRUSTED_CUSTOM_HOSTS: "Models.lan, 10.0.0.2" }, "0.0.0.0", ["models.lan", "10.0.0.2"]],
    [{ UNDERSTUDY_TRUSTED_CUSTOM_HOSTS: "", TRUSTED_CUSTOM_HOSTS: "x" }, "127.0.0.1", []],
  ])("%j on %s", async (variables, host, expected) => {
    const { rules } = await loadText(`server: { host: "${host}" }`, variables);
    expect([...rules.trustedHosts]).toEqual(expected);
  });
});
