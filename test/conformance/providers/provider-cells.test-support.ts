// Plays every feature at every row of the catalogue: one gateway for the features, and one for each fault, because a fault
// changes what the gateway does next. Not a test.
import { createGateway, type ConfigFile, type Gateway } from "../../../src/index.ts";
import type { ProviderRow } from "../../../src/core/provider.ts";
import { catalog } from "../../../src/providers/catalog.ts";
import { type FaultScript, startSimulator, type Simulator, type Vendor } from "../../../src/simulator/simulator.ts";
import { four, type Four } from "../protocols.test-support.ts";
import type { Talk } from "./client-talk.test-support.ts";
import { type HostDeviation, hostDeviations } from "./host-deviations.test-support.ts";
import type { HostFault } from "./host-errors.test-support.ts";
import { hostKey, openPlayedHost, type PlayedHost } from "./played-host.test-support.ts";
import * as features from "./provider-features.test-support.ts";

export interface Cell {
  readonly row: string;
  readonly feature: string;
  /** Null: not played at this row. */
  readonly outcome: features.Outcome | null;
  /** What no fact declares; null: nothing. */
  readonly problem: string | null;
}

/** The features, in the order of the table. */
export const featureNames: readonly string[] = [
  ...["chat", "stream", "tools"].flatMap((name) => four.map((client) => `${name} ${client}`)),
  "forced tool",
  "named tool",
  "odd tool schema",
  "JSON schema",
  "image",
  "reasoning on",
  "reasoning off",
  "embeddings",
  "count tokens",
  "bad key",
  "rate limit",
  "cooldown",
  "overload",
  "too long",
  "break",
];

/** A vendor or a cloud that the simulator plays itself, with a model of it. */
interface Simulated {
  readonly vendor: Vendor;
  readonly model: string;
  /** Its model of embeddings. */
  readonly vectors?: string;
  /** Its rate limits name no time to wait, so a single key does not cool down. */
  readonly namesNoWait?: true;
  /** What differs in its configuration from the vendor's own address. */
  readonly place?: (baseUrl: string) => Readonly<Record<string, string>>;
}

const simulated: Readonly<Record<string, Simulated>> = {
  google: { vendor: "google", model: "gemini-2.5-flash", vectors: "gemini-embedding-001" },
  openai: { vendor: "openai", model: "gpt-4o", vectors: "text-embedding-3-small" },
  anthropic: { vendor: "anthropic", model: "claude-sonnet-4-5" },
  azure: {
    vendor: "openai",
    model: "gpt-4o",
    vectors: "text-embedding-3-small",
    place: (baseUrl) => ({ base_url: baseUrl.replace(/\/v1$/u, "/openai/v1") }),
  },
  vertex: {
    vendor: "google",
    model: "gemini-2.5-flash",
    place: (baseUrl) => ({ base_url: baseUrl.replace("/v1beta", "/v1") }),
  },
  bedrock: {
    vendor: "anthropic",
    model: "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
    namesNoWait: true,
    place: (baseUrl) => ({ base_url: baseUrl.replace(/\/v1$/u, ""), region: "eu-central-1" }),
  },
};

/** The simulator's own faults. */
const scripts: Readonly<Record<HostFault, FaultScript>> = {
  "bad key": { fault: "status", status: 401 },
  "rate limit": { fault: "status", status: 429, retryAfter: 30 },
  overload: { fault: "status", status: 503 },
  "too long": { fault: "status", status: 400, contextLength: true },
  break: { fault: "error-event-mid-stream" },
};

interface PlayedRow {
  readonly row: ProviderRow;
  readonly deviation: HostDeviation;
  readonly host: PlayedHost;
}

interface Stage extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly played: readonly PlayedRow[];
  openGateway(): Gateway;
}

async function openStage(): Promise<Stage> {
  const simulator = await startSimulator();
  const rows = [...catalog.values()].filter(({ name }) => simulated[name] === undefined);
  const played = await Promise.all(
    rows.map(async (row): Promise<PlayedRow> => {
      const deviation = hostDeviations[row.name] ?? {};
      return { row, deviation, host: await openPlayedHost(row, deviation) };
    }),
  );
  const plain = catalog.get("openai-compatible");
  if (plain === undefined) throw new Error("there is no plain row");
  const standIn = await openPlayedHost(plain, {});
  return {
    simulator,
    played,
    openGateway: () =>
      createGateway(configFor(played, simulator, standIn.baseUrl), { environment: {}, warn: () => {}, log: () => {} }),
    async [Symbol.asyncDispose]() {
      await Promise.all([standIn, ...played.map(({ host }) => host)].map((host) => host[Symbol.asyncDispose]()));
      await simulator.close();
    },
  };
}

