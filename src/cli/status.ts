// `understudy status [ROUTE]`, also `explain ROUTE --as-of-now`: asks a running gateway, on this machine through its socket,
// elsewhere over HTTP with the operator's key. Without a port it finds the gateways of this user. If no gateway answers, it
// says what to do.
import { askSocket, askUrl, type GatewayQuestion, type GatewayReply } from "../admin/ask-gateway.ts";
import { findSockets, socketPath } from "../admin/socket-path.ts";
import { withDotenv } from "./dotenv.ts";
import { onOneLine } from "../domain/on-one-line.ts";
import { routeStatusLines } from "./route-status-lines.ts";
import { overviewLines } from "./overview-lines.ts";
import { openRules } from "./rules.ts";
import { readPort, StartError, UsageError, type Command, type Terminal } from "./terminal.ts";
import { readWords, textOf, type Words } from "./words.ts";

const KEY_VARIABLE = "UNDERSTUDY_SERVER_ADMIN_KEY";

/** A gateway's answer. `where`: its port on this machine, or its URL. */
interface InstanceReply {
  readonly where: string;
  readonly reply: GatewayReply;
}

export const status: Command = {
  help: [
    "Usage: understudy status [ROUTE | PROVIDER/MODEL] [--port PORT | --config FILE | --url URL] [--json]",
    "                         [--metadata JSON] [--params JSON]",
    "",
    "Asks a running gateway. Without a name: all routes and targets, with circuit breakers, error rates, times to the first",
    "token, requests in flight and cooldowns. With a name: which target would be asked next and why, and each target's state.",
    "--metadata and --params describe the request, for routes that look at it.",
    "On this machine it finds your gateways by itself; --port, or the port in --config, picks one. For a gateway on another",
    "machine, or of another user, give --url, and set UNDERSTUDY_SERVER_ADMIN_KEY to its server.admin_key.",
  ].join("\n"),

  run: (list, terminal) => {
    const values = ["config", "url", "port", "metadata", "params"];
    return showStatus(readWords(list, { values, switches: ["json"], most: 1 }), terminal);
  },
};

/** Resolves to the exit code. */
export const showStatus = async (words: Words, terminal: Terminal): Promise<number> => {
  const [route = null] = words.arguments;
  const question: GatewayQuestion = { route, metadata: textOf(words, "metadata"), params: textOf(words, "params") };
  if (route === null && (question.metadata ?? question.params) !== undefined)
    throw new UsageError("--metadata and --params need the name of a route, or provider/model");
  const url = textOf(words, "url");
  const answers =
    url === undefined
      ? await askHere(words, terminal, question)
      : [{ where: url, reply: await askThere(url, { words, terminal, question }) }];
  const isJson = words.flags["json"] === true;
  const overviews: object[] = [];
  let code = 0;
  for (const [index, { where, reply }] of answers.entries()) {
    if (reply.kind === "overview") {
      overviews.push({ gateway: where, ...reply.overview });
      if (!isJson)
        terminal.print([...(index > 0 ? [""] : []), ...overviewLines(where, reply.overview)].map(onOneLine).join("\n"));
    } else if (reply.kind === "route-status")
      terminal.print(
        isJson
          ? JSON.stringify(reply.routeStatus, null, 2)
          : routeStatusLines(reply.routeStatus).map(onOneLine).join("\n"),
      );
    else {
      terminal.warn(reply.message);
      code = 1;
    }
  }
  if (isJson && overviews.length > 0) terminal.print(JSON.stringify(overviews, null, 2));
  return code;
};

/** This user's gateway on the port of --port or --config; otherwise all of them, or for a route the only one. */
const askHere = async (
  words: Words,
  terminal: Terminal,
  question: GatewayQuestion,
): Promise<readonly InstanceReply[]> => {
  const portText = textOf(words, "port");
  const flagPort =
    portText !== undefined
      ? readPort(portText, "--port", 0)
      : textOf(words, "config") !== undefined
        ? (await openRules(words, terminal)).loaded.rules.server.port
        : null;
  const sockets = await findSockets(terminal.environment);
  if (sockets === null)
    throw new StartError(`This system has no Unix sockets: name the gateway with --url, and set ${KEY_VARIABLE}.`);
  const ports = flagPort === null ? sockets.ports : [flagPort];
  const answersByPort = await Promise.all(ports.map((port) => askPort(port, terminal, question)));
  const answers = answersByPort.filter(({ reply }) => reply.kind !== "unreachable");
  if (answers.length === 0)
    return [{ where: "", reply: { kind: "unreachable", message: adviceFor(flagPort, sockets.folder, ports) } }];
  if (question.route === null) return answers;
  // Another of your gateways may not have the route.
  const routeStatuses = answers.filter(({ reply }) => reply.kind === "route-status");
  if (routeStatuses.length > 1) {
    const list = routeStatuses.map(({ where }) => where).join(", ");
    throw new UsageError(`several of your gateways have this route: choose one with --port (${list})`);
  }
  return routeStatuses.length === 1 ? routeStatuses : answers.slice(0, 1);
};

const askPort = async (port: number, terminal: Terminal, question: GatewayQuestion): Promise<InstanceReply> => {
  const path = socketPath(terminal.environment, port) ?? "";
  return { where: String(port), reply: await askSocket(path, question) };
};

const adviceFor = (port: number | null, folder: string, ports: readonly number[]): string =>
  [
    port === null
      ? `You have no gateway running on this machine (${ports.length === 0 ? "no socket" : "no gateway answers"} in ${folder}).`
      : `You have no gateway running on port ${port} of this machine (no socket at ${folder}/${port}.sock).`,
    "Start one with understudy serve, or name the port of another one with --port.",
    `For a gateway on another machine, or of another user, give --url, and set ${KEY_VARIABLE} to its server.admin_key.`,
  ].join("\n");

interface Question {
  readonly words: Words;
  readonly terminal: Terminal;
  readonly question: GatewayQuestion;
}

const askThere = async (text: string, { words, terminal, question }: Question): Promise<GatewayReply> => {
  if (textOf(words, "port") !== undefined) throw new UsageError("give --url or --port, not both");
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new UsageError("--url must be an http or https address");
  const key = await findKey(words, terminal);
  if (key === undefined)
    throw new StartError(`Set ${KEY_VARIABLE} to the gateway's server.admin_key to ask ${url.origin}.`);
  const reply = await askUrl(url, key, question);
  if (reply.kind === "unreachable")
    return {
      ...reply,
      message: `No gateway answers at ${url.origin}: ${reply.message}. Check that it is running, and that the URL is right.`,
    };
  if (reply.kind === "refused" && reply.status === 404 && reply.message.startsWith("There is nothing at"))
    return {
      ...reply,
      message: `${url.origin} answers, but its admin paths are off: set server.admin_key (or ${KEY_VARIABLE}) there.`,
    };
  if (reply.kind === "refused" && reply.status === 401)
    return { ...reply, message: `${url.origin} refused the key: ${KEY_VARIABLE} here must be its server.admin_key.` };
  return reply;
};

/** The key in the environment, otherwise in the configuration if that can be read. */
const findKey = async (words: Words, terminal: Terminal): Promise<string | undefined> => {
  const { [KEY_VARIABLE]: key } = await withDotenv(terminal.environment, terminal.directory);
  if (key !== undefined && key !== "") return key;
  return (await openRules(words, terminal)).loaded.rules.server.adminKey;
};
