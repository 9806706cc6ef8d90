// `understudy simulate`: the fake vendors over real HTTP, for trials and tests without API keys or cost. It prints their
// URLs, as lines to paste into a configuration.
import { startSimulator, type Simulator } from "../simulator/simulator.ts";
import { waitForStopSignal } from "./signals.ts";
import { StartError, readNumber, readPort, type Command } from "./terminal.ts";
import { readWords, textOf } from "./words.ts";

/** The lines to paste, and the URL for faults. */
const startLines = (simulator: Simulator): readonly string[] => {
  const { google, openai, anthropic } = simulator.vendors;
  return [
    "The simulator imitates three vendors. Paste this into understudy.yaml:",
    "",
    "providers:",
    `  google:    { api_key: simulated, base_url: ${google.baseUrl} }`,
    `  openai:    { api_key: simulated, base_url: ${openai.baseUrl} }`,
    `  anthropic: { api_key: simulated, base_url: ${anthropic.baseUrl} }`,
    "",
    `Set faults and read the request log at ${simulator.controlUrl}, for example:`,
    `  curl ${simulator.controlUrl}/faults -d '{"vendor":"google","fault":"status","status":503}'`,
    `  curl -X DELETE ${simulator.controlUrl}/faults`,
  ];
};

/** Names the flag to change if a port is in use; any other error is returned unchanged. */
export const explainStart = (error: unknown, flags: Readonly<Record<number, string>>): unknown => {
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code !== "EADDRINUSE") return error;
  const flag = flags[port ?? -1];
  const message = `Port ${port} is in use. Stop the program that uses it, or choose another port${flag === undefined ? "" : ` with ${flag}`}.`;
  return new StartError(message, error);
};

export const simulate: Command = {
  help: [
    "Usage: understudy simulate [--port 9100] [--google-port 9101] [--openai-port 9102] [--anthropic-port 9103]",
    "                           [--seed N] [--first-token-ms 400] [--tokens-per-second 50]",
    "",
    "Imitates the APIs of Google, OpenAI and Anthropic over HTTP. --port is the control endpoint, which sets faults and shows",
    "the request log. Port 0 picks a free port.",
  ].join("\n"),

  run: async (list, terminal) => {
    const ports = {
      control: "port",
      google: "google-port",
      openai: "openai-port",
      anthropic: "anthropic-port",
    } as const;
    const words = readWords(list, { values: [...Object.values(ports), "seed", "first-token-ms", "tokens-per-second"] });
    const port = (name: keyof typeof ports, otherwise: number): number =>
      readPort(textOf(words, ports[name]), `--${ports[name]}`, otherwise);
    const number = (flag: string, otherwise: number): number => readNumber(textOf(words, flag), `--${flag}`, otherwise);
    const chosen = {
      control: port("control", 9100),
      google: port("google", 9101),
      openai: port("openai", 9102),
      anthropic: port("anthropic", 9103),
    };
    const names = Object.keys(ports) as (keyof typeof ports)[];
    const flags = Object.fromEntries(names.map((name) => [chosen[name], `--${ports[name]}`]));
    const simulator = await startSimulator({
      seed: number("seed", 1),
      ports: chosen,
      pace: { firstTokenMs: number("first-token-ms", 400), tokensPerSecond: number("tokens-per-second", 50) },
    }).catch((error: unknown) => {
      throw explainStart(error, flags) as Error;
    });
    const stopped = waitForStopSignal(terminal);
    for (const line of startLines(simulator)) terminal.print(line);
    await stopped;
    await simulator.close();
    return 0;
  },
};