function configFor(played: readonly PlayedRow[], simulator: Simulator, standInUrl: string): ConfigFile {
  const hosts = played.map(({ row, deviation, host }) => {
    const { settings = {} } = deviation;
    return [row.name, { ...settings, base_url: host.baseUrl, api_key: hostKey, second_protocols: true }] as const;
  });
  const houses = Object.entries(simulated).map(([name, { vendor, place }]) => {
    const { baseUrl } = simulator.vendors[vendor];
    return [name, { base_url: baseUrl, api_key: "a-key", ...place?.(baseUrl) }] as const;
  });
  // It is never at fault: the plain host without a fault.
  const standIn = { kind: "openai-compatible", base_url: standInUrl, api_key: hostKey };
  const targets = [
    ...played.map(({ row, deviation }) => [row.name, `${row.name}/${modelOf(deviation)}`] as const),
    ...Object.entries(simulated).flatMap(([name, { model, vectors }]) => [
      [name, `${name}/${model}`] as const,
      ...(vectors === undefined ? [] : [[`${name}-vectors`, `${name}/${vectors}`] as const]),
    ]),
  ];
  const routes = targets.map(
    ([name, target]) => [name, { target, retry: { attempts: 0 }, mid_stream: "error" as const }] as const,
  );
  const pairs = targets.map(
    ([name, target]) => [`${name}-pair`, { fallback: [target, "stand-in/m"], retry: { attempts: 0 } }] as const,
  );
  return {
    providers: { ...Object.fromEntries([...hosts, ...houses]), "stand-in": standIn },
    routes: Object.fromEntries([...routes, ...pairs]),
  };
}

function modelOf({ model = "some-model" }: HostDeviation): string {
  return model;
}

/** The model that is played at that row. */
export function modelOfRow(name: string): string {
  return simulated[name]?.model ?? modelOf(hostDeviations[name] ?? {});
}

/** Every cell of the table, in the catalogue's order of rows. */
export async function makeProviderCells(): Promise<readonly Cell[]> {
  await using stage = await openStage();
  const gateway = stage.openGateway();
  const cells: Cell[] = [];
  for (const { row, deviation } of stage.played)
    cells.push(...(await playFeatures({ gateway, route: row.name }, deviation)));
  for (const [name, { vectors }] of Object.entries(simulated)) {
    const route = vectors === undefined ? null : `${name}-vectors`;
    cells.push(...(await playFeatures({ gateway, route: name }, {}, route)));
  }
  await gateway.close();
  for (const kind of ["bad key", "rate limit", "overload", "too long", "break"] as const)
    cells.push(...(await playFaults(stage, kind)));
  return cells;
}

async function playFeatures(
  talk: Talk,
  deviation: HostDeviation,
  vectors: string | null = talk.route,
): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  const play = async (feature: string, action: () => Promise<features.Outcome>): Promise<void> => {
    cells.push(await cellOf(talk.route, feature, () => features.offered(action)));
  };
  for (const client of four) {
    await play(`chat ${client}`, () => features.chat(talk, client));
    await play(`stream ${client}`, () => features.stream(talk, client));
    await play(`tools ${client}`, () => features.tools(talk, client));
  }
  await play("forced tool", () => features.forcedTool(talk));
  await play("named tool", () => features.namedTool(talk));
  await play("odd tool schema", () => features.oddToolSchema(talk));
  await play("JSON schema", () => features.jsonSchema(talk));
  await play("image", () => features.image(talk));
  await play("reasoning on", () => features.reasoning(talk, "high"));
  await play("reasoning off", () => features.reasoning(talk, "none"));
  await play("count tokens", () => features.countTokens(talk));
  const embeds = vectors !== null && (deviation.embeds === true || simulated[talk.route] !== undefined);
  if (embeds) await play("embeddings", () => features.embeddings({ ...talk, route: vectors }));
  else cells.push(notPlayed(talk.route, "embeddings"));
  return cells;
}

async function playFaults(stage: Stage, kind: HostFault): Promise<readonly Cell[]> {
  const gateway = stage.openGateway();
  const cells: Cell[] = [];
  for (const { row, host } of stage.played) {
    if (row.lacks?.includes("chat") === true) {
      cells.push(
        ...(kind === "rate limit" ? [kind, "cooldown"] : [kind]).map((feature) => notPlayed(row.name, feature)),
      );
      continue;
    }
    host.fault = kind;
    cells.push(...(await playFault({ gateway, route: row.name }, kind, () => host.asked.length)));
    host.fault = null;
  }
  for (const [name, { vendor }] of Object.entries(simulated)) {
    stage.simulator.play(vendor, scripts[kind]);
    const asked = (): number => stage.simulator.log().filter((entry) => entry.vendor === vendor).length;
    cells.push(...(await playFault({ gateway, route: name }, kind, asked)));
    stage.simulator.heal();
  }
  await gateway.close();
  return cells;
}

async function playFault(talk: Talk, kind: HostFault, asked: () => number): Promise<readonly Cell[]> {
  const { gateway, route } = talk;
  if (kind === "break") return [await cellOf(route, kind, () => breaks(talk))];
  const cell = await cellOf(route, kind, () => features.fault(talk, kind));
  if (kind !== "rate limit") return [cell];
  if (simulated[route]?.namesNoWait === true) return [cell, notPlayed(route, "cooldown")];
  return [cell, await cellOf(route, "cooldown", () => features.cooldown({ gateway, route: `${route}-pair` }, asked))];
}

async function breaks(talk: Talk): Promise<features.Outcome> {
  for (const client of four satisfies readonly Four[]) await features.brokenStream(talk, client);
  return { state: "ok", note: "" };
}

function notPlayed(row: string, feature: string): Cell {
  return { row, feature, outcome: null, problem: null };
}

async function cellOf(row: string, feature: string, play: () => Promise<features.Outcome>): Promise<Cell> {
  try {
    return { row, feature, outcome: await play(), problem: null };
  } catch (error) {
    const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { row, feature, outcome: null, problem };
  }
}
