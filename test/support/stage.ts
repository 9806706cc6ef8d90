// A gateway in front of the simulated vendors, over real sockets on free ports, for the end-to-end tests.
import { createGateway, type ConfigFile, type Gateway, type GatewayOptions } from "../../src/index.ts";
import { startSimulator } from "../../src/simulator/index.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";

export interface Stage extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly gateway: Gateway;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The gateway's warnings. */
  readonly warnings: readonly string[];
  /** The lines of its log: requests that failed or fell back, circuits, keys. */
  readonly incidents: readonly string[];
}

type StageConfig = Omit<ConfigFile, "providers"> & Pick<Partial<ConfigFile>, "providers">;

export interface StageOptions {
  /** The three vendors are always there. Default: the route `assistant`, Gemini Flash then GPT-4o. */
  readonly config?: StageConfig | ((simulator: Simulator) => StageConfig);
  readonly options?: GatewayOptions;
  readonly seed?: number;
  /** OpenAI-compatible providers that the simulator's OpenAI plays, by name. */
  readonly hosts?: readonly string[];
}

export const assistant: NonNullable<ConfigFile["routes"]>[string] = {
  fallback: ["google/gemini-2.5-flash", "openai/gpt-4o"],
  timeout: { connect: "1s", first_token: "400ms", idle: "400ms", total: "10s" },
  retry: { attempts: 1, max_wait: "300ms" },
  // Most stories are about the break itself; continuation has its own (test/way/mid-stream.test.ts).
  mid_stream: "error",
};

/** Opens the stage; `await using` closes it. */
export async function openStage({
  config = {},
  options = {},
  seed = 1,
  hosts = [],
}: StageOptions = {}): Promise<Stage> {
  const simulator = await startSimulator({ seed });
  const { google, openai, anthropic } = simulator.vendors;
  const host = { base_url: openai.baseUrl, api_key: "host-key" };
  const own = typeof config === "function" ? config(simulator) : config;
  const warnings: string[] = [];
  const incidents: string[] = [];
  const gateway = createGateway(
    {
      routes: { assistant },
      ...own,
      // What the simulator's vendors are asked is what the test asks.
      server: { model_lists: "off", ...own.server },
      providers: {
        google: { base_url: google.baseUrl, api_key: "google-key" },
        openai: { base_url: openai.baseUrl, api_key: "openai-key" },
        anthropic: { base_url: anthropic.baseUrl, api_key: "anthropic-key" },
        ...Object.fromEntries(hosts.map((name) => [name, host])),
        ...own.providers,
      },
    },
    {
      environment: {},
      warn: (message) => warnings.push(message),
      log: (text) => incidents.push(text),
      ...options,
    },
  );
  const { url } = await gateway.listen({ port: 0 });
  return {
    simulator,
    gateway,
    url,
    warnings,
    incidents,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await simulator.close();
    },
  };
}

/** `google/gemini-2.5-flash:overloaded:503:212, …` without the times. */
export function attemptsOf(headers: Headers): string[] {
  const text = headers.get("x-understudy-attempts") ?? "";
  return text === "" ? [] : text.split(", ").map((one) => one.replace(/:\d+$/u, ""));
}
