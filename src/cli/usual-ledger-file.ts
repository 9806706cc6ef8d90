// Where `serve` keeps its ledger unless the configuration says: in the state folder of the service or of the user. Each
// port has its own file, so that two gateways never write to one.
import { join } from "node:path";
import type { Environment } from "../config/variables.ts";

/** Null: the environment names no home. */
export const usualLedgerFile = (environment: Environment, port: number): string | null => {
  const folder = stateFolder(environment);
  return folder === null ? null : join(folder, `ledger-${port}.jsonl`);
};

const stateFolder = (environment: Environment): string | null => {
  const variable = (name: string): string | null => environment[name] || null;
  // systemd's StateDirectory=: the service's own folder, or several, joined by colons.
  const service = variable("STATE_DIRECTORY");
  if (service !== null) return service.split(":")[0] ?? service;
  // https://specifications.freedesktop.org/basedir-spec/latest/
  const state = variable("XDG_STATE_HOME");
  if (state !== null) return join(state, "understudy");
  const home = variable("HOME");
  if (home !== null) return join(home, ".local", "state", "understudy");
  const windows = variable("LOCALAPPDATA");
  return windows === null ? null : join(windows, "understudy");
};
