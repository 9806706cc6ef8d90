// Measures the code, as a table: the files that one request runs through, the most complex function, the most imports
// of one file. They show whether the code gets harder to follow; no test depends on them. Run: `npx node
// scripts/measures.ts`.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { globSync, readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGateway, type ConfigFile, type Gateway } from "../src/index.ts";
import { root } from "./run-step.ts";

const sources: readonly string[] = globSync("src/**/*.ts", { cwd: root })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => !/\.test(-support)?\.ts$/u.test(path));

/** The simulator runs as a process of its own, so that only the gateway's code counts. */
const withSimulator = async <T>(
  use: (addresses: Record<string, string>, control: string) => Promise<T>,
): Promise<T> => {
  const ports = ["--port", "--google-port", "--openai-port", "--anthropic-port"].flatMap((flag) => [flag, "0"]);
  const child = spawn(process.execPath, [join(root, "src/cli/main.ts"), "simulate", ...ports, "--first-token-ms", "5"]);
  try {
    const addresses: Record<string, string> = {};
    for await (const line of createInterface(child.stdout)) {
      const [, name, url] = /^ {2}(\w+):.*base_url: (\S+) \}/u.exec(line) ?? [];
      if (name !== undefined && url !== undefined) addresses[name] = url;
      const control = /at (http\S+),/u.exec(line)?.[1];
      if (control !== undefined) return await use(addresses, control);
    }
    throw new Error("the simulator did not start");
  } finally {
    child.kill();
    await once(child, "exit");
  }
};

const ask = async (gateway: Gateway, route: string): Promise<void> => {
  const body = JSON.stringify({ model: route, stream: true, messages: [{ role: "user", content: "Hello" }] });
  const response = await gateway.fetch("http://gateway/v1/chat/completions", { method: "POST", body });
  const text = await response.text();
  if (!text.includes("[DONE]")) throw new Error(`no answer: ${text}`);
};

/** The files of `src` with a function that runs during `act`. Code that runs once, at the start, does not count. */
const filesRunBy = async (act: () => Promise<void>): Promise<readonly string[]> => {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  await session.post("Profiler.takePreciseCoverage");
  await act();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  session.disconnect();
  const run = result.filter(({ functions }) => functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0));
  return run.flatMap(({ url }) => (url.includes("/src/") && !url.includes("/node_modules/") ? [url] : []));
};

const measureRequests = (): Promise<readonly (readonly [string, number])[]> =>
  withSimulator(async (addresses, control) => {
    const providers = Object.fromEntries(
      Object.entries(addresses).map(([name, base_url]) => [name, { base_url, api_key: "simulated" }]),
    );
    const routes: ConfigFile["routes"] = {
      same: { target: "openai/gpt-4o" },
      other: { target: "google/gemini-2.5-flash" },
      failing: { fallback: ["anthropic/claude-sonnet-4-5", "openai/gpt-4o"] },
    };
    const fault = { vendor: "anthropic", fault: "status", status: 503 };
    await fetch(`${control}/faults`, { method: "POST", body: JSON.stringify(fault) });
    const gateway = createGateway({ providers, routes }, { environment: {}, log: () => {} });
    const counts: [string, number][] = [];
    for (const [route, words] of [
      ["same", "OpenAI's protocol to OpenAI, streamed"],
      ["other", "OpenAI's protocol to Gemini, streamed"],
      ["failing", "OpenAI's protocol, Anthropic fails, OpenAI streams"],
    ] as const) {
      await ask(gateway, route);
      counts.push([words, (await filesRunBy(() => ask(gateway, route))).length]);
    }
    await gateway.close();
    return counts;
  });

interface Finding {
  readonly message: string;
  readonly filename: string;
}

/** The most complex function below a folder, by the linter's count. */
const mostComplex = (folder: string): string => {
  const flags = ["--format=json", "--config=scripts/measures.oxlintrc.json", folder];
  const { stdout } = spawnSync(join(root, "node_modules/.bin/oxlint"), flags, { cwd: root, maxBuffer: 1e9 });
  const { diagnostics } = JSON.parse(String(stdout)) as { diagnostics: readonly Finding[] };
  let [most, where] = [0, ""];
  for (const { message, filename } of diagnostics) {
    const complexity = Number(/complexity of (\d+)/u.exec(message)?.[1] ?? 0);
    if (!/\.test(-support)?\.ts$/u.test(filename) && complexity > most) [most, where] = [complexity, filename];
  }
  return `${most} (${where})`;
};

const mostImports = (): string => {
  const counts = sources.map((path) => {
    const imports =
      readFileSync(join(root, path), "utf8").match(/^(?:import|export) [^;]*from "\.[^"]*"/gmu)?.length ?? 0;
    return { path, imports };
  });
  const [first] = counts.toSorted((one, other) => other.imports - one.imports);
  return `${first?.imports} (${first?.path})`;
};

const rows = [
  ...(await measureRequests()).map(([words, count]) => [`Files that run for one request: ${words}`, count]),
  ["Highest cyclomatic complexity in src/attempt", mostComplex("src/attempt")],
  ["Highest cyclomatic complexity in src", mostComplex("src")],
  ["Most imports of own files in one file", mostImports()],
  ["Source files", sources.length],
];
console.log(
  ["| measure | value |", "| --- | --- |", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n"),
);
