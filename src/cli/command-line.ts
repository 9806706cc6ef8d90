// The command line: `understudy COMMAND ...`. The only reader of argv and of the environment. Each command is imported
// on demand, so that `serve` starts without the cost of the others. An operator's mistake is a message without a stack;
// it must never print a key.
import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import type { Command, Terminal } from "./terminal.ts";

// Caches Node's compiled sources between starts: a start then takes half the time. Without write access, nothing is
// cached.
enableCompileCache();

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

const commands: Readonly<Record<string, Entry>> = {
  serve: { summary: "start the gateway", load: async () => (await import("./serve.ts")).serve },
  demo: {
    summary: "start the gateway and an example application; without API keys, the vendors are simulated",
    load: async () => (await import("./demo.ts")).demo,
  },
  check: {
    summary: "check a configuration and list its problems",
    load: async () => (await import("./check.ts")).check,
  },
  explain: {
    summary: "show a route as a tree, with every setting",
    load: async () => (await import("./explain.ts")).explain,
  },
  status: {
    summary: "show all routes and targets of a running gateway, or which target of a route is next",
    load: async () => (await import("./status.ts")).status,
  },
  providers: {
    summary: "list the providers that are known by name, and what is configured here",
    load: async () => (await import("./providers.ts")).providers,
  },
  simulate: {
    summary: "imitate the vendors' APIs over HTTP, with faults on demand",
    load: async () => (await import("./simulate.ts")).simulate,
  },
};

const help = (): string =>
  [
    "Understudy: an LLM gateway. When one model cannot answer, its stand-in does.",
    "",
    "Usage: understudy COMMAND [flags]",
    "",
    ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`),
    "",
    "Run understudy COMMAND --help for details, understudy --version for the version.",
  ].join("\n");

const version = (): string => {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
};

const signals = { stop: ["SIGINT", "SIGTERM"], reload: ["SIGHUP"] } as const;

const terminal: Terminal = {
  environment: process.env,
  directory: process.cwd(),
  print: (line) => void process.stdout.write(`${line}\n`),
  warn: (line) => void process.stderr.write(`${line}\n`),
  onSignal: (kind, listener) => {
    for (const name of signals[kind]) process.on(name, listener);
    return () => {
      for (const name of signals[kind]) process.off(name, listener);
    };
  },
  exit: (code) => process.exit(code),
};

const refuseCommand = async (name: string): Promise<number> => {
  const { didYouMean } = await import("../domain/nearest-names.ts");
  const near = didYouMean(name, Object.keys(commands));
  terminal.warn(`understudy: unknown command "${name}". ${near ?? "Run understudy --help to list the commands."}`);
  return 2;
};

/** Prints an error: a message if the operator can fix it, a stack if only we can. */
const tell = (error: unknown, command: string): number => {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  if (name === "UsageError") {
    terminal.warn(
      `understudy ${command}: ${message}${message.endsWith("?") ? "" : "."} See understudy ${command} --help`,
    );
    return 2;
  }
  terminal.warn(name === "ConfigError" || name === "StartError" ? message : (stack ?? message));
  return 1;
};

/** Resolves to the exit code. */
export const runCommandLine = async (words: readonly string[]): Promise<number> => {
  const [name = "--help", ...rest] = words;
  if (name === "--version" || name === "-v") terminal.print(version());
  else if (name === "--help" || name === "-h" || (name === "help" && rest[0] === undefined)) terminal.print(help());
  else if (name === "help") return runCommandLine([rest[0] ?? "", "--help"]);
  else {
    const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (entry === undefined) return refuseCommand(name);
    const command = await entry.load();
    if (rest.includes("--help") || rest.includes("-h")) terminal.print(command.help);
    else return command.run(rest, terminal).catch((error: unknown) => tell(error, name));
  }
  return 0;
};
