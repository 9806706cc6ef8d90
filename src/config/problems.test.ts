import { describe, expect, test } from "vitest";
import { ConfigError } from "./problem.ts";
import { PLANTED, loadText, problemsOf } from "../../test/support/load-config.ts";

describe("one problem, said with its line", () => {
  test.each([
    [
      "routes:\n  assistant:\n    fallbak: [openai/gpt-4o]",
      'understudy.yaml:3  routes.assistant.fallbak: unknown key. Did you mean "fallback"?',
    ],
    ["sever: { port: 1 }", 'understudy.yaml:1  sever: unknown key. Did you mean "server"?'],
    [
      "server:\n  qqqqqqq: 1",
      "understudy.yaml:2  server.qqqqqqq: unknown key. Valid keys: host, port, max_body, max_bodies, spool, max_upload, max_depth, drain_delay, keep_alive, model_lists, proxy, sessions, grace, keys, hosts, cors, admin_key",
    ],
    [
      "providers:\n  openai: { api_key: k, timeout: { total: 3s } }",
      'understudy.yaml:2  providers.openai.timeout: unknown key. "timeout" belongs to defaults or routes.<name>',
    ],
    [
      "routes:\n  a: { target: openai/x, api_key: k }",
      'understudy.yaml:2  routes.a.api_key: unknown key. "api_key" belongs to providers.<name>',
    ],
    [
      "defaults: { retry: { total: 3s } }",
      'understudy.yaml:1  defaults.retry.total: unknown key. "total" belongs to defaults.timeout or routes.<name>.timeout',
    ],
    ["retry: { attempts: 1 }", 'understudy.yaml:1  retry: unknown key. "retry" belongs to defaults or routes.<name>'],
    [
      "routes:\n  a: { target: openai/x, routes: {} }",
      'understudy.yaml:2  routes.a.routes: unknown key. Did you mean "route"? "routes" belongs to the top level or server.keys[]',
    ],
    ["server: { port: 70000 }", "understudy.yaml:1  server.port: must be a whole number from 0 to 65535"],
    [
      "server: { max_body: big }",
      "understudy.yaml:1  server.max_body: must be a size such as 500kb, 32mb or 1gb, or a number of bytes",
    ],
    [
      "server: { host: 'http://0.0.0.0' }",
      "understudy.yaml:1  server.host: must be a host name or an IP address, without http:// or a path",
    ],
    [
      "server: { admin_key: short }",
      "understudy.yaml:1  server.admin_key: must have at least 16 characters, without whitespace",
    ],
    [
      "server: { admin_key: 0123456789abcdef, keys: [0123456789abcdef] }",
      "understudy.yaml:1  server.admin_key: is also in server.keys; clients must not have the operator's key",
    ],
    [
      "server: { keys: ['a b'] }",
      "understudy.yaml:1  server.keys: has a key with whitespace or a character that is not allowed in a header",
    ],
    [
      "routes:\n  a:\n    target: openai/x\n    timeout: { total: 5 }",
      "understudy.yaml:4  routes.a.timeout.total: must be a duration such as 250ms, 3s, 2m or 1h",
    ],
    [
      "routes:\n  a:\n    target: openai/x\n    timeout: { idle: 0s }",
      "understudy.yaml:4  routes.a.timeout.idle: must be longer than 0, e.g. 250ms",
    ],
    [
      "routes:\n  a:\n    target: openai/x\n    timeout: 5s",
      "understudy.yaml:4  routes.a.timeout takes a map, e.g. { total: 30s }",
    ],
    [
      "routes: { a: { fallback: [openai/x], fallback_on: [rate_limitd] } }",
      'understudy.yaml:1  routes.a.fallback_on[0]: must be a verdict such as rate_limited, a status such as 503, or default. Did you mean "rate_limited"?',
    ],
    [
      "routes: { a: { fallback: [openai/x], fallback_on: [ok] } }",
      "understudy.yaml:1  routes.a.fallback_on[0]: must be a verdict such as rate_limited, a status such as 503, or default",
    ],
    [
      "routes: { a: { fallback: [openai/x], fallback_on: [99] } }",
      "understudy.yaml:1  routes.a.fallback_on[0]: must be a verdict such as rate_limited, a status such as 503, or default",
    ],
    ["routes: { a: gogle/x }", 'understudy.yaml:1  routes.a: unknown provider "gogle". Did you mean "google"?'],
    [
      "routes: { a: gpt-4o }",
      "understudy.yaml:1  routes.a: a target must be provider/model. Write the provider's name, a slash and the model's name",
    ],
    [
      "routes: { a: openai/x, b: { fallback: [a] } }",
      "understudy.yaml:1  routes.b.fallback[0]: a target must be provider/model. To use the route of this name, write { route: a }",
    ],
    [
      "routes: { backup: openai/x, b: { route: bakup } }",
      'understudy.yaml:1  routes.b.route: unknown route "bakup". Did you mean "backup"?',
    ],
    [
      "routes: { a: { target: openai/x, route: a } }",
      "understudy.yaml:1  routes.a: a node must have exactly one of target, fallback, balance, when, hedge, route; this one has target and route",
    ],
    [
      "routes: { a: { timeout: { idle: 3s } } }",
      "understudy.yaml:1  routes.a: a node must have exactly one of target, fallback, balance, when, hedge, route; this one has none of them",
    ],
    ["routes: { a: { fallback: [] } }", "understudy.yaml:1  routes.a.fallback: needs at least one target"],
    [
      "routes: { 'a b': openai/x }",
      'understudy.yaml:1  routes["a b"]: a route\'s name must not be empty or contain whitespace',
    ],
    [
      "routes: { a: 7 }",
      "understudy.yaml:1  routes.a: must be provider/model, or a map, e.g. { target: provider/model }",
    ],
    [
      "providers: { gogle: { api_key: x } }",
      'understudy.yaml:1  providers.gogle: unknown provider. Did you mean "google"? For a server of your own, add kind: openai-compatible and base_url',
    ],
    [
      "providers: { x: { kind: opnai } }",
      'understudy.yaml:1  providers.x.kind: unknown kind of provider. Did you mean "openai"?',
    ],
    [
      "providers: { x: { kind: openai-compatible } }",
      "understudy.yaml:1  providers.x.base_url: is missing. Give its URL, e.g. base_url: http://127.0.0.1:11434/v1",
    ],
    [
      "providers: { openai: { base_url: api.example.com } }",
      "understudy.yaml:1  providers.openai.base_url: must be an http or https address. For example https://api.example.com/v1",
    ],
    [
      "providers: { openai: { base_url: 'ftp://x/v1' } }",
      "understudy.yaml:1  providers.openai.base_url: must be an http or https address. For example https://api.example.com/v1",
    ],
    [
      "providers: { openai: { base_url: 'https://u:secret@x/v1' } }",
      "understudy.yaml:1  providers.openai.base_url: must not have a user or a password. Use api_key or headers",
    ],
    [
      "providers: { openai: { base_url: 'https://x/v1#frag' } }",
      "understudy.yaml:1  providers.openai.base_url: must end before any ? or #",
    ],
    [
      "providers: { openai: { base_url: 'https://x.example/v1/chat/completions/' } }",
      "understudy.yaml:1  providers.openai.base_url: must end before /chat/completions, which the gateway adds. Write https://x.example/v1",
    ],
    [
      "providers: { google: { base_url: 'https://x.example/v1beta/models/m:generateContent' } }",
      "understudy.yaml:1  providers.google.base_url: must end before /models/m:generateContent, which the gateway adds. Write https://x.example/v1beta",
    ],
    ["providers: { openai: { api_key: [] } }", "understudy.yaml:1  providers.openai.api_key: needs at least one key"],
    [
      "providers: { openai: { headers: { Host: x } } }",
      "understudy.yaml:1  providers.openai.headers.Host: is set by the gateway itself. Remove it",
    ],
    [
      "providers: { 'a/b': { kind: openai } }",
      "understudy.yaml:1  providers.a/b: a provider's name may have letters, digits, dots, dashes and underscores only",
    ],
    ["- a list", "understudy.yaml  takes a map, e.g. { providers: { … }, routes: { … } }"],
    ["a: 1\na: 2", "understudy.yaml:2  not valid YAML: map keys must be unique"],
    ["server:\n\tport: 1", "understudy.yaml:2  not valid YAML: tabs are not allowed as indentation"],
    [
      "server: *nowhere",
      "understudy.yaml  not valid YAML: an alias (*name) without an anchor (&name), or too many of them",
    ],
  ])("%s", async (text, expected) => {
    expect(await problemsOf(text)).toEqual([expected]);
  });

  test("JSON has lines too", async () => {
    const text = '{\n  "server": {\n    "prt": 1\n  }\n}';
    expect(await problemsOf(text, {}, "json")).toEqual([
      'understudy.json:3  server.prt: unknown key. Did you mean "port"?',
    ]);
  });
});

