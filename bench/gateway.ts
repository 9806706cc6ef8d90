// Understudy in the benchmark: its own command, with a configuration that points every provider at the rig's upstreams.
// Metrics and circuit breakers keep their defaults (on), and the ledger is written to a file: a gateway without its
// features would be another program.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, freePort, type ProcessGroup, type Running, serverCore, untilAnswers } from "./processes.ts";
import type { WireName } from "./wire.ts";

/** The repository's root. */
export const root: string = join(import.meta.dirname, "..");

/** The command in a checkout, and in the package. */
export const sourceEntry: string = join(root, "src/cli/main.ts");
export const builtEntry: string = join(root, "dist/cli/main.js");

/** Whether there is a gateway to measure. */
export function gatewayExists(): boolean {
  return existsSync(sourceEntry);
}

/** The configuration: the vendors' addresses, and the number of extra routes. */
export interface GatewayOptions {
  readonly openai: string;
  readonly gemini: string;
  readonly down?: string;
  readonly extraRoutes?: number;
}

/** The target of each protocol, for every client: the routes are called `to-chat`, `to-responses` and so on. */
const targets: Readonly<Record<WireName, string>> = {
  chat: "compatible/gpt-4o",
  responses: "openai/gpt-5-pro",
  messages: "anthropic/claude-sonnet-4-5",
  gemini: "google/gemini-2.5-flash",
};

/** The configuration as a plain value; JSON is YAML, so it is written unchanged. */
export function gatewayConfig(options: GatewayOptions): Readonly<Record<string, unknown>> {
  const providers: Record<string, unknown> = {
    openai: { api_key: "bench", base_url: `${options.openai}/v1` },
    google: { api_key: "bench", base_url: `${options.gemini}/v1beta` },
    anthropic: { api_key: "bench", base_url: `${options.openai}/v1` },
    // Takes only OpenAI's chat, while OpenAI itself also takes the bytes of Responses.
    compatible: { kind: "openai-compatible", api_key: "bench", base_url: `${options.openai}/v1` },
  };
  const routes: Record<string, unknown> = { small: { fallback: ["openai/gpt-4o"] } };
  for (const [wire, target] of Object.entries(targets)) routes[`to-${wire}`] = { fallback: [target] };
  if (options.down !== undefined) {
    providers["openai-down"] = { kind: "openai-compatible", api_key: "bench", base_url: `${options.down}/v1` };
    const once = { retry: { attempts: 0 } };
    routes["fallback-each-time"] = {
      ...once,
      fallback: [{ target: "openai-down/gpt-4o", breaker: "off" }, "openai/gpt-4o"],
    };
    routes["fallback-breaker"] = { ...once, fallback: ["openai-down/gpt-4o", "openai/gpt-4o"] };
  }
  routes["tree"] = {
    when: [{ if: { "metadata.plan": "pro" }, use: "openai/gpt-4o" }],
    else: {
      fallback: [
        { balance: ["openai/gpt-4o", "compatible/gpt-4o"], by: "latency" },
        { hedge: ["openai/gpt-4o", "compatible/gpt-4o"] },
      ],
    },
  };
  for (let index = 0; index < (options.extraRoutes ?? 0); index++)
    routes[`route-${index}`] = { fallback: ["openai/gpt-4o", "google/gemini-2.5-flash"] };
  return { providers, routes };
}

/** The command that serves `config` from the checkout, or from the built package if `entry` says so. */
export function serveCommand(
  folder: string,
  config: Readonly<Record<string, unknown>>,
  options: { readonly port: number; readonly entry?: string; readonly core?: number },
): Command {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "bench.yaml");
  writeFileSync(file, JSON.stringify({ ...config, ledger: { file: join(folder, "ledger.jsonl") } }, null, 2));
  const entry = options.entry ?? sourceEntry;
  return {
    file: process.execPath,
    args: [entry, "serve", "--config", file, "--port", String(options.port)],
    core: options.core ?? serverCore,
    cwd: folder,
  };
}

/** Starts the gateway on a free port and waits until it is healthy. */
export async function startGateway(
  group: ProcessGroup,
  folder: string,
  options: GatewayOptions,
): Promise<{ readonly running: Running; readonly port: number }> {
  const port = await freePort();
  const running = group.start("gateway", serveCommand(folder, gatewayConfig(options), { port }));
  await untilAnswers(`http://127.0.0.1:${port}/healthz`, running);
  return { running, port };
}
