// Addresses and paths are made of settings, regions, deployments and models' names, some of them from strangers. Whatever these
// are, a request goes to the provider's own host, and below its own path.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accountSettingNames, type AccountSettings } from "../../src/core/account.ts";
import type { OutboundRequest, Transport } from "../../src/core/transport.ts";
import type { ProviderRow } from "../../src/core/provider.ts";
import { createGateway, type ConfigFile, type Gateway } from "../../src/index.ts";
import { catalog } from "../../src/providers/catalog.ts";
import { isSendable } from "../../src/config/keys.ts";
import "../support/fixed-seed.ts";

/** What somebody might try: to leave the path, to end it, to name another host, or to start another header. */
const attempts = [
  "..",
  ".",
  "../admin",
  "a/../../b",
  "a/..",
  "..\\admin",
  "%2e%2e%2fadmin",
  "..%2fadmin",
  "..;/admin",
  "a?b=c",
  "a#b",
  "a@evil.example",
  "@evil.example/",
  "evil.example#",
  "evil.example/",
  "https://evil.example",
  "//evil.example",
  "a:b@evil.example:81/x?y#z",
  "a:8080",
  "a.evil.example",
  "\\\\evil.example",
  "a\r\nx-injected: 1",
  "a\u0000b",
  "a b",
  "a\tb",
  "\u2024\u2024/admin",
  "\uff0e\uff0e\uff0fadmin",
  "evil\u3002example",
  "a\u2044b",
  "\ud83d",
  "%",
  "%00",
  "{region}",
  "${HOME}",
  "",
];

const nasty = fc.oneof(
  fc.constantFrom(...attempts),
  fc.string({ maxLength: 40, unit: "binary" }),
  fc
    .array(fc.constantFrom("..", "/", "\\", "%2f", "%2e", "@", "#", "?", ":", ";", "a", ".", "\r\n", "\u2024"), {
      maxLength: 8,
    })
    .map((pieces) => pieces.join("")),
);

/** Values that some cloud takes for a setting; a row's pattern says which. */
const benign = [
  "my-value",
  "europe-west4",
  "eu-central-1",
  "v1",
  "0123456789abcdef0123456789abcdef",
  "myorg-account123",
  "dbc-a1b2345c-d6e7.cloud.databricks.com",
  "adb-1234567890123456.7.azuredatabricks.net",
];

