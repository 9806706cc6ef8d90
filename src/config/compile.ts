// A checked file and the environment -> Rules: flat, frozen, complete. It decides everything that load time can decide, so
// that no request merges options. It finds problems of meaning (names, URLs, keys), not of form.
import type { LedgerRules, ProviderRules, Route, Rules } from "../core/rules.ts";
import type { CallerKey, ServerRules } from "../core/server-rules.ts";
import type { SessionRules } from "../core/session.ts";
import type { ProviderNames } from "../core/provider-names.ts";
import type { ConfigFile, LedgerConfig, ServerConfig, SessionsConfig } from "./config-file.ts";
import { defaultLedger, defaultPolicies, defaultServer } from "./defaults.ts";
import { parseDuration, parseSize } from "../domain/duration.ts";
import { compileProxy } from "./proxy.ts";
import { findTrustedHosts } from "./environment.ts";
import { isSendable } from "./keys.ts";
import { mergePolicies } from "./policies.ts";
import { isPattern } from "../domain/matches-pattern.ts";
import { didYouMean } from "../domain/nearest-names.ts";
import { matchPatternRoutes, orderPatterns } from "./pattern-routes.ts";
import type { Policies } from "./policy-types.ts";
import { findPlaced, overPlaces } from "./places.ts";
import type { ProblemList } from "./problem.ts";
import { compileProviders, type CompileContext } from "./providers.ts";
import { compileRoutes, createTarget } from "./routes.ts";
import { modelAt } from "./model-at.ts";
import { lookupIn, rowOfAlias } from "./row-of-alias.ts";
import { rememberTariffs, type TariffOf } from "./tariffs.ts";

/** Rules, with the context for routes in requests. */
export interface LoadedRules extends Rules {
  /** The default policies: the built-in ones with the file's `defaults`. */
  readonly policies: Policies;
  /** Every configured provider, including those without a key. */
  readonly declared: ReadonlyMap<string, ProviderRules>;
  readonly tariffOf: TariffOf;
}

/** The key gives access to the route status, so guessing it must take longer than a day. */
const LEAST_ADMIN_KEY = 16;

const durationOr = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : (parseDuration(text) ?? otherwise);

const sizeOr = (text: ServerConfig["max_body"], otherwise: number): number =>
  text === undefined ? otherwise : (parseSize(text) ?? otherwise);

