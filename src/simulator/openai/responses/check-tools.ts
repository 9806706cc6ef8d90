// The checks OpenAI makes on the tools of a Responses request, which are flat there. Throws a Complaint.
import { asRecord, asText, recordsOf, show, type JsonRecord } from "../../json-reading.ts";
import { checkStrictSchema } from "../check-strict-schema.ts";
import { checkMembers, Complaint, missingParameter, tooLong } from "../envelope.ts";

const functionMembers: readonly string[] =
  "type name description parameters strict allowed_callers defer_loading output_schema".split(" ");

export function checkResponseTools(body: JsonRecord): void {
  const tools = recordsOf(body["tools"]);
  for (const [index, tool] of tools.entries()) {
    if (tool["type"] === undefined) throw new Complaint(missingParameter(`tools[${index}].type`));
    if (tool["type"] === "function") checkFunction(tool, `tools[${index}]`);
  }
  checkChoice(body["tool_choice"], tools);
}

function checkFunction(tool: JsonRecord, place: string): void {
  const { name } = tool;
  if (name === undefined) throw new Complaint(missingParameter(`${place}.name`));
  if (typeof name !== "string" || !/^[a-zA-Z0-9_-]+$/.test(name)) {
    const message = `Invalid '${place}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`;
    throw new Complaint({ message, param: `${place}.name`, code: "invalid_value" });
  }
  if (name.length > 64) throw new Complaint(tooLong(`${place}.name`, name.length));
  checkMembers(tool, functionMembers, place);
  const parameters = asRecord(tool["parameters"]);
  if (parameters === undefined) return;
  const shown = { what: `function '${name}'`, param: `${place}.parameters`, code: "invalid_function_parameters" };
  if (parameters["type"] !== "object" && parameters["type"] !== undefined) {
    const message = `Invalid schema for ${shown.what}: schema must be a JSON Schema of 'type: "object"', got 'type: "${show(parameters["type"])}"'.`;
    throw new Complaint({ message, param: shown.param, code: shown.code });
  }
  if (tool["strict"] === true) checkStrictSchema(parameters, shown);
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
  if (record["type"] !== "function") return;
  const name = asText(record["name"]);
  if (name === undefined) throw new Complaint(missingParameter("tool_choice.name"));
  if (tools.some((tool) => tool["name"] === name)) return;
  throw new Complaint({ message: `Tool choice '${name}' not found in 'tools' parameter.`, param: "tool_choice" });
}
