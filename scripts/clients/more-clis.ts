// Coding agents that no model vendor makes: each takes any address and any protocol, in the format of its own manual.
import { join } from "node:path";
import { task } from "../../test/support/story.ts";
import { key, writeConfiguration } from "./configuration.ts";
import type { Client, Speech } from "./vocabulary.ts";

const cline: Client = {
  name: "cline",
  title: "Cline",
  packages: { folder: "cline", from: "npm", wanted: { cline: "3.0.65" } },
  speaks: "chat",
  model: "assistant",
  limits: {
    dying: "it never retries once it has shown text. With `mid_stream: continue` on the route it continues.",
  },
  command({ origin, home, bin }) {
    const settings = { provider: "openai-compatible", apiKey: key, model: "assistant", baseUrl: `${origin}/v1` };
    writeConfiguration(join(home, ".cline", "data", "settings", "providers.json"), {
      version: 1,
      lastUsedProvider: settings.provider,
      modes: {},
      providers: {
        [settings.provider]: { settings, updatedAt: "2026-11-30T00:00:00.000Z", tokenSource: "manual" },
      },
    });
    return { file: bin("cline"), args: [task], env: { CLINE_TELEMETRY_DISABLED: "1" } };
  },
};

/** It does not retry after it has shown text, so a broken answer ends it; with this setting no answer breaks. */
const clineContinued: Client = {
  ...cline,
  name: "cline-continued",
  title: "Cline, `mid_stream: continue`",
  midStream: "continue",
  limits: {},
};

const continueCli: Client = {
  name: "continue",
  title: "Continue (`cn`)",
  packages: { from: "npm", wanted: { "@continuedev/cli": "1.5.47" } },
  speaks: "chat",
  model: "assistant",
  command({ origin, home, bin }) {
    const file = join(home, ".continue", "config.yaml");
    const model = [
      "name: assistant",
      "provider: openai",
      "model: assistant",
      `apiKey: ${key}`,
      `apiBase: ${origin}/v1`,
    ];
    const lines = ["name: Understudy", "version: 1.0.0", "schema: v1", "models:", `  - ${model.join("\n    ")}`];
    writeConfiguration(file, `${lines.join("\n")}\n`);
    return {
      file: bin("cn"),
      args: ["--config", file, "--auto", "-p", task],
      env: { CONTINUE_TELEMETRY_ENABLED: "0" },
    };
  },
};

const apisOfPi: Readonly<Record<Speech, string>> = {
  chat: "openai-completions",
  responses: "openai-responses",
  messages: "anthropic-messages",
  gemini: "google-generative-ai",
};

const pathsOfPi: Readonly<Record<Speech, string>> = { chat: "/v1", responses: "/v1", messages: "", gemini: "/v1beta" };

function pi(speaks: Speech): Client {
  return {
    name: `pi-${speaks}`,
    title: "pi",
    packages: { folder: "pi", from: "npm", wanted: { "@mariozechner/pi-coding-agent": "0.73.1" } },
    speaks,
    model: "assistant",
    command({ origin, home, bin }) {
      const [api, baseUrl] = [apisOfPi[speaks], `${origin}${pathsOfPi[speaks]}`];
      writeConfiguration(join(home, ".pi", "agent", "models.json"), {
        providers: { understudy: { baseUrl, api, apiKey: key, models: [{ id: "assistant" }] } },
      });
      return {
        file: bin("pi"),
        args: ["-p", "--provider", "understudy", "--model", "assistant", task],
        env: { PI_OFFLINE: "1", PI_TELEMETRY: "0" },
      };
    },
  };
}

export const moreClis: readonly Client[] = [
  cline,
  clineContinued,
  continueCli,
  ...(["chat", "responses", "messages", "gemini"] as const).map((speaks) => pi(speaks)),
];