describe("nodes that choose", () => {
  test.each([
    ["{ balance: [] }", "routes.a.balance: needs at least one target"],
    [
      "{ balance: [openai/x], by: latancy }",
      'routes.a.by: must be one of weight, latency, load, cost, headroom. Did you mean "latency"?',
    ],
    [
      "{ balance: [{ target: openai/x, weight: 0 }] }",
      "routes.a.balance: every child has weight 0; give at least one a higher weight",
    ],
    [
      "{ balance: [{ target: openai/x, weight: -1 }] }",
      "routes.a.balance[0].weight: must be a number from 0 to 1000000",
    ],
    ["{ balance: [openai/x], stick: { by: user } }", "routes.a.stick.by: must be conversation, or metadata.NAME"],
    ["{ fallback: [openai/x], by: load }", "routes.a.by: is a setting of balance, and this node is a fallback"],
    [
      "{ balance: [openai/x], prefer: fastest }",
      "routes.a.prefer: is a setting of fallback, and this node is a balance",
    ],
    ["{ target: openai/x, after: 1s }", "routes.a.after: is a setting of hedge, and this node is a target"],
    [
      "{ hedge: [openai/x, openai/y], after: soon }",
      "routes.a.after: must be a quantile such as p95, or a duration such as 800ms",
    ],
    [
      "{ hedge: [openai/x, openai/y], cap: 200% }",
      "routes.a.cap: must be a share such as 10%, above 0% and at most 100%",
    ],
    ["{ hedge: [openai/x, openai/y], side_effects: yes }", "routes.a.side_effects: must be allowed"],
    ["{ when: [] }", "routes.a.when: needs at least one case"],
    [
      "{ when: [{ if: { metadata.plan: pro } }] }",
      "routes.a.when[0].use: is missing; it must be provider/model, or a map, e.g. { target: provider/model }",
    ],
    [
      "{ when: [{ if: { metdata.plan: pro }, use: openai/x }] }",
      'routes.a.when[0].if["metdata.plan"]: is not a field of a request. Did you mean "metadata"?',
    ],
    [
      "{ when: [{ if: { request.strem: true }, use: openai/x }] }",
      'routes.a.when[0].if["request.strem"]: is not a field of a request. Did you mean "stream"?',
    ],
    [
      "{ when: [{ if: { metadata.a: { $gr: 1 } }, use: openai/x }] }",
      'routes.a.when[0].if["metadata.a"].$gr: is not an operator. Did you mean "$gt"?',
    ],
    [
      "{ when: [{ if: { metadata.a: { $regex: '(a' } }, use: openai/x }] }",
      'routes.a.when[0].if["metadata.a"].$regex: the regular expression is missing a )',
    ],
    [
      "{ when: [{ if: { request.headers.authorization: x }, use: openai/x }] }",
      'routes.a.when[0].if["request.headers.authorization"]: names a header that may carry an API key; conditions cannot read it',
    ],
    [
      "{ balance: [openai/x], hedge: [openai/y] }",
      "routes.a: a node must have exactly one of target, fallback, balance, when, hedge, route; this one has balance and hedge",
    ],
    [
      "{ target: openai/x, mid_stream: continu }",
      'routes.a.mid_stream: must be one of error, continue, restart. Did you mean "continue"?',
    ],
    ["{ target: openai/x, requires: { tols: true } }", 'routes.a.requires.tols: unknown key. Did you mean "tools"?'],
    [
      "{ target: openai/x, price: { input: cheap, output: 1 } }",
      "routes.a.price.input: must be a number, 0 or more: US dollars per million tokens",
    ],
  ])("%s", async (node, expected) => {
    expect(await problemsOf(`routes:\n  a: ${node}`)).toEqual([`understudy.yaml:2  ${expected}`]);
  });

  test("circles are found through them", async () => {
    const [problem] = await problemsOf("routes: { a: { balance: [openai/x, { hedge: [openai/y, { route: a }] }] } }");
    expect(problem).toContain("routes form a cycle: a -> a");
  });

  test("a weight outside balance is a warning, a hedge of one too", async () => {
    const { warnings } = await loadText("routes: { a: { target: openai/x, weight: 3 }, b: { hedge: [openai/x] } }");
    expect(warnings.map(({ place, message }) => [place, message])).toEqual([
      ["routes.a.weight", "has an effect in a balance only"],
      ["routes.b.hedge", "has one target only, so it never hedges"],
    ]);
  });
});