function benignSettings({ account }: ProviderRow): AccountSettings {
  const entries = accountSettingNames.flatMap((name) => {
    const rule = account?.settings[name];
    if (rule === undefined) return [];
    const value = benign.find((one) => rule.pattern.test(one)) ?? rule.usual;
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

interface Rig {
  readonly gateway: Gateway;
  readonly sent: OutboundRequest[];
}

function open(config: ConfigFile): Rig {
  const sent: OutboundRequest[] = [];
  const transport: Transport = {
    send(request) {
      sent.push(request);
      const body = { next: () => Promise.resolve(null), cancel: () => {} };
      return Promise.resolve({ status: 400, headers: { "content-type": "application/json" }, body });
    },
    close: () => Promise.resolve(),
  };
  const options = { environment: {}, transport, warn: () => {}, log: () => {} };
  return { gateway: createGateway(config, options), sent };
}

const defaults: ConfigFile["defaults"] = { retry: { attempts: 0 }, breaker: "off" };

/** The provider `mine` of this kind, with these settings in place of others. */
function configOf(row: ProviderRow, settings: AccountSettings): ConfigFile {
  const hasAddress = row.baseUrl !== null || row.account !== undefined;
  const base = hasAddress ? {} : { base_url: "https://host.example/v1" };
  return {
    server: { model_lists: "off" },
    providers: { mine: { kind: row.name, api_key: "the-key", ...base, ...settings } },
    defaults,
  };
}

const services = [
  ["chat/completions", { messages: [{ role: "user", content: "Hi" }] }],
  ["chat/completions", { messages: [{ role: "user", content: "Hi" }], stream: true }],
  ["embeddings", { input: "Hi" }],
  ["rerank", { query: "Hi", documents: ["a", "b"] }],
] as const;

/** A chat, whole and streamed; at a provider that has none, its other services. */
async function ask({ gateway, sent }: Rig, model: string, headers: Record<string, string> = {}) {
  const before = sent.length;
  for (const [path, body] of services) {
    if (sent.length >= before + 2) break;
    const response = await gateway.fetch(`http://gateway/v1/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ model, ...body }),
    });
    await response.text();
  }
  return sent.slice(before);
}

const tooFar = /^\.{1,2}$/u;

/** It stays at the host, below the path, and says the same to every reader of URLs. */
function check({ origin, path, headers }: OutboundRequest, base: URL): void {
  expect(origin).toBe(base.origin);
  const url = new URL(origin + path);
  expect(url.href).toBe(origin + path);
  expect([url.username, url.password, url.hash, url.origin]).toEqual(["", "", "", origin]);
  expect(path).toMatch(/^\/[\x21-\x7e]*$/u);
  expect(url.pathname.startsWith(base.pathname.replace(/\/$/u, ""))).toBe(true);
  const steps = url.pathname.split("/").flatMap((step) => decodeURIComponent(step).split(/[/\\]/u));
  expect(steps.map((step) => step.split(";")[0] ?? "").filter((step) => tooFar.test(step))).toEqual([]);
  expect(Object.values(headers).filter((value) => /[\r\n]/u.test(value))).toEqual([]);
  expect([...url.searchParams.keys()].filter((name) => name !== "api-version" && name !== "alt")).toEqual([]);
}

const rows = [...catalog.values()];
const bases = new Map(
  rows.flatMap((row) => {
    const { gateway, sent } = open(configOf(row, benignSettings(row)));
    return [[row.name, { gateway, sent }] as const];
  }),
);

/** The origin and the path of the base URL, by the operator's settings alone. */
function baseOf(row: ProviderRow, settings: AccountSettings): URL {
  return new URL(row.account?.baseUrl(settings) ?? row.baseUrl ?? "https://host.example/v1");
}

/** Several protocols of one provider may have paths of their own beside the base URL. */
function rootOf(row: ProviderRow, settings: AccountSettings): URL {
  const base = baseOf(row, settings);
  return new URL(base.origin);
}

test("the list has every row, and each can be asked with usual settings", async () => {
  expect(rows.length).toBeGreaterThan(60);
  for (const row of rows) {
    const sent = await ask(bases.get(row.name) as Rig, "mine/a-model");
    expect([row.name, sent.length > 0]).toEqual([row.name, true]);
    for (const request of sent) check(request, rootOf(row, benignSettings(row)));
  }
});

describe("a model's name from a client", () => {
  test.each(rows.map((row) => [row.name, row] as const))(
    "leaves neither the host nor the path of %s",
    async (_name, row) => {
      const rig = bases.get(row.name) as Rig;
      const [whole] = await ask(rig, "mine/a-model");
      const base = rootOf(row, benignSettings(row));
      const usual = (whole as OutboundRequest).path;
      await fc.assert(
        fc.asyncProperty(nasty, async (model) => {
          for (const request of await ask(rig, `mine/${model}`)) {
            check(request, base);
            // The name takes up one segment, where it is in the path at all.
            const own = usual.split("a-model")[0] ?? "";
            if (usual.includes("a-model") && !/[/]/u.test(model)) expect(request.path.startsWith(own)).toBe(true);
          }
        }),
        { numRuns: row.path === undefined ? 4 : 80 },
      );
      // Without a path of its own, a row has that of its protocol, which other rows try.
      const tried = row.path === undefined && row.protocol !== "gemini-generate" ? attempts.slice(0, 6) : attempts;
      for (const attempt of tried) for (const request of await ask(rig, `mine/${attempt}`)) check(request, base);
    },
  );
});

const withAccounts = rows.filter(({ account }) => account !== undefined);
const settings = withAccounts.flatMap((row) =>
  accountSettingNames.flatMap((name) =>
    row.account?.settings[name] === undefined ? [] : [[row.name, name, row] as const],
  ),
);

describe("a setting of the configuration", () => {
  test.each(settings)("%s: %s is refused, or stays in its place", (_row, name, row) => {
    const own = benignSettings(row);
    const usual = baseOf(row, own);
    const tried = (value: string): void => {
      let rig: Rig;
      try {
        rig = open(configOf(row, { ...own, [name]: value }));
      } catch {
        return;
      }
      void rig.gateway.close();
      const rule = row.account?.settings[name];
      expect(rule?.pattern.test(value.trim())).toBe(true);
      const text = row.account?.baseUrl({ ...own, [name]: value.trim() }) ?? "";
      const base = new URL(text);
      expect([base.protocol, base.username, base.password, base.port, base.search, base.hash]).toEqual([
        "https:",
        "",
        "",
        "",
        "",
        "",
      ]);
      expect(base.href.replace(/\/$/u, "")).toBe(
        text.toLowerCase().startsWith(base.origin) ? base.href.replace(/\/$/u, "") : text,
      );
      expect(base.pathname.split("/").length).toBe(usual.pathname.split("/").length);
      expect(base.pathname.split("/").filter((step) => tooFar.test(decodeURIComponent(step)))).toEqual([]);
      // The operator may write a whole host where the setting is one; else the cloud's domain stays.
      const host = value
        .trim()
        .replace(/^https:\/\//u, "")
        .replace(/\/$/u, "")
        .toLowerCase();
      const domain = usual.hostname.split(".").slice(-2).join(".");
      expect(base.hostname === host || base.hostname.endsWith(`.${domain}`) || base.hostname === domain).toBe(true);
    };
    for (const attempt of attempts) tried(attempt);
    fc.assert(
      fc.property(nasty, (value) => tried(value)),
      { numRuns: 40 },
    );
  });

  test("a whole host is only one where the setting is a host", () => {
    const hosts = settings.filter(([, name, row]) => {
      const { account } = row;
      if (account?.settings[name]?.pattern.test("evil.example") !== true) return false;
      return (
        new URL(account.baseUrl({ ...benignSettings(row), [name]: "evil.example" }) ?? "").hostname === "evil.example"
      );
    });
    expect(hosts.map(([row, name]) => `${row}.${name}`)).toEqual(["azure.resource"]);
  });
});

const portkeyNames = (value: string) => ({
  resource_name: value,
  azure_resource_name: value,
  azure_deployment_id: value,
  azure_api_version: value,
  vertex_project_id: value,
  vertex_region: value,
  aws_region: value,
  workers_ai_account_id: value,
  databricks_workspace: value,
  snowflake_account: value,
});

describe("Portkey's headers", () => {
  test.each(withAccounts.map((row) => [row.name, row] as const))("move no request of %s", async (_name, row) => {
    const own = benignSettings(row);
    const rig = open({
      ...configOf(row, own),
      providers: { [row.name]: configOf(row, own).providers?.["mine"] ?? null },
    });
    const base = rootOf(row, own);
    await fc.assert(
      fc.asyncProperty(nasty, async (value) => {
        const config = { provider: row.name, ...portkeyNames(value), override_params: { model: value || "m" } };
        const headers: Record<string, string> = { "x-portkey-config": escapedJson(config) };
        if (isSendable(value)) headers["x-portkey-azure-resource-name"] = value;
        for (const request of await ask(rig, "a-model", headers)) check(request, base);
      }),
      { numRuns: 30 },
    );
  });
});

/** A header takes ASCII. */
function escapedJson(value: object): string {
  return JSON.stringify(value).replace(/[^\x20-\x7e]/gu, (one) =>
    [one.charCodeAt(0), one.charCodeAt(1)]
      .flatMap((code) => (Number.isNaN(code) ? [] : [`\\u${code.toString(16).padStart(4, "0")}`]))
      .join(""),
  );
}
