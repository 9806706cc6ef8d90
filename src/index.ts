// The public names of the package, one by one. Everything else is internal and may change.
import "./check-node.ts";
import { loadConfigObject } from "./config/check.ts";
import type { ConfigFile } from "./config/config-file.ts";
import { formatWarnings } from "./config/load.ts";
import type { Rules } from "./core/rules.ts";
import { openGateway, type RunningGateway } from "./open-gateway.ts";
import type { GatewayOptions } from "./gateway-parts.ts";
import { toStandardError } from "./wire.ts";
import { catalog } from "./providers/catalog.ts";
import { providerNames } from "./providers/provider-names.ts";
import { providerParts } from "./providers/provider-parts.ts";

export interface CreateGatewayOptions extends GatewayOptions {
  /** Values for `${NAME}` and for the providers' usual key variables. Default: this process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A running gateway, from `createGateway`. */
export interface Gateway extends Omit<RunningGateway, "reload"> {
  /**
   * Replaces the whole configuration; requests in flight finish with the old one. Throws ConfigError, and then the old
   * configuration stays. The address, the trusted hosts and the ledger's file do not change until a restart.
   */
  reload(config: ConfigFile): void;
}

/**
 * A gateway inside this process. `config` has the shape of the configuration file. Without it, every provider whose
 * usual key is in the environment is available. Throws ConfigError, which lists every problem.
 * ```ts
 * const gateway = createGateway({ routes: { assistant: { fallback: ["google/gemini-2.5-flash", "openai/gpt-4o"] } } });
 * const client = new OpenAI({ apiKey: "unused", baseURL: "http://gateway/v1", fetch: gateway.fetch });
 * ```
 */
export function createGateway(config: ConfigFile = {}, options: CreateGatewayOptions = {}): Gateway {
  const { environment = process.env, ...rest } = options;
  const { warn = toStandardError } = rest;
  const resolve = (file: ConfigFile): Rules => {
    const loaded = loadConfigObject(file, { catalog, names: providerNames, parts: providerParts, environment });
    for (const warning of formatWarnings(loaded)) warn(warning);
    return loaded.rules;
  };
  const gateway = openGateway(resolve(config), rest);
  return { ...gateway, reload: (next) => gateway.reload(resolve(next)) };
}

export { ConfigError } from "./config/problem.ts";
export { GatewayFailure } from "./core/failure.ts";
export { verdicts } from "./core/verdict.ts";
export type { ConfigFile } from "./config/config-file.ts";
export type { SampleRequest } from "./endpoints/route-status.ts";
export type { GatewayStatus } from "./attempt/explain/gateway-status.ts";
export type { RouteStatus } from "./attempt/explain/route-status.ts";
export type { Clock, Ids, Random } from "./core/clock.ts";
export type { News, SharedState } from "./core/shared-state.ts";
export type { FailureVerdict, Verdict } from "./core/verdict.ts";
export type { Incident } from "./record/incident.ts";
export type { LedgerEntry } from "./record/ledger.ts";
export type { Fetch } from "./listen/fetch.ts";
export type { GatewayOptions } from "./gateway-parts.ts";
export type { Listening } from "./open-gateway.ts";
export type { Transport } from "./core/transport.ts";
