import { describe, expect, test } from "vitest";
import type { TargetNode } from "../core/rules.ts";
import { loadConfigObject } from "./check.ts";
import type { ConfigFile } from "./config-file.ts";
import { PortkeyConfigError } from "./portkey-shape.ts";
import { compilePortkeyConfig, hasPortkeyHeaders, type PortkeyContext } from "./portkey.ts";
import { PLANTED, asFallback, targetsOf, testCatalog } from "../../test/support/load-config.ts";

const aliases = new Map([["gemini", "google"]]);
const absent = new Map([["future-cloud", "Use its other address"]]);

interface Asked {
  readonly config?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly callerKey?: string | null;
  readonly model?: string;
  readonly operator?: ConfigFile;
  readonly environment?: Readonly<Record<string, string>>;
}

const compile = (asked: Asked) => {
  const { operator = {}, environment = PLANTED, config } = asked;
  const json = config === undefined ? null : typeof config === "string" ? config : JSON.stringify(config);
  const headers = { ...(json === null ? {} : { "x-portkey-config": json }), ...asked.headers };
  const { rules } = loadConfigObject(operator, { catalog: testCatalog, environment });
  const context: PortkeyContext = {
    catalog: testCatalog,
    names: { rows: new Set(testCatalog.keys()), aliases, absent },
    rules,
    headers,
    callerKey: asked.callerKey ?? null,
    model: asked.model ?? "asked-model",
  };
  return compilePortkeyConfig(json, context);
};

const only = (asked: Asked): TargetNode => targetsOf(compile(asked).node)[0]!;

const refusal = (asked: Asked): PortkeyConfigError["body"] => {
  try {
    compile(asked);
  } catch (error) {
    if (error instanceof PortkeyConfigError && error.status === 400) return error.body;
    throw error;
  }
  throw new Error("a refusal was expected");
};

const google = { provider: "google", api_key: "g-key", override_params: { model: "gemini-2.5-flash" } };
const nested = (levels: number): string =>
  `{"provider":"openai","strategy":{"mode":"conditional","conditions":[{"query":${'{"$and":['.repeat(levels)}{}${"]}".repeat(levels)},"then":"a"}]}}`;
const openai = { provider: "openai", api_key: "o-key", override_params: { model: "gpt-4o" } };

describe("the seed application's config", () => {
  const { node, name, total } = compile({ config: { strategy: { mode: "fallback" }, targets: [google, openai] } });

  test("is a fallback on any failure, with Portkey's paths", () => {
    expect({ name, total }).toEqual({ name: "x-portkey-config", total: 600_000 });
    expect(asFallback(node)).toMatchObject({ path: "config", trigger: { kind: "any-failure" } });
    expect(targetsOf(node)).toMatchObject([
      { path: "config.targets[0]", name: "google/gemini-2.5-flash", model: "gemini-2.5-flash", params: {} },
      { path: "config.targets[1]", name: "openai/gpt-4o", model: "gpt-4o", params: {} },
    ]);
  });

  test("each target has its own key and the provider's own address, and is not retried", () => {
    const [first, second] = targetsOf(node);
    expect(first!.provider).toMatchObject({
      baseUrl: "https://generativelanguage.googleapis.com/v1beta",
      keys: [{ kind: "api-key", value: "g-key", source: "request", label: "…" }],
      guarded: false,
    });
    expect(second!.provider.keys.map(({ value }) => value)).toEqual(["o-key"]);
    expect(first!.retry).toMatchObject({ attempts: 0 });
    expect(first!.timeout).toMatchObject({ connect: 3_000, headers: null, firstToken: null, idle: null });
  });
});

describe("when a fallback goes on", () => {
  test.each([
    [{}, { kind: "any-failure" }],
    [{ on_status_codes: [429, 503] }, { kind: "statuses", statuses: new Set([429, 503]) }],
    [{ onStatusCodes: [429] }, { kind: "statuses", statuses: new Set([429]) }],
    [{ on_status_codes: [] }, { kind: "verdicts", verdicts: new Set(), statuses: new Set() }],
  ])("%j", (more, trigger) => {
    const { node } = compile({ config: { strategy: { mode: "fallback", ...more }, targets: [google, openai] } });
    expect(asFallback(node).trigger).toEqual(trigger);
  });
});

