// This vendor's tools that the client runs itself, with published arguments: a shell, an editor, a memory. For other
// protocols each is a function; its calls are plain ones here, so nothing has to be converted back. Sources: "Bash
// tool", "Text editor tool" and "Memory tool" on platform.claude.com.
import type { Tool } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import { stringOr } from "../../shared/read.ts";

const text = (description: string): JsonObject => ({ type: "string", description });
const path = text("The file or directory.");
const range = { type: "array", items: { type: "integer" }, description: "With view: the first and the last line." };
const files: JsonObject = {
  path,
  view_range: range,
  file_text: text("With create: the whole text of the file."),
  old_str: text("With str_replace: the text to be replaced, exactly as it is and found once."),
  new_str: text("With str_replace: the text in its place."),
  insert_line: { type: "integer", description: "With insert: the line behind which to insert; 0 is the beginning." },
};
const inserted = { insert_text: text("With insert: the text.") };

function commands(names: readonly string[], properties: JsonObject, required: readonly string[]): JsonObject {
  const command = { type: "string", enum: [...names] };
  return { type: "object", properties: { command, ...properties }, required: ["command", ...required] };
}

interface KnownTool {
  readonly type: RegExp;
  describe(name: string): Pick<Tool, "description" | "parameters">;
}

const edits = ["view", "create", "str_replace", "insert"];

const clientTools: readonly KnownTool[] = [
  {
    type: /^bash_\d{8}$/u,
    describe: () => ({
      description: "Runs a command in a shell that stays open between calls, and gives what it printed.",
      parameters: {
        type: "object",
        properties: {
          command: text("The command; not with restart."),
          restart: { type: "boolean", description: "Starts the shell anew." },
        },
      },
    }),
  },
  {
    type: /^text_editor_\d{8}$/u,
    describe: (name) => ({
      description: "Shows, creates and edits files.",
      // The older version inserts its `new_str`, and can undo its edits.
      parameters:
        name === "str_replace_editor"
          ? commands([...edits, "undo_edit"], files, ["path"])
          : commands(edits, { ...files, ...inserted }, ["path"]),
    }),
  },
  {
    type: /^memory_\d{8}$/u,
    describe: () => ({
      description:
        "Keeps notes in files under /memories, which stay from one conversation to the next. Look there first.",
      parameters: commands(
        [...edits, "delete", "rename"],
        { ...files, ...inserted, old_path: text("With rename."), new_path: text("With rename.") },
        [],
      ),
    }),
  },
];

/** Null if only the vendor can run it, or if its arguments are unknown. */
export function clientToolFunction(tool: JsonObject): Tool | null {
  const [type, name] = [stringOr(tool["type"], ""), stringOr(tool["name"], "")];
  const match = name === "" ? undefined : clientTools.find((one) => one.type.test(type));
  return match === undefined ? null : { name, ...match.describe(name), strict: null };
}
