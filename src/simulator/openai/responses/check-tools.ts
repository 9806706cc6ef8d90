// OpenAI's checks of the tools of a Responses request, which are flat there, in namespaces, or in the input. Throws a
// Complaint.
import { asRecord, asText, recordsOf, show, type JsonRecord } from "../../json-record.ts";
import { checkSchema } from "../check-schema.ts";
import { checkMembers, Complaint, invalidType, listOf, missingParameter, tooLong } from "../envelope.ts";
import type { ModelTraits } from "../models.ts";
import { checkChosenSearch, checkSearchTools, lackedTool, searchesInResponses } from "../web-search.ts";

const functionMembers: readonly string[] =
  "type name description parameters strict allowed_callers async defer_loading output_schema".split(" ");
const customMembers: readonly string[] = ["type", "name", "description", "format", "allowed_callers", "defer_loading"];
const namespaceMembers: readonly string[] = ["type", "name", "description", "tools"];

const kinds: readonly string[] =
  "function file_search computer computer_use_preview web_search web_search_2025_08_26 web_search_preview web_search_preview_2025_03_11 mcp code_interpreter programmatic_tool_calling image_generation local_shell shell custom namespace tool_search apply_patch".split(
    " ",
  );
/** The vendor's own names, which no namespace may have. */
const reserved: readonly string[] = ["file_search", "web", "python", "container", "image_gen"];

interface Checking {
  readonly traits: ModelTraits;
  readonly model: string;
}

/** `items`: the input, which may contain tools too. */
export function checkResponseTools(body: JsonRecord, items: readonly JsonRecord[], checking: Checking): void {
  const tools = recordsOf(body["tools"]);
  checkList(tools, "tools", checking);
  for (const [index, item] of items.entries()) {
    if (item["type"] === "additional_tools") checkAdded(item, `input[${index}]`, checking);
    checkHostedItem(item, checking);
  }
  const all = [...tools, ...items.flatMap((item) => recordsOf(item["tools"]))];
  checkSearchTools(body);
  checkChoice(body["tool_choice"], all);
  checkNamespaces(items, all);
}

/** An item that the model could not have produced is refused in its history. */
function checkHostedItem({ type }: JsonRecord, { traits, model }: Checking): void {
  if (type === "web_search_call" && !searchesInResponses(model))
    throw lackedTool("Hosted tool 'web_search'", model, "input");
  if ((type === "tool_search_call" || type === "tool_search_output") && !traits.takesToolSearch)
    throw lackedTool("Tool 'tool_search'", model, "input");
}

function checkAdded(item: JsonRecord, place: string, checking: Checking): void {
  checkMembers(item, ["type", "id", "role", "tools"], place);
  if (!checking.traits.takesToolSearch) throw notFor("additional_tools", checking);
  if (item["role"] !== "developer") {
    const message = `Invalid value: '${show(item["role"])}'. Supported values are: 'developer'.`;
    throw new Complaint({ message, param: `${place}.role`, code: "invalid_value" });
  }
  if (!Array.isArray(item["tools"]))
    throw new Complaint(invalidType(`${place}.tools`, "array of objects", item["tools"]));
  checkList(recordsOf(item["tools"]), `${place}.tools`, checking);
}

function checkList(tools: readonly JsonRecord[], place: string, checking: Checking): void {
  for (const [index, tool] of tools.entries()) checkTool(tool, `${place}[${index}]`, checking);
}

function checkTool(tool: JsonRecord, place: string, checking: Checking): void {
  const { type } = tool;
  if (type === undefined) throw new Complaint(missingParameter(`${place}.type`));
  if (typeof type !== "string" || !kinds.includes(type)) {
    const message = `Invalid value: '${show(type)}'. Supported values are: ${listOf(kinds)}.`;
    throw new Complaint({ message, param: `${place}.type`, code: "invalid_value" });
  }
  if (type === "function") checkFunction(tool, place);
  if (type === "custom") {
    if (!checking.traits.takesFreeForm) throw notFor(type, checking);
    checkName(tool["name"], place);
    checkMembers(tool, customMembers, place);
  }
  if (type === "namespace") checkNamespace(tool, place, checking);
  if (type === "tool_search" && !checking.traits.takesToolSearch) throw notFor(type, checking);
}