describe("inheritance", () => {
  const config = {
    strategy: { mode: "fallback" },
    override_params: { temperature: 0.1, max_tokens: 5 },
    retry: { attempts: 3, on_status_codes: [503] },
    request_timeout: 4_000,
    targets: [
      {
        strategy: { mode: "fallback", on_status_codes: [429] },
        override_params: { temperature: 0.2 },
        targets: [
          { ...google, retry: { attempts: 1 } },
          { ...openai, request_timeout: 2_000, weight: 0.5 },
        ],
      },
      { strategy: { mode: "single" }, targets: [{ ...openai, override_params: { max_tokens: 9 } }, google] },
    ],
  };
  const targets = targetsOf(compile({ config }).node);

  test("paths follow the nesting; single is its first target", () => {
    expect(targets.map(({ path }) => path)).toEqual([
      "config.targets[0].targets[0]",
      "config.targets[0].targets[1]",
      "config.targets[1].targets[0]",
    ]);
  });

  test("override_params merge, the child's win, and name the model or leave the caller's", () => {
    expect(targets.map(({ params, model }) => ({ params, model }))).toEqual([
      { params: { temperature: 0.2, max_tokens: 5 }, model: "gemini-2.5-flash" },
      { params: { temperature: 0.2, max_tokens: 5 }, model: "gpt-4o" },
      { params: { temperature: 0.1, max_tokens: 9 }, model: "asked-model" },
    ]);
  });

  test("retry is replaced whole, request_timeout is the child's or the parent's", () => {
    expect(targets.map(({ retry, timeout }) => [retry.attempts, [...retry.statuses!], timeout.headers])).toEqual([
      [1, [429, 500, 502, 503, 504], 4_000],
      [3, [503], 2_000],
      [3, [503], 4_000],
    ]);
  });

  test("a header's timeout and host stand above every target's", () => {
    const headers = { "x-portkey-request-timeout": "700", "x-portkey-custom-host": "https://proxy.example.com/v1/" };
    const found = targetsOf(compile({ config, headers }).node);
    expect(found.map(({ timeout, provider }) => [timeout.headers, provider.baseUrl, provider.guarded])).toEqual([
      [700, "https://proxy.example.com/v1", true],
      [700, "https://proxy.example.com/v1", true],
      [700, "https://proxy.example.com/v1", true],
    ]);
  });
});

describe("retry", () => {
  test.each([
    [{ attempts: 2 }, { attempts: 2, maxWait: 3_000, statuses: new Set([429, 500, 502, 503, 504]), hints: false }],
    [
      { attempts: 2, on_status_codes: [408] },
      { attempts: 2, maxWait: 3_000, statuses: new Set([408]), hints: false },
    ],
    [
      { attempts: 1, use_retry_after_header: true },
      { maxWait: 60_000, hints: true },
    ],
    [{ attempts: 1, useRetryAfterHeaders: true }, { hints: true }],
    [
      { attempts: 0, use_retry_after_header: true },
      { attempts: 0, hints: false },
    ],
  ])("%j", (retry, expected) => {
    expect(only({ config: { ...openai, retry } }).retry).toMatchObject(expected);
  });
});

describe("request_timeout bounds the head, and lengthens a wait on the last target only", () => {
  test.each([
    [500, { headers: 500, firstToken: null, total: 600_000 }],
    [20_000, { headers: 20_000, firstToken: null, firstTokenAlone: 20_000 }],
    [90_000, { headers: 90_000, firstToken: null, firstTokenAlone: 90_000 }],
    [900_000, { headers: 900_000, total: 900_000 }],
  ])("%i", (request_timeout, expected) => {
    expect(only({ config: { ...openai, request_timeout } }).timeout).toMatchObject(expected);
  });
});

describe("both spellings", () => {
  test("camel case works, and what stands in override params is left alone", () => {
    const config = {
      provider: "openai",
      apiKey: "o-key",
      overrideParams: { max_tokens: 7, topLevel: { keepMe: 1 } },
      requestTimeout: 900,
      customHost: "https://proxy.example.com/v1",
    };
    expect(only({ config })).toMatchObject({
      path: "config",
      params: { max_tokens: 7, topLevel: { keepMe: 1 } },
      timeout: { headers: 900 },
      provider: { baseUrl: "https://proxy.example.com/v1", guarded: true },
    });
  });
});

