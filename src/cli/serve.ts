// `understudy serve`: the gateway as a server. It reloads a changed configuration, and drains at a stop signal. At the
// start it prints providers, routes and addresses, with masked keys. A bad configuration never stops a running gateway.
import type { LoadedRules } from "../config/compile.ts";
import { ConfigError, formatProblem } from "../config/problem.ts";
import { watchConfig, type Watch } from "../config/watch.ts";
import type { Loaded } from "../config/resolve-config.ts";
import { isLoopback } from "../domain/web-page.ts";
import { durationText } from "../domain/duration-text.ts";
import { openGateway, type RunningGateway } from "../open-gateway.ts";
import { createSystemClock } from "../system-clock.ts";
import { descriptorLimit, descriptorWarning, readLimits } from "../listen/descriptor-limit.ts";
import { listenOrExplain, openDoor } from "./listen.ts";
import { createLog, type Log } from "./log.ts";
import { openRules, type Opened } from "./rules.ts";
import { waitForStopSignal } from "./signals.ts";
import { usualLedgerFile } from "./usual-ledger-file.ts";
import { allRoutes, summaryLines } from "./summary.ts";
import { readPort, type Command, type Terminal } from "./terminal.ts";
import { readWords, textOf, type Words } from "./words.ts";

/** A listening address that other machines can reach, without client keys. */
const isOpenToAll = ({ rules }: Loaded): boolean => rules.server.keys.length === 0 && !isLoopback(rules.server.host);

interface Started {
  readonly url: string;
  /** If the configuration names none. */
  readonly ledgerFile: string | null;
}

const tellStart = ({ loaded }: Opened, { url, ledgerFile }: Started, log: Log): void => {
  const { rules, warnings } = loaded;
  log.info(`Understudy listens on ${url}  (OpenAI base URL: ${url}/v1)`);
  log.info(`  config    ${rules.source}`);
  const { file = ledgerFile, memory } = rules.ledger;
  if (file !== null) log.info(`  ledger    ${file}`);
  else log.info(`  ledger    ${memory === 0 ? "off" : `in memory only, the last ${memory} attempts`}`);
  for (const line of summaryLines(rules)) log.info(line);
  for (const warning of warnings) log.warn(`${formatProblem(rules.source, warning)}`);
  if (rules.providers.size === 0)
    log.warn("no provider has an API key: set one such as GEMINI_API_KEY, or write an understudy.yaml");
  if (isOpenToAll(loaded))
    log.warn(`anyone who can reach ${rules.server.host} can use these providers: set server.keys`);
};

const stopText = (inFlight: number, { grace, after }: { readonly grace: number; readonly after: number }): string => {
  if (after > 0)
    return `shutting down: /readyz answers 503, new requests are served for ${durationText(after)} more; a second signal stops at once`;
  if (inFlight === 0) return "shutting down";
  const requests = `${inFlight} request${inFlight === 1 ? "" : "s"}`;
  return `shutting down: finishing ${requests} (up to ${durationText(grace)}); press Ctrl-C again to stop now`;
};

interface Watching {
  readonly log: Log;
  readonly onRules: (rules: LoadedRules) => void;
}

/** Reloads the gateway's rules when the file changes. Null if there is no file to watch. */
const watchRules = (
  { source, again, loaded }: Opened,
  gateway: RunningGateway,
  { log, onRules }: Watching,
): Watch | null => {
  if (source.kind !== "file") return null;
  const { host, port } = loaded.rules.server;
  return watchConfig({
    path: source.path,
    clock: createSystemClock(),
    load: again,
    onLoad: ({ rules, warnings }) => {
      gateway.reload(rules);
      onRules(rules);
      log.info(`reloaded ${rules.source}: ${allRoutes(rules).length} routes, ${rules.providers.size} providers`);
      for (const warning of warnings) log.warn(`${formatProblem(rules.source, warning)}`);
      const moved = rules.server.host !== host || rules.server.port !== port;
      if (moved) log.warn("changes of server.host and server.port need a restart");
    },
    onRefuse: (reason) => log.error(`${reason.message}\nnot reloaded: the previous configuration stays in use`),
  });
};

/** The rules; null if the configuration is not valid, which the log then says in its own format. */
const openOrTell = (words: Words, terminal: Terminal, log: Log): Promise<Opened | null> =>
  openRules(words, terminal).catch((error: unknown) => {
    if (!(error instanceof ConfigError)) throw error;
    log.error(error.message);
    return null;
  });

export const serve: Command = {
  help: [
    "Usage: understudy serve [--config FILE] [--host HOST] [--port PORT] [--quiet | --log-level error|warn|info]",
    "                        [--log-format text|json]",
    "",
    "Starts the gateway, by default on 127.0.0.1:8787. It reloads the configuration when the file changes, or on SIGHUP; if",
    "the new one is not valid, the previous one stays in use. SIGTERM or Ctrl-C shuts down: requests in flight may",
    "finish within server.grace; a second signal stops at once. SIGTERM first serves new requests for server.drain_delay,",
    "while /readyz answers 503, so that a load balancer can turn to another gateway.",
    "Without --config, it reads UNDERSTUDY_CONFIG or ./understudy.{yaml,yml,json,ts}. Without a file, it uses every provider",
    "whose API key is in the environment.",
    "The ledger of all attempts is a file in this user's state folder, which the start names; see ledger in the configuration.",
    "--log-format json prints each line as an object (also UNDERSTUDY_LOG_FORMAT=json).",
  ].join("\n"),

  run: async (list, terminal) => {
    const words = readWords(list, {
      values: ["config", "host", "port", "log-level", "log-format"],
      switches: ["quiet"],
    });
    readPort(textOf(words, "port"), "--port", 0);
    const log = createLog(words, terminal);
    const opened = await openOrTell(words, terminal, log);
    if (opened === null) return 1;
    const { rules } = opened.loaded;
    const ledgerFile = usualLedgerFile(terminal.environment, rules.server.port);
    const gateway = openGateway(rules, {
      warn: (line) => log.warn(line),
      log: (line, incident) => log.incident(line, incident),
      ...(ledgerFile === null ? {} : { ledgerFile }),
    });
    const listening = await listenOrExplain(gateway, rules.server.port, "--port or server.port");
    const socket = await openDoor(gateway, listening.port, terminal);
    let { grace, drainDelay } = rules.server;
    const watching = watchRules(opened, gateway, {
      log,
      onRules: ({ server }) => void ({ grace, drainDelay } = server),
    });
    terminal.onSignal("reload", () => void watching?.reload());
    const stopped = waitForStopSignal(terminal);
    tellStart(opened, { url: listening.url, ledgerFile }, log);
    const fewDescriptors = descriptorWarning(descriptorLimit(readLimits()));
    if (fewDescriptors !== null) log.warn(fewDescriptors);

    // Ctrl-C is somebody at a keyboard; SIGTERM comes from an orchestrator, whose load balancer needs time to notice.
    const after = (await stopped) === "SIGTERM" ? drainDelay : 0;
    log.info(stopText(listening.inFlight, { grace, after }));
    watching?.close();
    await socket?.close();
    await listening.close({ after });
    await gateway.close();
    log.info("stopped");
    return 0;
  },
};
