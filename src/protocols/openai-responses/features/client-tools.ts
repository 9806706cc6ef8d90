// This vendor's tools that the client runs itself, with a known schema: a shell, patches, a search among its own tools.
// For other protocols each is a function; its calls come back as the items that the client expects. Sources:
// Tool.LocalShell, FunctionShellTool, ApplyPatchTool, ToolSearchTool and their calls, of `openai` 7.57.0.
import type { Json, JsonObject } from "../../../core/json.ts";
import { arrayOr, isArray, isObject, membersOf, objectOr, stringOr } from "../../shared/read.ts";
import type { NameOf } from "./tool-space.ts";

export interface ClientTool {
  /** The tool's type, which is its name in other protocols. */
  readonly type: string;
  readonly call: string;
  readonly output: string;
  /** Whether the client runs this one, and not the vendor. */
  isClients(tool: JsonObject): boolean;
  describe(tool: JsonObject): { readonly description: string; readonly parameters: JsonObject };
  /** The arguments of a call. */
  read(item: JsonObject): JsonObject;
  /** The members of a call with these arguments; null if the arguments are invalid. */
  write(input: JsonObject): JsonObject | null;
  /** The result that the client reports. */
  outcome(item: JsonObject, nameOf: NameOf): string;
}

const text = (description: string): JsonObject => ({ type: "string", description });
const texts = (description: string): JsonObject => ({ type: "array", items: { type: "string" }, description });
const count = (description: string): JsonObject => ({ type: "integer", description });

function closed(properties: JsonObject, required: readonly string[]): JsonObject {
  return { type: "object", properties, required: [...required], additionalProperties: false };
}

/** The named members that exist. */
function pick(from: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (from[name] == null ? [] : [[name, from[name]]])));
}

function isTexts(value: Json | undefined): value is readonly string[] {
  return isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");
}

const localShell: ClientTool = {
  type: "local_shell",
  call: "local_shell_call",
  output: "local_shell_call_output",
  isClients: () => true,
  describe: () => ({
    description: "Runs a command on the user's machine and gives what it printed.",
    parameters: closed(
      {
        command: texts("The program and its arguments, one by one."),
        working_directory: text("Where to run it."),
        timeout_ms: count("Milliseconds after which it is stopped."),
      },
      ["command"],
    ),
  }),
  read: (item) => pick(membersOf(item["action"]), "command", "working_directory", "timeout_ms", "env", "user"),
  write: (input) =>
    isTexts(input["command"])
      ? { action: { type: "exec", env: {}, ...pick(input, "command", "working_directory", "timeout_ms") } }
      : null,
  outcome: (item) => stringOr(item["output"], ""),
};

const shell: ClientTool = {
  type: "shell",
  call: "shell_call",
  output: "shell_call_output",
  isClients: ({ environment }) => (objectOr(environment, null)?.["type"] ?? "local") === "local",
  describe: () => ({
    description: "Runs commands in the shell of the user's machine and gives what each of them printed.",
    parameters: closed(
      {
        commands: texts("Command lines, each of which is run by itself."),
        timeout_ms: count("Milliseconds after which a command is stopped."),
        max_output_length: count("The most characters of output to give."),
      },
      ["commands"],
    ),
  }),
  read: (item) => pick(membersOf(item["action"]), "commands", "timeout_ms", "max_output_length"),
  write: (input) =>
    isTexts(input["commands"]) ? { action: pick(input, "commands", "timeout_ms", "max_output_length") } : null,
  outcome: (item) => JSON.stringify(arrayOr(item["output"], [])),
};

const operations = ["create_file", "update_file", "delete_file"];

const applyPatch: ClientTool = {
  type: "apply_patch",
  call: "apply_patch_call",
  output: "apply_patch_call_output",
  isClients: () => true,
  describe: () => ({
    description: "Creates, changes or deletes one file of the user's by a diff in the V4A format.",
    parameters: closed(
      {
        type: { type: "string", enum: operations },
        path: text("The file."),
        diff: text("The diff; not for delete_file. Lines begin with +, - or a blank; @@ opens a section."),
      },
      ["type", "path"],
    ),
  }),
  read: (item) => membersOf(item["operation"]),
  write(input) {
    const { type, path } = input;
    if (typeof type !== "string" || !operations.includes(type) || typeof path !== "string") return null;
    return { operation: pick(input, "type", "path", "diff") };
  },
  outcome: (item) =>
    [stringOr(item["status"], ""), stringOr(item["output"], "")].filter((one) => one !== "").join("\n"),
};

const toolSearch: ClientTool = {
  type: "tool_search",
  call: "tool_search_call",
  output: "tool_search_output",
  isClients: ({ execution }) => execution === "client",
  describe: (tool) => ({
    description: stringOr(tool["description"], "") || "Searches for further tools, which may be called afterwards.",
    parameters: objectOr(tool["parameters"], null) ?? closed({ query: text("What to search for.") }, ["query"]),
  }),
  read: (item) => membersOf(item["arguments"]),
  write: (input) => ({ execution: "client", arguments: input }),
  outcome(item, nameOf) {
    const lines = arrayOr<readonly Json[]>(item["tools"], [])
      .filter(isObject)
      .flatMap((tool) => linesOf(tool, nameOf));
    return lines.length === 0 ? "No tool was found." : `These tools can be called now:\n${lines.join("\n")}`;
  },
};

function linesOf(tool: JsonObject, nameOf: NameOf): string[] {
  const name = stringOr(tool["name"], "");
  const line = (one: JsonObject, name: string): string =>
    [`- ${name}`, stringOr(one["description"], "")].filter((part) => part !== "").join(": ");
  if (tool["type"] !== "namespace") return [line(tool, name)];
  const inner = arrayOr<readonly Json[]>(tool["tools"], []).filter(isObject);
  return inner.map((one) => line(one, nameOf(name, stringOr(one["name"], ""))));
}

const all: readonly ClientTool[] = [localShell, shell, applyPatch, toolSearch];
const byType = new Map(all.map((one) => [one.type, one]));
const byCall = new Map(all.map((one) => [one.call, one]));
const byOutput = new Map(all.map((one) => [one.output, one]));

/** Null for a function, and for a tool that the vendor runs. */
export function clientToolOf(tool: JsonObject): ClientTool | null {
  const clientTool = byType.get(stringOr(tool["type"], ""));
  return clientTool?.isClients(tool) === true ? clientTool : null;
}

/** Null for another kind of item, or one that the vendor answered itself. */
export function clientCallOf(item: JsonObject): ClientTool | null {
  const clientTool = byCall.get(stringOr(item["type"], ""));
  return clientTool === undefined || item["execution"] === "server" || callIdOf(item) === null ? null : clientTool;
}

export function clientOutputOf(item: JsonObject): ClientTool | null {
  const clientTool = byOutput.get(stringOr(item["type"], ""));
  return clientTool === undefined || item["execution"] === "server" || callIdOf(item) === null ? null : clientTool;
}

/** A local shell's output names its call by `id`. */
export function callIdOf(item: JsonObject): string | null {
  const id = item["type"] === localShell.output ? (item["call_id"] ?? item["id"]) : item["call_id"];
  return typeof id === "string" && id !== "" ? id : null;
}

export function clientToolNamed(type: string): ClientTool | null {
  return byType.get(type) ?? null;
}
