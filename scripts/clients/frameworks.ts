// Frameworks that drive a model with conventions of their own; each has a driver, and a script if its tools are not the
// protocol's.
import { finalWords, firstCommand, firstResult, secondCommand, secondResult } from "../../test/support/story.ts";
import { sdk } from "./sdk.ts";
import type { Client } from "./vocabulary.ts";

/** DSPy's agent reads marked fields from the text. */
function fields(values: Readonly<Record<string, string>>): string {
  const marked = Object.entries(values).map(([name, value]) => `[[ ## ${name} ## ]]\n${value}\n`);
  return [...marked, "[[ ## completed ## ]]"].join("\n");
}

function thought(words: string, tool: string, args: object): string {
  return fields({ next_thought: words, next_tool_name: tool, next_tool_args: JSON.stringify(args) });
}

const dspy: Client = sdk({
  name: "py-dspy",
  title: "DSPy, `ReAct`",
  packages: { folder: "python-dspy", from: "pypi", wanted: { dspy: "3.4.1" } },
  speaks: "chat",
  driver: "dspy_react.py",
  more: {
    steps: 4,
    script: [
      { say: thought("The first step comes first.", "run", { command: firstCommand }) },
      { when: firstResult, say: thought("Now the second.", "run", { command: secondCommand }) },
      { when: secondResult, say: thought("Both are over.", "finish", {}) },
      // the result of its own tool `finish`
      { when: "Completed.", say: fields({ reasoning: "Both steps ran.", report: finalWords }) },
    ],
  },
});

const crewai: Client = sdk({
  name: "py-crewai",
  title: "CrewAI",
  packages: { folder: "python-crewai", from: "pypi", wanted: { crewai: "1.15.30" } },
  speaks: "chat",
  driver: "crewai_crew.py",
});

export const frameworks: readonly Client[] = [dspy, crewai];
