// OpenAI's checks of `text`, the format of the answer in a Responses request. Throws a Complaint.
import { asRecord, show, type JsonRecord } from "../../json-record.ts";
import { checkSchema } from "../check-schema.ts";
import { checkMembers, Complaint, missingParameter } from "../envelope.ts";

export function checkText(body: JsonRecord): void {
  const text = asRecord(body["text"]);
  if (text === undefined) return;
  checkMembers(text, ["format", "verbosity"], "text");
  const format = asRecord(text["format"]);
  if (format === undefined) return;
  const kind = show(format["type"]);
  if (!["text", "json_object", "json_schema"].includes(kind)) {
    const message = `Invalid value: '${kind}'. Supported values are: 'json_object', 'json_schema', and 'text'.`;
    throw new Complaint({ message, param: "text.format.type", code: "invalid_value" });
  }
  if (kind === "json_object" && !/json/i.test(JSON.stringify(body["input"] ?? ""))) {
    const message =
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.";
    throw new Complaint({ message, param: "input" });
  }
  if (kind === "json_schema") checkJsonSchema(format);
}

function checkJsonSchema(format: JsonRecord): void {
  checkMembers(format, ["type", "name", "description", "schema", "strict"], "text.format");
  for (const name of ["name", "schema"]) {
    if (format[name] === undefined) throw new Complaint(missingParameter(`text.format.${name}`));
  }
  const schema = asRecord(format["schema"]);
  if (schema === undefined) return;
  const what = `response_format '${show(format["name"])}'`;
  checkSchema(schema, { what, param: "text.format.schema", code: "invalid_json_schema" }, format["strict"] === true);
}
