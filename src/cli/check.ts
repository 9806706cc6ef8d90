// `understudy check`: all problems of a configuration at once, or a summary of it.
import { openRules, printWarnings } from "./rules.ts";
import { allRoutes, summaryLines } from "./summary.ts";
import type { Command } from "./terminal.ts";
import { readWords } from "./words.ts";

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

export const check: Command = {
  help: [
    "Usage: understudy check [--config FILE]",
    "",
    "Checks a configuration, and prints a summary (exit code 0) or every problem with its line (exit code 1).",
    "Without --config, it reads UNDERSTUDY_CONFIG, ./understudy.{yaml,yml,json,ts}, or the environment alone.",
  ].join("\n"),

  run: async (list, terminal) => {
    const { loaded } = await openRules(readWords(list, { values: ["config"] }), terminal);
    const { rules } = loaded;
    printWarnings(loaded, terminal);
    const sizes = `${count(rules.providers.size, "usable provider")}, ${count(allRoutes(rules).length, "route")}`;
    terminal.print(`${rules.source}: valid (${sizes})`);
    for (const line of summaryLines(rules)) terminal.print(line);
    if (rules.providers.size === 0)
      terminal.warn("warning: no provider has an API key: set one such as GEMINI_API_KEY or OPENAI_API_KEY");
    return 0;
  },
};