describe("many problems", () => {
  const text = `providers:
  openai: { api_key: \${MISSING} }
  local: { kind: openai-compatible, base_url: http://127.0.0.1:1/v1/messages }
routes:
  a:
    fallbak: [openai/gpt-4o]
  b:
    fallback:
      - gogle/x
      - { route: c }
      - { target: openai/gpt-4o, timeout: { totl: 5s } }
  c: { route: b }
server: { port: none, maxbody: 3 }
`;

  test("are all told at once, in the file's order, form and meaning alike", async () => {
    expect((await problemsOf(text)).map((line) => line.replace(/: (?!\/\/).*$/, ""))).toEqual([
      "understudy.yaml:2  providers.openai.api_key",
      "understudy.yaml:3  providers.local.base_url",
      "understudy.yaml:6  routes.a.fallbak",
      "understudy.yaml:9  routes.b.fallback[0]",
      "understudy.yaml:11  routes.b.fallback[2].timeout.totl",
      "understudy.yaml:12  routes.c.route",
      "understudy.yaml:13  server.port",
      "understudy.yaml:13  server.maxbody",
    ]);
  });

  test("are data too", async () => {
    const error = await loadText("server: { prt: 1 }").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({
      source: "understudy.yaml",
      problems: [{ place: "server.prt", line: 1, message: "unknown key", hint: 'Did you mean "port"?' }],
    });
  });

  test("a circle names its chain, once", async () => {
    const lines = await problemsOf("routes:\n  a: { fallback: [{ route: b }, openai/x] }\n  b: { route: a }");
    expect(lines[0]).toContain("routes form a cycle: a -> b -> a");
    expect(lines).toHaveLength(1);
  });
});

