// A schedule as the configuration that an operator would have written for it.
import type { ConfigFile, NodeConfig } from "../../src/config/config-file.ts";
import { resolveConfig } from "../../src/config/resolve-config.ts";
import type { Rules } from "../../src/core/rules.ts";
import { catalog } from "../../src/providers/catalog.ts";
import { nameOf, type Schedule, type Target } from "./schedule.test-support.ts";

const LIKE = {
  openai: "openai/gpt-4o",
  google: "google/gemini-2.5-flash",
  anthropic: "anthropic/claude-haiku-4-5",
} as const;
const PROVIDER = { openai: "/v1", google: "/v1beta", anthropic: "/v1" } as const;

/** The route on which a target shows, beside a spare one, that it is back. */
export function returnOf(target: string): string {
  return `after-the-storm-${target}`;
}

export function rulesOf({ targets, route, defaults, calls, keepAlive }: Schedule): Rules {
  const providers: NonNullable<ConfigFile["providers"]> = Object.fromEntries([
    ...targets.map((target) => [target.name, providerOf(target)] as const),
    ["spare", { kind: "openai", base_url: "https://spare.test/v1", api_key: "spare-key" }] as const,
  ]);
  const returns = targets.map((target): [string, NodeConfig] => [
    returnOf(target.name),
    { fallback: [nameOf(target.name), nameOf("spare")] },
  ]);
  const config: ConfigFile = {
    providers,
    routes: { main: route, ...Object.fromEntries(returns) },
    defaults,
    ledger: { memory: calls.reduce((sum, { again }) => sum + 1 + again.length, 0) * 40 },
    server: { keep_alive: `${keepAlive}ms` },
  };
  const raw = { data: config, name: "schedule", lineOf: () => null };
  // Its form is the drawing's business, and its check would cost more than the run.
  return resolveConfig(raw, { catalog, environment: {} }, (data) => data as ConfigFile).rules;
}

function providerOf({ name, kind, keys, takesTools }: Target): NonNullable<ConfigFile["providers"]>[string] {
  return {
    kind,
    base_url: `https://${name}.test${PROVIDER[kind]}`,
    api_key: Array.from({ length: keys }, (_, place) => `${name}-key-${place}`),
    models: { m: { like: LIKE[kind], tools: takesTools } },
  };
}