describe("whose key", () => {
  test.each([
    ["x-portkey-provider", { headers: { "x-portkey-provider": "openai" } }],
    ["a config of one provider", { config: { provider: "openai" } }],
    [
      "a config that leaves the provider to the header",
      { config: { retry: { attempts: 1 } }, headers: { "x-portkey-provider": "openai" } },
    ],
  ])("with %s the caller's own goes to that provider, with or without Bearer", (_, asked) => {
    for (const callerKey of ["Bearer caller-key", "caller-key"]) {
      expect(only({ ...asked, callerKey }).provider.keys.map(({ value, source }) => [value, source])).toEqual([
        ["caller-key", "request"],
      ]);
    }
  });

  test("without one, or with an SDK's placeholder, the operator's", () => {
    for (const callerKey of [null, "Bearer DUMMY-KEY", "Bearer "]) {
      const { keys } = only({ headers: { "x-portkey-provider": "openai" }, callerKey }).provider;
      expect(keys.map(({ source }) => source)).toEqual(["env OPENAI_API_KEY"]);
    }
  });

  test("the caller's never goes to a target of several, the operator's does", () => {
    const config = { strategy: { mode: "fallback" }, targets: [{ provider: "gemini" }, { provider: "openai" }] };
    const keys = targetsOf(compile({ config, callerKey: "Bearer caller-key" }).node).flatMap(
      ({ provider }) => provider.keys,
    );
    expect(keys.map(({ value }) => value)).toEqual([PLANTED.GEMINI_API_KEY, PLANTED.OPENAI_API_KEY]);
  });

  test("nobody's: the error names the place and the variable", () => {
    const config = { strategy: { mode: "fallback" }, targets: [openai, { provider: "anthropic" }] };
    expect(refusal({ config })).toEqual({
      status: "failure",
      message:
        "No API key for the provider 'anthropic' at config.targets[1]: give 'api_key' there, or ask the gateway's operator to set ANTHROPIC_API_KEY",
    });
  });

  test("a provider that needs none has none", () => {
    expect(only({ headers: { "x-portkey-provider": "ollama" } }).provider).toMatchObject({
      keys: [],
      baseUrl: "http://localhost:11434/v1",
    });
  });

  test("a host that came with the request gets no key and no header of the operator's", () => {
    const operator: ConfigFile = {
      providers: { openai: { api_key: PLANTED.OPENAI_API_KEY, headers: { "x-secret": "PLANTED" } } },
    };
    const headers = { "x-portkey-provider": "openai", "x-portkey-custom-host": "https://thief.example.com/v1" };
    expect(only({ operator, headers }).provider).toMatchObject({ keys: [], headers: {}, guarded: true });
    expect(only({ operator, headers: { "x-portkey-provider": "openai" } }).provider.headers).toEqual({
      "x-secret": "PLANTED",
    });
  });

  test("one that no header can carry is refused without being shown", () => {
    const { message } = refusal({ config: { ...openai, api_key: "PLANTED\nx: y" } });
    expect(message).toBe("The api_key of config has whitespace or a character that is not allowed in a header");
  });
});

