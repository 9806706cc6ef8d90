// The coding agents, each with its ordinary configuration: an address, a key, a model, and nothing special for
// Understudy. Further settings keep them on this machine: no telemetry, no updates, no questions.
import { join } from "node:path";
import { finalWords, firstWords, task } from "../../test/support/story.ts";
import { key, writeConfiguration } from "./configuration.ts";
import { moreClis } from "./more-clis.ts";
import type { Client, Speech } from "./vocabulary.ts";

function claudeCode(name: string, version: string, model: string): Client {
  return {
    name,
    title: "Claude Code",
    packages: { folder: "claude-code", from: "npm", wanted: { "@anthropic-ai/claude-code": version } },
    speaks: "messages",
    model,
    command: ({ origin, bin }) => ({
      file: bin("claude"),
      args: ["-p", task, "--model", model, "--dangerously-skip-permissions"],
      env: {
        ANTHROPIC_BASE_URL: origin,
        ANTHROPIC_API_KEY: key,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
        DISABLE_AUTOUPDATER: "1",
        IS_SANDBOX: "1", // as root it asks questions otherwise
      },
    }),
  };
}

function codex(name: string, model: string): Client {
  return {
    name,
    title: "Codex",
    packages: { folder: "codex", from: "npm", wanted: { "@openai/codex": "0.171.0" } },
    speaks: "responses",
    model,
    command({ origin, home, bin }) {
      const provider = [
        `model = "${model}"`,
        'model_provider = "understudy"',
        "check_for_update_on_startup = false",
        "[model_providers.understudy]",
        'name = "Understudy"',
        `base_url = "${origin}/v1"`,
        'env_key = "UNDERSTUDY_KEY"',
        "[analytics]",
        "enabled = false",
      ];
      writeConfiguration(join(home, ".codex", "config.toml"), `${provider.join("\n")}\n`);
      return {
        file: bin("codex"),
        args: ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", task],
        env: { UNDERSTUDY_KEY: key },
      };
    },
    // it reports that it makes no aliases in a temporary home, and that it does not know a model
    harmless: /could not create PATH aliases|metadata for `[^`]*` not found/u,
  };
}

function geminiCli(name: string, model: string): Client {
  return {
    name,
    title: "Gemini CLI",
    packages: { from: "npm", wanted: { "@google/gemini-cli": "0.61.0" } },
    speaks: "gemini",
    model,
    command({ origin, home, bin }) {
      writeConfiguration(join(home, ".gemini", "settings.json"), {
        security: { auth: { selectedType: "gemini-api-key" } },
        privacy: { usageStatisticsEnabled: false },
        general: { disableAutoUpdate: true, disableUpdateNag: true },
      });
      return {
        file: bin("gemini"),
        args: ["-p", task, "--yolo", "-m", model],
        env: { GEMINI_API_KEY: key, GOOGLE_GEMINI_BASE_URL: origin, GEMINI_CLI_TRUST_WORKSPACE: "true" },
      };
    },
  };
}

const titlesOfOpencode: Readonly<Record<string, readonly string[]>> = {
  openai: ["gpt-5.4-nano"],
  anthropic: ["claude-haiku-4-5-20251001"],
  google: ["gemini-3.8-flash"],
};

function opencode(provider: string, speaks: Speech, model: string): Client {
  return {
    name: `opencode-${provider}`,
    title: `opencode, provider \`${provider}\``,
    packages: { folder: "opencode", from: "npm", wanted: { "opencode-ai": "1.18.33" } },
    speaks,
    model,
    sideModels: titlesOfOpencode[provider] ?? [],
    command({ origin, home, bin }) {
      const baseURL = `${origin}${speaks === "gemini" ? "/v1beta" : "/v1"}`;
      const own = provider === "understudy" ? { npm: "@ai-sdk/openai-compatible", name: "Understudy" } : {};
      writeConfiguration(join(home, ".config", "opencode", "opencode.json"), {
        $schema: "https://opencode.ai/config.json",
        autoupdate: false,
        share: "disabled",
        provider: { [provider]: { ...own, options: { baseURL, apiKey: key }, models: { [model]: {} } } },
      });
      return {
        file: bin("opencode"),
        args: ["run", "-m", `${provider}/${model}`, task],
        env: { OPENCODE_DISABLE_MODELS_FETCH: "1", OPENCODE_DISABLE_AUTOUPDATE: "1" },
      };
    },
  };
}

const qwenCode: Client = {
  name: "qwen-code",
  title: "qwen-code",
  packages: { from: "npm", wanted: { "@qwen-code/qwen-code": "0.24.4" } },
  speaks: "chat",
  model: "assistant",
  command: ({ origin, bin }) => ({
    file: bin("qwen"),
    args: ["-p", task, "--yolo"],
    env: {
      OPENAI_API_KEY: key,
      OPENAI_BASE_URL: `${origin}/v1`,
      OPENAI_MODEL: "assistant",
      QWEN_CODE_SUPPRESS_YOLO_WARNING: "1",
    },
  }),
  harmless: /^Ripgrep not available/u,
};

/** It has no tools: it writes edits into its text. The first one is right, the second one finds nothing to replace. */
const edits = [
  firstWords,
  "one.txt\n```\n<<<<<<< SEARCH\n=======\nwritten by step one\n>>>>>>> REPLACE\n```",
  "two.txt\n```\n<<<<<<< SEARCH\nno such line\n=======\nanother line\n>>>>>>> REPLACE\n```",
].join("\n\n");

const aider: Client = {
  name: "aider",
  title: "aider",
  packages: { from: "pypi", wanted: { "aider-chat": "0.86.2" } },
  speaks: "chat",
  model: "assistant",
  steps: 2,
  script: [
    { when: task, say: edits },
    { when: "failed to match", say: finalWords },
  ],
  command({ origin, work, bin }) {
    writeConfiguration(join(work, "two.txt"), "a line\n");
    const quiet = ["--no-check-update", "--no-analytics", "--no-show-model-warnings", "--no-show-release-notes"];
    return {
      file: bin("aider"),
      args: [
        "--model",
        "openai/assistant",
        "--edit-format",
        "diff",
        "--no-git",
        "--no-pretty",
        "--yes-always",
        ...quiet,
        "--message",
        task,
        "two.txt",
      ],
      env: { OPENAI_API_KEY: key, OPENAI_API_BASE: `${origin}/v1`, LITELLM_LOCAL_MODEL_COST_MAP: "True" },
    };
  },
};

export const clis: readonly Client[] = [
  claudeCode("claude-code", "2.1.332", "claude-opus-4-8"),
  claudeCode("claude-code-alias", "2.1.332", "assistant"),
  codex("codex", "gpt-5.5"),
  codex("codex-gpt-6", "gpt-6.1-sol"),
  codex("codex-alias", "assistant"),
  geminiCli("gemini-cli", "gemini-2.5-pro"),
  opencode("openai", "responses", "gpt-5.1"),
  opencode("anthropic", "messages", "claude-sonnet-4-5"),
  opencode("google", "gemini", "gemini-2.5-flash"),
  opencode("understudy", "chat", "assistant"),
  qwenCode,
  aider,
  ...moreClis,
];
