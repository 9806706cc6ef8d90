// What all JavaScript drivers share: where the gateway is, and the one tool. Each driver prints what the model says.
import { spawnSync } from "node:child_process";

export const { ORIGIN, MODEL, TASK, WAY } = process.env;
export const KEY = "sk-of-nobody";
export const description = "Runs a command in the shell and returns what it printed.";
export const schema = {
  type: "object",
  properties: { command: { type: "string" } },
  required: ["command"],
  additionalProperties: false,
};

export function run({ command }) {
  const { stdout, stderr, status } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
  return status === 0 ? stdout + stderr : `Exit code ${status}\n${stdout}${stderr}`;
}

/** An application that asks again when a stream breaks off: the SDK must throw, or nobody could. */
export async function insist(ask) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === 3) throw error;
      console.error("asked again");
    }
  }
}