function notFor(tool: string, { model }: Checking): Complaint {
  return lackedTool(`Tool '${tool}'`, model, "tools");
}

function checkNamespace(tool: JsonRecord, place: string, checking: Checking): void {
  if (!checking.traits.takesToolSearch) throw notFor("namespace", checking);
  checkMembers(tool, namespaceMembers, place);
  checkName(tool["name"], place);
  if (tool["description"] === undefined) throw new Complaint(missingParameter(`${place}.description`));
  const name = show(tool["name"]);
  if (reserved.includes(name)) {
    const message = `Invalid Value: 'tools.namespace'. User-defined namespace '${name}' collides with an existing tool namespace.`;
    throw new Complaint({ message, param: "tools" });
  }
  for (const [index, inner] of recordsOf(tool["tools"]).entries()) {
    const within = `${place}.tools[${index}]`;
    if (inner["type"] !== "function" && inner["type"] !== "custom") {
      const message = `Invalid value: '${show(inner["type"])}'. Supported values are: 'function' and 'custom'.`;
      throw new Complaint({ message, param: `${within}.type`, code: "invalid_value" });
    }
    checkTool(inner, within, checking);
  }
}

function checkName(name: unknown, place: string): void {
  if (name === undefined) throw new Complaint(missingParameter(`${place}.name`));
  if (typeof name !== "string" || !/^[a-zA-Z0-9_-]+$/.test(name)) {
    const message = `Invalid '${place}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`;
    throw new Complaint({ message, param: `${place}.name`, code: "invalid_value" });
  }
  if (name.length > 64) throw new Complaint(tooLong(`${place}.name`, name.length));
}

function checkFunction(tool: JsonRecord, place: string): void {
  checkName(tool["name"], place);
  checkMembers(tool, functionMembers, place);
  const parameters = asRecord(tool["parameters"]);
  if (parameters === undefined) return;
  const what = `function '${show(tool["name"])}'`;
  const complaint = { what, param: `${place}.parameters`, code: "invalid_function_parameters" };
  checkSchema(parameters, complaint, tool["strict"] === true);
}

/** A call of a tool that exists only in namespaces must name its own. */
function checkNamespaces(items: readonly JsonRecord[], tools: readonly JsonRecord[]): void {
  const flat = new Set(tools.map((tool) => tool["name"]));
  const spaced = new Set(
    tools
      .filter((tool) => tool["type"] === "namespace")
      .flatMap((tool) => recordsOf(tool["tools"]))
      .map((tool) => tool["name"]),
  );
  for (const { type, name, namespace } of items) {
    if (type !== "function_call" && type !== "custom_tool_call") continue;
    if (namespace != null || flat.has(name) || !spaced.has(name)) continue;
    const message = `Missing namespace for ${type} '${show(name)}'. It does not exist in the default namespace.`;
    throw new Complaint({ message, param: "input" });
  }
}

function checkChoice(choice: unknown, tools: readonly JsonRecord[]): void {
  if (choice === undefined || choice === null || choice === "auto" || choice === "none") return;
  if (choice === "required") {
    if (tools.length > 0) return;
    throw new Complaint({
      message: "Tool choice 'required' must be specified with 'tools' parameter.",
      param: "tool_choice",
    });
  }
  const record = asRecord(choice);
  if (record === undefined) {
    const message = `Invalid value: '${show(choice)}'. Supported values are: 'none', 'auto', and 'required'.`;
    throw new Complaint({ message, param: "tool_choice", code: "invalid_value" });
  }
  checkChosenSearch(record, tools);
  if (record["type"] !== "function") return;
  const name = asText(record["name"]);
  if (name === undefined) throw new Complaint(missingParameter("tool_choice.name"));
  const declared = tools.flatMap((tool) => (tool["type"] === "namespace" ? recordsOf(tool["tools"]) : [tool]));
  if (declared.some((tool) => tool["name"] === name)) return;
  throw new Complaint({ message: `Tool choice '${name}' not found in 'tools' parameter.`, param: "tool_choice" });
}