describe("no problem ever shows a value", () => {
  const secret = "sk-PLANTEDsecretPLANTEDsecret";
  test.each([
    `providers: { openai: { api_key: { value: ${secret} } } }`,
    `providers: { openai: { api_key: "${secret} x" } }`,
    `providers: { openai: { api_key: ["${secret}", 7] } }`,
    `providers: { openai: { base_url: "https://user:${secret}@host/v1" } }`,
    `providers: { openai: { headers: { authorization: "${secret}\\n" } } }`,
    `providers: { openai: "${secret}" }`,
    `providers: "${secret}"`,
    `server: { keys: ["${secret} x"] }`,
    `server: { port: "${secret}" }`,
    `routes: { a: { target: openai/x, timeout: { total: "${secret}" } } }`,
    `routes: { a: { target: openai/x, retry: { hints: "${secret}" } } }`,
    `routes: { a: { fallback: [openai/x], fallback_on: ["${secret}"] } }`,
    `api_key: "${secret}" "${secret}"`,
    `api_key: [${secret}\nb: ${secret}`,
    `api_key: !${secret} x`,
    `api_key: @${secret}`,
  ])("%s", async (text) => {
    expect((await problemsOf(text)).join("\n")).not.toContain("PLANTED");
  });

  test("nor do broken JSON and bad variables", async () => {
    expect((await problemsOf(`{ "api_key": ${secret} }`, {}, "json")).join("\n")).not.toContain("PLANTED");
    const variables = { ...PLANTED, UNDERSTUDY_SERVER_PORT: secret, UNDERSTUDY_PROVIDERS_OPENAI_BASE_URL: secret };
    expect((await problemsOf("", variables)).join("\n")).not.toContain("PLANTED");
  });
});
