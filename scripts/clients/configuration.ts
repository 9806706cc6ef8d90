// Shared by the agents' configurations: a fake key, and a file in the home of one play.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export const key = "sk-of-nobody";

export function writeConfiguration(path: string, content: string | object): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
}
