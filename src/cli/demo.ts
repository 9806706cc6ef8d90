// `understudy demo`, also `npm start`: the gateway and the example application together. With API keys in the environment
// or in `.env` it uses the real vendors. Without them the simulator imitates both in this process, and the output says so.
import { access } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { ConfigFile } from "../config/config-file.ts";
import { findUsualKey } from "../config/environment.ts";
import { loadRules, type ConfigSource } from "../config/load.ts";
import { readVariable, type Environment } from "../config/variables.ts";
import { openGateway } from "../open-gateway.ts";
import { catalog } from "../providers/catalog.ts";
import { providerNames } from "../providers/provider-names.ts";
import { providerParts } from "../providers/provider-parts.ts";
import type { Simulator } from "../simulator/simulator.ts";
import { startExample, type Example } from "./example.ts";
import { withDotenv } from "./dotenv.ts";
import { listenOrExplain, openDoor } from "./listen.ts";
import { waitForStopSignal } from "./signals.ts";
import { readPort, type Command, type Terminal } from "./terminal.ts";
import { readWords, textOf, type Words } from "./words.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/gemini-to-gpt4o/", import.meta.url));

/** The npm package does not contain the example; the gateway runs without it. */
const NO_EXAMPLE =
  "not in the installed package: it needs a checkout of the repository (examples/gemini-to-gpt4o). The gateway works without it.";

/** The example's configuration, for installations without its folder. */
const OWN_CONFIG: ConfigFile = {
  providers: { google: { api_key: "${GEMINI_API_KEY}" }, openai: { api_key: "${OPENAI_API_KEY}" } },
  routes: { assistant: { fallback: ["google/gemini-2.5-flash", "openai/gpt-4o"] } },
};

/** The vendors of the demonstration, and the variables that the example's configuration reads. */
const VENDORS = [
  { provider: "google", variable: "GEMINI_API_KEY" },
  { provider: "openai", variable: "OPENAI_API_KEY" },
] as const;

interface Stage {
  /** Null: the real vendors. */
  readonly simulator: Simulator | null;
  /** Variables without a key. */
  readonly missing: readonly string[];
  /** For the configuration: keys, and addresses if the vendors are simulated. */
  readonly environment: Environment;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Real vendors if every key is set; otherwise both are simulated, because half a simulation would mislead. */
const setStage = async (environment: Environment): Promise<Stage> => {
  const keys = VENDORS.map(({ provider, variable }) => {
    const row = catalog.get(provider);
    return [variable, row === undefined ? undefined : findUsualKey(row, environment)?.value] as const;
  });
  const missing = keys.filter(([, key]) => key === undefined).map(([variable]) => variable);
  if (missing.length === 0)
    return { simulator: null, missing, environment: { ...environment, ...Object.fromEntries(keys) } };
  const { startSimulator } = await import("../simulator/simulator.ts");
  const simulator = await startSimulator({ pace: { firstTokenMs: 350, tokensPerSecond: 60 } });
  const faked = VENDORS.flatMap(({ provider, variable }) => [
    [variable, "simulated"] as const,
    [`UNDERSTUDY_PROVIDERS_${provider.toUpperCase()}_BASE_URL`, simulator.vendors[provider].baseUrl] as const,
  ]);
  return { simulator, missing, environment: { ...environment, ...Object.fromEntries(faked) } };
};

const findSource = async (words: Words, environment: Environment): Promise<ConfigSource> => {
  const configPath = textOf(words, "config") ?? readVariable(environment, "UNDERSTUDY_CONFIG");
  if (configPath !== null) return { kind: "file", path: configPath };
  const path = `${EXAMPLE}understudy.yaml`;
  return (await exists(path)) ? { kind: "file", path } : { kind: "object", config: OWN_CONFIG, name: "demo" };
};

const bannerLines = (stage: Stage, gatewayUrl: string, example: Example | null): readonly string[] => {
  const { simulator, missing } = stage;
  const vendors =
    simulator === null
      ? ["Vendors       Google and OpenAI, with your API keys. Requests cost money."]
      : [
          `Vendors       simulated, because ${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not set. Nothing leaves this machine or costs money.`,
          `              For the real vendors, set both keys in .env${example === null ? "" : " (see .env.example)"} and restart.`,
          `Simulator     ${simulator.controlUrl}   (set faults, read the request log)`,
        ];
  return [
    "",
    "  Understudy: Gemini Flash answers, and when it cannot, GPT-4o does.",
    "",
    `  Application   ${example === null ? NO_EXAMPLE : `${example.url}   <- open this`}`,
    `  Gateway       ${gatewayUrl}/v1   model "assistant"`,
    ...vendors.map((line) => `  ${line}`),
    "",
    "  Press Ctrl-C to stop everything.",
    "",
  ];
};

interface Running {
  readonly example: Example | null;
  close(): Promise<void>;
}

const start = async (words: Words, terminal: Terminal, stage: Stage): Promise<Running> => {
  const port = textOf(words, "port");
  const environment = { ...stage.environment, ...(port === undefined ? {} : { UNDERSTUDY_SERVER_PORT: port }) };
  const { rules } = await loadRules(await findSource(words, environment), {
    catalog,
    names: providerNames,
    parts: providerParts,
    environment,
  });
  const gateway = openGateway(rules, { warn: (line) => terminal.warn(line) });
  const listening = await listenOrExplain(gateway, rules.server.port, "--port");
  const socket = await openDoor(gateway, listening.port, terminal);
  const close = async (): Promise<void> => {
    await socket?.close();
    await listening.close();
    await gateway.close();
  };
  try {
    const file = `${EXAMPLE}app.ts`;
    const simulated = stage.simulator === null ? {} : { UNDERSTUDY_SIMULATOR_URL: stage.simulator.controlUrl };
    const variables = { ...terminal.environment, UNDERSTUDY_URL: `${listening.url}/v1`, ...simulated };
    const appPort = readPort(textOf(words, "app-port"), "--app-port", 3000);
    const example = (await exists(file)) ? await startExample({ file, port: appPort, variables, terminal }) : null;
    for (const line of bannerLines(stage, listening.url, example)) terminal.print(line);
    return { example, close };
  } catch (error) {
    await close();
    throw error;
  }
};

export const demo: Command = {
  help: [
    "Usage: understudy demo [--port 8787] [--app-port 3000] [--config FILE]",
    "",
    "Starts the gateway and an example application: Gemini Flash answers, and GPT-4o is its stand-in. With GEMINI_API_KEY and",
    "OPENAI_API_KEY in the environment or in .env, the real vendors answer; otherwise the simulator imitates both.",
  ].join("\n"),

  run: async (list, terminal) => {
    const words = readWords(list, { values: ["config", "port", "app-port"] });
    readPort(textOf(words, "port"), "--port", 0);
    const stopped = waitForStopSignal(terminal).then(() => 0);
    const stage = await setStage(await withDotenv(terminal.environment, terminal.directory));
    try {
      const running = await start(words, terminal, stage);
      const code = await Promise.race([stopped, ...(running.example === null ? [] : [running.example.exitCode])]);
      running.example?.stop();
      await running.close();
      return code;
    } finally {
      await stage.simulator?.close();
    }
  },
};
