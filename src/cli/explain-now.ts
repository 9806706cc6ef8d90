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
  const question: GatewayQuestion = { route, metadata: textOf(words, "metadata"), params: textOf(words, "params") };
  const url = textOf(words, "url");
  const reply =
    url === undefined ? await askHere(words, terminal, question) : await askThere(url, { words, terminal, question });
  if (reply.kind !== "outlook") {
    terminal.warn(reply.message);
    return 1;
  }
  const { outlook } = reply;
  if (words.flags["json"] === true) terminal.print(JSON.stringify(outlook, null, 2));
  else terminal.print(outlookLines(outlook).join("\n"));
  return 0;
};

/** This user's gateway on the port of the flag, or of the configuration. */
const askHere = async (words: Words, terminal: Terminal, question: GatewayQuestion): Promise<GatewayReply> => {
  const portText = textOf(words, "port");
  readPort(portText, "--port", 0);
  const port = portText === undefined ? (await openRules(words, terminal)).loaded.rules.server.port : Number(portText);
  const path = socketPath(terminal.environment, port);
  if (path === null)
    throw new StartError(`This system has no Unix sockets: name the gateway with --url, and set ${KEY_VARIABLE}.`);
  const reply = await askSocket(path, question);
  if (reply.kind !== "unreachable") return reply;
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