describe("addresses", () => {
  test("the operator's own, where the operator gave one", () => {
    const operator: ConfigFile = { providers: { google: { base_url: "http://127.0.0.1:9101/v1beta" } } };
    expect(only({ operator, config: google }).provider).toMatchObject({
      baseUrl: "http://127.0.0.1:9101/v1beta",
      guarded: false,
    });
  });

  test("also of a provider without a key of its own", () => {
    const operator: ConfigFile = { providers: { anthropic: { base_url: "http://127.0.0.1:9103/v1" } } };
    const config = { provider: "anthropic", api_key: "caller" };
    expect(only({ operator, config }).provider.baseUrl).toBe("http://127.0.0.1:9103/v1");
  });

  test.each([
    ["openai", "https://proxy.example.com/v1/", "https://proxy.example.com/v1"],
    ["openai", "https://proxy.example.com", "https://proxy.example.com"],
    ["google", "https://proxy.example.com", "https://proxy.example.com/v1beta"],
    ["google", "https://proxy.example.com/v1beta", "https://proxy.example.com/v1beta"],
    ["google", "https://proxy.example.com/gemini/v1", "https://proxy.example.com/gemini/v1"],
    ["ollama", "http://localhost:11434", "http://localhost:11434/v1"],
    ["ollama", "http://host.docker.internal:11434/v1", "http://host.docker.internal:11434/v1"],
    ["openai-compatible", "https://models.example.com/v1", "https://models.example.com/v1"],
  ])("custom_host for %s: %s -> %s", (provider, custom_host, expected) => {
    expect(only({ config: { provider, api_key: "k", custom_host } }).provider).toMatchObject({
      baseUrl: expected,
      guarded: true,
    });
  });

  test("a provider without an address needs one", () => {
    expect(refusal({ config: { provider: "openai-compatible", api_key: "k" } }).message).toBe(
      "'custom_host' is required for the provider 'openai-compatible' at config",
    );
  });

  test.each([
    "http://169.254.169.254/latest",
    "http://10.0.0.1/v1",
    "http://192.168.1.1/v1",
    "http://172.20.0.1/v1",
    "http://100.64.0.1/v1",
    "http://0x0a.1/v1",
    "http://2130706434/v1",
    "http://0177.0.0.2/v1",
    "http://[::ffff:127.0.0.2]/v1",
    "http://[fd00::1]/v1",
    "http://[fe80::1]/v1",
    "http://metadata.google.internal/v1",
    "http://metadata/v1",
    "http://router.lan/v1",
    "http://printer.local/v1",
    "http://intranet/v1",
    "https://user:pass@api.example.com/v1",
    "https://api.example.com@evil.example/v1",
    "ftp://api.example.com/v1",
    "file:///etc/passwd",
    "https://xn--pple-43d.com/v1",
    "https://аpple.com/v1",
    "https://api.example.com./v1",
    "https://api.example.com/v1?x=1",
    "https://api.example.com\\.evil.example/v1",
    "https://api.example.com/v1\u0000",
    "not a host",
  ])("%j is no custom host, in header and config", (host) => {
    expect(refusal({ headers: { "x-portkey-provider": "openai", "x-portkey-custom-host": host } })).toEqual({
      status: "failure",
      message: "Invalid custom host",
    });
    expect(refusal({ config: { ...openai, custom_host: host } })).toEqual({
      status: "failure",
      message: "Invalid config passed",
      errors: ["path: , message: Invalid custom host"],
    });
  });

  test("trusted hosts are the operator's to say", () => {
    const config = { ...openai, custom_host: "http://10.0.0.1:9/v1" };
    const environment = { ...PLANTED, TRUSTED_CUSTOM_HOSTS: "10.0.0.1" };
    expect(only({ config, environment }).provider).toMatchObject({ baseUrl: "http://10.0.0.1:9/v1", guarded: true });
    expect(refusal({ config: { ...openai, custom_host: "http://localhost:9/v1" }, environment }).message).toBe(
      "Invalid config passed",
    );
  });
});

describe("vendors' own headers", () => {
  test("from a config on its target, from the request's headers for one provider only", () => {
    const config = { ...openai, openai_organization: "org-1", openaiProject: "proj-1" };
    expect(only({ config }).provider.headers).toEqual({ "openai-organization": "org-1", "openai-project": "proj-1" });
    const headers = { "x-portkey-anthropic-beta": "b1", "x-portkey-openai-organization": "org-2" };
    expect(only({ headers: { ...headers, "x-portkey-provider": "openai" } }).provider.headers).toEqual({
      "openai-organization": "org-2",
    });
    const targets = targetsOf(
      compile({ config: { strategy: { mode: "fallback" }, targets: [google, openai] }, headers }).node,
    );
    expect(targets.map(({ provider }) => provider.headers)).toEqual([{}, {}]);
  });
});

describe("the operator's defaults", () => {
  test("hold beneath what the request says", () => {
    const operator: ConfigFile = {
      defaults: { timeout: { idle: "4s", total: "30s" }, params: { seed: 1 }, breaker: "off" },
    };
    const { node, total } = compile({ operator, config: { ...openai, override_params: { model: "m", seed: 2 } } });
    expect(total).toBe(30_000);
    expect(targetsOf(node)[0]).toMatchObject({ timeout: { idle: 4_000 }, params: { seed: 2 }, breaker: null });
  });
});