/** `https://app.example:8443`, or an extension's `chrome-extension://id`: a scheme and a host, nothing more. */
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/(?:[^\s/?#@*:[\]]+|\[[\da-f:.]+\])(?::\d+)?$/;
/** A name or an address as `Host` has it, without the port. */
const HOST_NAME = /^(?:[\w.-]+|\[[\da-f:.]+\])$/;

/** The names of the gateway, and the pages that may use it. */
const compilePages = (own: ServerConfig, problems: ProblemList): Pick<ServerRules, "hosts" | "cors"> => {
  const hosts = [own.hosts ?? []].flat().map((name) => name.trim().toLowerCase());
  for (const [index, name] of hosts.entries())
    if (!HOST_NAME.test(name))
      problems.add(["server", "hosts", index], "must be a host name such as llm.example, without http:// or a port");
  const cors = [own.cors ?? []].flat().map((origin) => origin.trim().toLowerCase().replace(/\/$/, ""));
  for (const [index, origin] of cors.entries())
    if (!ORIGIN.test(origin))
      problems.add(
        ["server", "cors", index],
        "must be one origin in full, such as https://app.example, without a path",
      );
  return { hosts, cors: cors.map((origin) => origin.replace(/^(http:.*):80$|^(https:.*):443$/, "$1$2")) };
};

const isOff = (value: unknown): value is false | "off" | "false" =>
  value === false || value === "off" || value === "false";

/** Null: off. */
const limitOf = (own: string | false | undefined, usual: number | null): number | null => {
  if (own === undefined) return usual;
  return own === false || isOff(own) ? null : (parseDuration(own) ?? usual);
};

/** A plain string has its position as its name. */
const compileKeys = (own: NonNullable<ServerConfig["keys"]>, problems: ProblemList): readonly CallerKey[] => {
  const keys = [own].flat().map((entry, index): CallerKey => {
    if (typeof entry === "string") return { key: entry.trim(), name: `key ${index + 1}`, routes: null };
    return { key: entry.key.trim(), name: entry.name, routes: entry.routes ?? null };
  });
  if (!keys.every(({ key }) => isSendable(key)))
    problems.add(["server", "keys"], "has a key with whitespace or a character that is not allowed in a header");
  for (const [index, { key, name }] of keys.entries()) {
    const others = keys.slice(0, index);
    if (others.some((one) => one.name === name)) problems.add(["server", "keys", index], "has the name of another key");
    if (others.some((one) => one.key === key)) problems.add(["server", "keys", index], "has the value of another key");
  }
  return keys;
};

/** A name without a slash must be a route; a provider's models are not all known. */
const checkKeyRoutes = (keys: readonly CallerKey[], names: readonly string[], problems: ProblemList): void => {
  for (const [index, { routes }] of keys.entries())
    for (const [place, name] of (routes ?? []).entries())
      if (!names.includes(name) && !name.includes("/") && !isPattern(name))
        problems.add(["server", "keys", index, "routes", place], "unknown route", didYouMean(name, names));
};

const compileServer = (own: ServerConfig, problems: ProblemList): Omit<ServerRules, "proxy"> => {
  const keys = compileKeys(own.keys ?? [], problems);
  const adminKey = own.admin_key?.trim();
  if (adminKey !== undefined && (!isSendable(adminKey) || adminKey.length < LEAST_ADMIN_KEY))
    problems.add(["server", "admin_key"], `must have at least ${LEAST_ADMIN_KEY} characters, without whitespace`);
  if (adminKey !== undefined && keys.some(({ key }) => key === adminKey))
    problems.add(["server", "admin_key"], "is also in server.keys; clients must not have the operator's key");
  const host = own.host?.trim() ?? defaultServer.host;
  if (/[\s/]/.test(host))
    problems.add(["server", "host"], "must be a host name or an IP address, without http:// or a path");
  return {
    host,
    ...compilePages(own, problems),
    maxBodies: sizeOr(own.max_bodies, defaultServer.maxBodies),
    port: own.port === undefined ? defaultServer.port : Number(own.port),
    maxBody: sizeOr(own.max_body, defaultServer.maxBody),
    spool: sizeOr(own.spool, defaultServer.spool),
    maxUpload: sizeOr(own.max_upload, defaultServer.maxUpload),
    maxDepth: own.max_depth === undefined ? defaultServer.maxDepth : Number(own.max_depth),
    drainDelay: durationOr(own.drain_delay, defaultServer.drainDelay),
    grace: durationOr(own.grace, defaultServer.grace),
    keepAlive: limitOf(own.keep_alive, defaultServer.keepAlive),
    sessions: compileSessions(own.sessions ?? {}),
    modelLists: limitOf(own.model_lists, defaultServer.modelLists),
    ...(own.model_lists === undefined ? {} : { modelListsAtStart: true as const }),
    keys,
    ...(adminKey === undefined ? {} : { adminKey }),
  };
};

const compileSessions = (own: SessionsConfig): SessionRules => {
  const { max, maxMessage, maxTime, idle, pingEvery } = defaultServer.sessions;
  return {
    max: own.max === undefined ? max : Number(own.max),
    maxMessage: sizeOr(own.max_message, maxMessage),
    maxTime: limitOf(own.max_time, maxTime),
    idle: limitOf(own.idle, idle),
    pingEvery,
  };
};

const compileLedger = (own: LedgerConfig | "off" | "false" | false): LedgerRules => {
  if (typeof own !== "object") return { ...defaultLedger, memory: 0, file: null };
  return {
    memory: own.memory === undefined ? defaultLedger.memory : Number(own.memory),
    ...(own.file === undefined ? {} : { file: isOff(own.file) ? null : String(own.file) }),
    maxSize: own.max_size === undefined ? defaultLedger.maxSize : (parseSize(own.max_size) ?? defaultLedger.maxSize),
  };
};

/** Freezes plain objects and lists recursively; maps and sets are read-only by type. */
const freeze = <Value>(value: Value): Value => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) {
    if (value instanceof Map) for (const inner of value.values()) freeze(inner);
    return value;
  }
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
};

const createDirect =
  (
    providers: ReadonlyMap<string, ProviderRules>,
    { policies, tariffOf, names }: { policies: Policies; tariffOf: TariffOf; names: ProviderNames | undefined },
  ) =>
  (name: string, written: string): Route | null => {
    const provider = findPlaced(providers, name) ?? findPlaced(providers, rowOfAlias(name, names) ?? "");
    if (provider === undefined) return null;
    const model = modelAt(provider.row, written);
    const route = model === "" ? provider.name : `${provider.name}/${model}`;
    const node = overPlaces(createTarget(provider, model, { at: route, policies, tariffOf }));
    return { name: route, node, total: policies.timeout.total };
  };

/** The rules of a checked file; an empty one means the environment alone. Problems go to `context.problems`. */
export const compileRules = (file: ConfigFile, source: string, context: CompileContext): LoadedRules => {
  const policies = mergePolicies(defaultPolicies, file.defaults);
  const { declared, usable, keyless } = compileProviders(file, context);
  const { catalog, names, problems } = context;
  const tariffOf = rememberTariffs();
  const all = compileRoutes(
    { routes: file.routes ?? {}, providers: declared, keyless, catalog, names, tariffOf, problems },
    policies,
  );
  const patterns = orderPatterns([...all.values()].filter(({ name }) => isPattern(name)));
  const routes = new Map([...all].filter(([name]) => !isPattern(name)));
  const proxy = compileProxy(file.server?.proxy, context.environment, problems);
  const server = { ...compileServer(file.server ?? {}, problems), proxy };
  checkKeyRoutes(server.keys, [...all.keys()], problems);
  const trustedHosts = findTrustedHosts(context.environment, server.host);
  const plain = { routes, patterns, server, ledger: compileLedger(file.ledger ?? {}), policies, declared };
  for (const part of Object.values(plain)) freeze(part);
  return Object.freeze({
    ...plain,
    providers: usable,
    keyless,
    tariffOf,
    direct: createDirect(usable, { policies, tariffOf, names }),
    names: lookupIn(names),
    match: matchPatternRoutes(patterns, tariffOf),
    trustedHosts,
    source,
  });
};
