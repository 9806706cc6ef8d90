// `understudy check`: all problems of a configuration at once, or a summary of it.
import { checkLive } from "./check-live.ts";
import { doubtfulSettings } from "./doubtful-settings.ts";
import { openRules, printWarnings } from "./rules.ts";
import { allRoutes, summaryLines } from "./summary.ts";
import type { Command } from "./terminal.ts";
import { readWords } from "./words.ts";

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

const NOTHING =
  "no provider and no route. Set an API key such as GEMINI_API_KEY or OPENAI_API_KEY, or write routes: { assistant: { fallback: [google/gemini-2.5-flash, openai/gpt-4o] } }";

export const check: Command = {
  help: [
    "Usage: understudy check [--config FILE] [--live]",
    "",
    "Checks a configuration, and prints a summary (exit code 0) or every problem with its line (exit code 1).",
    "Names of models and parameters that look misspelt are warnings. --live asks each target once, with the smallest request,",
    "and prints a table; exit code 1 if one fails.",
    "Without --config, it reads UNDERSTUDY_CONFIG, ./understudy.{yaml,yml,json,ts}, or the environment alone.",
  ].join("\n"),

  run: async (list, terminal) => {
    const words = readWords(list, { values: ["config"], switches: ["live"] });
    const { loaded } = await openRules(words, terminal);
    const { rules } = loaded;
    printWarnings(loaded, terminal);
    if (rules.declared.size === 0 && allRoutes(rules).length === 0) {
      terminal.warn(`${rules.source}: ${NOTHING}`);
      return 1;
    }
    for (const line of doubtfulSettings(rules)) terminal.warn(`warning: ${rules.source}  ${line}`);
    const usable = [...rules.providers.values()].filter(({ namedOnly }) => namedOnly !== true);
    const sizes = `${count(usable.length, "usable provider")}, ${count(allRoutes(rules).length, "route")}`;
    terminal.print(`${rules.source}: valid (${sizes})`);
    for (const line of summaryLines(rules)) terminal.print(line);
    if (rules.providers.size === 0)
      terminal.warn("warning: no provider has an API key: set one such as GEMINI_API_KEY or OPENAI_API_KEY");
    return words.flags["live"] !== true || (await checkLive(rules, terminal)) ? 0 : 1;
  },
};