describe("refusals, in Portkey's words", () => {
  const either =
    "Either x-portkey-provider needs to be passed. Or the x-portkey-config header should have a valid config with provider details in it.";
  test.each<[string, Asked, string]>([
    ["no header", {}, "Either x-portkey-config or x-portkey-provider header is required"],
    [
      "content type",
      { headers: { "content-type": "text/plain", "x-portkey-provider": "openai" } },
      "Invalid content type passed",
    ],
    [
      "provider header",
      { headers: { "x-portkey-provider": "opnai" } },
      'Invalid provider passed. Did you mean "openai"?',
    ],
    ["an id", { config: "pc-my-config-1" }, "Invalid config passed. You need to pass a valid json"],
    [
      "W9h: thousands of levels",
      { config: nested(3_000) },
      "Invalid config passed. It is nested deeper than 128 levels",
    ],
    ["broken JSON", { config: "{" }, "Invalid config passed. You need to pass a valid json"],
    ["a list", { config: [] }, "Invalid config passed. You need to pass a valid json"],
    ["nobody named", { config: { retry: { attempts: 1 } } }, either],
    [
      "old form",
      { config: { ...openai, options: [] } },
      "This version of config is not supported in this route. Please migrate to the latest version",
    ],
    [
      "guardrails",
      { config: { ...openai, inputGuardrails: [{ "default.contains": {} }] } },
      "'input_guardrails' is not available in this version yet; remove it from the config",
    ],
    [
      "hosted keys",
      { config: { strategy: { mode: "fallback" }, targets: [{ virtual_key: "vk-1" }] } },
      "'virtual_key' belongs to Portkey's hosted service; give 'provider' and 'api_key' instead",
    ],
  ])("%s", (_, asked, message) => {
    expect(refusal(asked)).toEqual({ status: "failure", message });
  });

  const needs =
    "Invalid configuration. It must have either 'provider' and 'api_key', or 'strategy' and 'targets', or 'cache', or 'retry', or 'request_timeout'";
  test.each<[string, unknown, readonly string[]]>([
    [
      "mode",
      { strategy: { mode: "fallbak" }, targets: [openai] },
      [
        "path: strategy,mode, message: Invalid 'mode' value. Must be one of: single, loadbalance, fallback, conditional",
      ],
    ],
    ["no mode", { strategy: {}, targets: [openai] }, ["path: strategy,mode, message: Required"]],
    [
      "provider",
      { strategy: { mode: "fallback" }, targets: [{ provider: "nobody" }] },
      [
        "path: targets,0,provider, message: Invalid 'provider' value. Must be one of: google, openai, anthropic, ollama, openai-compatible, gemini",
      ],
    ],
    [
      "types",
      { ...openai, request_timeout: "5", retry: { attempts: "3" } },
      [
        "path: request_timeout, message: Expected number, received string",
        "path: retry,attempts, message: Expected number, received string",
      ],
    ],
    ["retry without attempts", { ...openai, retry: {} }, ["path: retry,attempts, message: Required"]],
    [
      "a target of nobody",
      { strategy: { mode: "fallback" }, targets: [{ weight: 1 }] },
      [`path: targets,0, message: ${needs}`],
    ],
    ["targets without a strategy", { targets: [openai] }, [`path: , message: ${needs}`]],
    [
      "no target",
      { strategy: { mode: "fallback" }, targets: [] },
      ["path: targets, message: Array must contain at least 1 element(s)"],
    ],
    [
      "codes",
      { strategy: { mode: "fallback", on_status_codes: ["429"] }, targets: [openai] },
      ["path: strategy,on_status_codes,0, message: Expected number, received string"],
    ],
    [
      "a target that is none",
      { strategy: { mode: "fallback" }, targets: ["openai"] },
      ["path: targets,0, message: Expected object, received string"],
    ],
  ])("schema: %s", (_, config, errors) => {
    expect(refusal({ config })).toEqual({ status: "failure", message: "Invalid config passed", errors });
  });

  test("what means nothing here is passed over, as there", () => {
    expect(
      only({
        config: {
          ...openai,
          cache: { mode: "simple" },
          name: "n",
          weight: 2,
          strict_open_ai_compliance: false,
          anything: 1,
        },
      }).name,
    ).toBe("openai/gpt-4o");
  });

  test("either header makes it a request with a route of its own", () => {
    expect(
      [{}, { "x-portkey-provider": "openai" }, { "x-portkey-config": "{}" }, { "x-portkey-config": "" }].map(
        hasPortkeyHeaders,
      ),
    ).toEqual([false, true, true, false]);
  });
});
