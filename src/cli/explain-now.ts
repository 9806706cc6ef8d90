// `understudy explain ROUTE --as-of-now`: asks a running gateway, on this machine through its socket, elsewhere over HTTP
// with the operator's key. If no gateway answers, it says what to do.
import { askSocket, askUrl, type GatewayQuestion, type GatewayReply } from "../admin/ask-gateway.ts";
import { socketPath } from "../admin/socket-path.ts";
import { withDotenv } from "./dotenv.ts";
import { outlookLines } from "./outlook-lines.ts";
import { openRules } from "./rules.ts";
import { readPort, StartError, UsageError, type Terminal } from "./terminal.ts";
import { textOf, type Words } from "./words.ts";

const KEY_VARIABLE = "UNDERSTUDY_SERVER_ADMIN_KEY";

export const explainNow = async (words: Words, terminal: Terminal): Promise<number> => {
  const [route] = words.arguments;
  if (route === undefined) throw new UsageError("--as-of-now needs the name of a route, or provider/model");
  const asked: GatewayQuestion = { route, metadata: textOf(words, "metadata"), params: textOf(words, "params") };
  const url = textOf(words, "url");
  const told =
    url === undefined ? await askHere(words, terminal, asked) : await askThere(url, { words, terminal, asked });
  if (told.kind !== "outlook") {
    terminal.warn(told.message);
    return 1;
  }
  const { outlook } = told;
  if (words.flags["json"] === true) terminal.print(JSON.stringify(outlook, null, 2));
  else terminal.print(outlookLines(outlook).join("\n"));
  return 0;
};

/** The gateway of this user's that listens on the port of the words, or of the configuration. */
const askHere = async (words: Words, terminal: Terminal, asked: GatewayQuestion): Promise<GatewayReply> => {
  const given = textOf(words, "port");
  readPort(given, "--port", 0);
  const port = given === undefined ? (await openRules(words, terminal)).loaded.rules.server.port : Number(given);
  const path = socketPath(terminal.environment, port);
  if (path === null)
    throw new StartError(`This system has no Unix sockets: name the gateway with --url, and set ${KEY_VARIABLE}.`);
  const told = await askSocket(path, asked);
  if (told.kind !== "unreachable") return told;
  const advice = [
    `You have no gateway running on port ${port} of this machine (no socket at ${path}).`,
    "Start one with understudy serve, or name the port of another one with --port.",
    `For a gateway on another machine, or of another user, give --url, and set ${KEY_VARIABLE} to its server.admin_key.`,
  ];
  return { kind: "unreachable", message: advice.join("\n") };
};

interface Question {
  readonly words: Words;
  readonly terminal: Terminal;
  readonly asked: GatewayQuestion;
}

const askThere = async (text: string, { words, terminal, asked }: Question): Promise<GatewayReply> => {
  if (textOf(words, "port") !== undefined) throw new UsageError("give --url or --port, not both");
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new UsageError("--url must be an http or https address");
  const key = await findKey(words, terminal);
  if (key === undefined)
    throw new StartError(`Set ${KEY_VARIABLE} to the gateway's server.admin_key to ask ${url.origin}.`);
  const told = await askUrl(url, key, asked);
  if (told.kind === "unreachable")
    return {
      ...told,
      message: `No gateway answers at ${url.origin}: ${told.message}. Check that it is running, and that the URL is right.`,
    };
  if (told.kind === "refused" && told.status === 404 && told.message.startsWith("There is nothing at"))
    return {
      ...told,
      message: `${url.origin} answers, but its admin paths are off: set server.admin_key (or ${KEY_VARIABLE}) there.`,
    };
  if (told.kind === "refused" && told.status === 401)
    return { ...told, message: `${url.origin} refused the key: ${KEY_VARIABLE} here must be its server.admin_key.` };
  return told;
};

/** The environment's, else the configuration's where that can be read. */
const findKey = async (words: Words, terminal: Terminal): Promise<string | undefined> => {
  const { [KEY_VARIABLE]: key } = await withDotenv(terminal.environment, terminal.directory);
  if (key !== undefined && key !== "") return key;
  return (await openRules(words, terminal)).loaded.rules.server.adminKey;
};
