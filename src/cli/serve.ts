// `understudy serve`: the gateway as a server. Loads, listens, reloads when the configuration changes, drains when told to
// stop. Says on start who can answer and where, keys masked. A bad configuration never stops a gateway that runs.
import { formatProblem } from "../config/problem.ts";
import { watchConfig, type Watch } from "../config/watch.ts";
import type { Loaded } from "../config/resolve-config.ts";
import { openGateway, type Gateway } from "../open-gateway.ts";
import { createSystemClock } from "../system-clock.ts";
import { listenOrExplain, openDoor } from "./listen.ts";
import { openRules, type Opened } from "./rules.ts";
import { waitForStop } from "./signals.ts";
import { summaryLines } from "./summary.ts";
import { UsageError, readPort, type Command, type Terminal } from "./terminal.ts";
import { readWords, textOf, type Words } from "./words.ts";

/** How much is said: errors alone, warnings too, or what happens as well. */
const LEVELS = ["error", "warn", "info"] as const;

/** Prints what is at or above the level that was asked for. */
export interface Log {
  error(line: string): void;
  warn(line: string): void;
  info(line: string): void;
}

const createLog = (words: Words, terminal: Terminal): Log => {
  const said = words.flags["quiet"] === true ? "error" : (textOf(words, "log-level") ?? "info");
  const level = LEVELS.findIndex((name) => name === said);
  if (level < 0) throw new UsageError(`--log-level must be one of ${LEVELS.join(", ")}`);
  return {
    error: (line) => terminal.warn(line),
    warn: (line) => void (level >= 1 && terminal.warn(line)),
    info: (line) => void (level >= 2 && terminal.print(line)),
  };
};

/** A listening host that other machines can reach, without a key at the door. */
const isOpenToAll = ({ rules }: Loaded): boolean =>
  rules.server.keys.length === 0 && !/^(localhost|127\.|::1$)/.test(rules.server.host);

const tellStart = ({ loaded }: Opened, url: string, log: Log): void => {
  const { rules, warnings } = loaded;
  log.info(`Understudy listens on ${url}  (OpenAI base URL: ${url}/v1)`);
  log.info(`  config    ${rules.source}`);
  for (const line of summaryLines(rules)) log.info(line);
  for (const warning of warnings) log.warn(`warning: ${formatProblem(rules.source, warning)}`);
  if (rules.providers.size === 0)
    log.warn("warning: no provider can be asked: set a key such as GEMINI_API_KEY, or write an understudy.yaml");
  if (isOpenToAll(loaded))
    log.warn(`warning: whoever reaches ${rules.server.host} can use these providers: set server.keys`);
};

/** Keeps the gateway's rules as the file has them. Null where there is no file to watch. */
const watchRules = ({ source, again, loaded }: Opened, gateway: Gateway, log: Log): Watch | null => {
  if (source.kind !== "file") return null;
  const { host, port } = loaded.rules.server;
  return watchConfig({
    path: source.path,
    clock: createSystemClock(),
    load: again,
    onLoad: ({ rules, warnings }) => {
      gateway.reload(rules);
      log.info(`reloaded ${rules.source}: ${rules.routes.size} routes, ${rules.providers.size} providers`);
      for (const warning of warnings) log.warn(`warning: ${formatProblem(rules.source, warning)}`);
      const moved = rules.server.host !== host || rules.server.port !== port;
      if (moved) log.warn("warning: server.host and server.port take effect at the next start");
    },
    onRefuse: (reason) => log.error(`${reason.message}\nnot reloaded: the configuration from before stays`),
  });
};

export const serve: Command = {
  help: [
    "Usage: understudy serve [--config FILE] [--host HOST] [--port PORT] [--quiet | --log-level error|warn|info]",
    "",
    "Runs the gateway, by default on 127.0.0.1:8787. A changed configuration is loaded at once (or on SIGHUP); a bad one is",
    "refused and the old one stays. SIGTERM and SIGINT let what is under way end, within server.grace; a second one cuts it.",
    "Without --config: UNDERSTUDY_CONFIG, ./understudy.{yaml,yml,json,ts}, else the providers whose key is in the environment.",
  ].join("\n"),

  run: async (list, terminal) => {
    const words = readWords(list, { values: ["config", "host", "port", "log-level"], switches: ["quiet"] });
    readPort(textOf(words, "port"), "--port", 0);
    const log = createLog(words, terminal);
    const opened = await openRules(words, terminal);
    const { rules } = opened.loaded;
    const gateway = openGateway(rules, { warn: (line) => log.warn(line) });
    const listening = await listenOrExplain(gateway, rules.server.port, "--port or server.port");
    const socket = await openDoor(gateway, listening.port, terminal);
    const watching = watchRules(opened, gateway, log);
    terminal.onSignal("reload", () => void watching?.reload());
    const stopped = waitForStop(terminal);
    tellStart(opened, listening.url, log);

    await stopped;
    log.info("stopping: what is under way may end; once more cuts it");
    watching?.close();
    await socket?.close();
    await listening.close();
    await gateway.close();
    log.info("stopped");
    return 0;
  },
};
