// Shared by the configuration's tests: a small catalogue, and loading of a text with an environment.
import type { ProviderRow } from "../../src/core/provider.ts";
import type { FallbackNode, RouteNode, TargetNode } from "../../src/core/rules.ts";
import { loadRules } from "../../src/config/load.ts";
import { type Loaded } from "../../src/config/resolve-config.ts";
import { bearer } from "../../src/providers/auth/bearer.ts";
import { ConfigError } from "../../src/config/problem.ts";
import type { TextFormat } from "../../src/config/read.ts";
import type { Environment } from "../../src/config/variables.ts";

const row = (name: string, baseUrl: string | null, keyVariables: readonly string[]): ProviderRow => ({
  name,
  title: name,
  ...(name === "google"
    ? { protocol: "gemini-generate", versionsHosts: true }
    : { protocol: "openai-chat", apis: { chat: "openai-chat", responses: "openai-responses" } }),
  baseUrl,
  keyVariables,
  auth: bearer,
  headers: {},
  quirks: [],
  models: [`${name}-small`, `${name}-large`],
  facts: () => {
    throw new Error("no test here asks for facts");
  },
});

export const testCatalog: ReadonlyMap<string, ProviderRow> = new Map(
  [
    row("google", "https://generativelanguage.googleapis.com/v1beta", ["GEMINI_API_KEY", "GOOGLE_API_KEY"]),
    row("openai", "https://api.openai.com/v1", ["OPENAI_API_KEY"]),
    row("anthropic", "https://api.anthropic.com/v1", ["ANTHROPIC_API_KEY"]),
    row("ollama", "http://localhost:11434/v1", []),
    row("openai-compatible", null, []),
  ].map((one) => [one.name, one]),
);

/** Long enough to be partly masked; it must never appear in any output. */
export const PLANTED = {
  GEMINI_API_KEY: "AIzaPLANTEDplantedPLANTEDplanted0001",
  OPENAI_API_KEY: "sk-proj-PLANTEDplantedPLANTED0002",
} as const;

export const loadText = (
  text: string,
  environment: Environment = PLANTED,
  format: TextFormat = "yaml",
): Promise<Loaded> =>
  loadRules({ kind: "text", text, format, name: `understudy.${format}` }, { catalog: testCatalog, environment });

/** The lines of the expected ConfigError. */
export const problemsOf = async (
  text: string,
  environment: Environment = PLANTED,
  format: TextFormat = "yaml",
): Promise<string[]> => {
  const error: unknown = await loadText(text, environment, format).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error("a ConfigError was expected", { cause: error });
  return error.message.split("\n");
};

/** All targets of a tree, in order. */
export const targetsOf = (node: RouteNode): TargetNode[] =>
  node.kind === "target" ? [node] : node.children.flatMap(targetsOf);

export const asFallback = (node: RouteNode | undefined): FallbackNode => {
  if (node?.kind !== "fallback") throw new Error("a fallback was expected");
  return node;
};
