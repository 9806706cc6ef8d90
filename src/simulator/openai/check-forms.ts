// The values that OpenAI takes where hosts of its protocol have others: the tool choice, the answer's format, parts,
// and enumerated strings; with its messages (unknown kinds as its users report them). Throws a Complaint.
import { asList, asRecord, asText, show, type JsonRecord } from "../json-record.ts";
import { checkMembers, Complaint, invalidType, listOf, missingParameter } from "./envelope.ts";

export function checkForms(body: JsonRecord): void {
  checkChoice(body["tool_choice"]);
  checkFormat(body["response_format"]);
  for (const [name, allowedWords] of Object.entries(words)) checkWord(body[name], name, allowedWords);
  for (const [index, value] of (asList(body["modalities"]) ?? []).entries())
    checkWord(value, `modalities[${index}]`, ["text", "audio"]);
  checkMembers(asRecord(body["prediction"]) ?? {}, ["type", "content"], "prediction");
  checkMembers(asRecord(body["audio"]) ?? {}, ["format", "voice"], "audio");
}

const words: Readonly<Record<string, readonly string[]>> = {
  service_tier: ["auto", "default", "flex", "scale", "priority"],
};

function checkWord(value: unknown, param: string, allowedWords: readonly string[]): void {
  if (value == null || allowedWords.includes(show(value))) return;
  const message = `Invalid value: '${show(value)}'. Supported values are: ${listOf(allowedWords)}.`;
  throw new Complaint({ message, param, code: "invalid_value" });
}

/** A part is an object, and so is its content. */
export function checkParts(messages: unknown): void {
  for (const [index, message] of (asList(messages) ?? []).entries())
    for (const [at, part] of (asList(asRecord(message)?.["content"]) ?? []).entries())
      checkPart(part, `messages[${index}].content[${at}]`);
}

function checkPart(part: unknown, place: string): void {
  const record = asRecord(part);
  if (record === undefined) throw new Complaint(invalidType(place, "object", part));
  for (const name of ["image_url", "input_audio", "file"]) {
    const member = record[name];
    if (member !== undefined && asRecord(member) === undefined)
      throw new Complaint(invalidType(`${place}.${name}`, "object", member));
  }
  const detail = asRecord(record["image_url"])?.["detail"];
  checkWord(detail, `${place}.image_url.detail`, ["auto", "low", "high", "original"]);
}

function checkChoice(choice: unknown): void {
  if (choice == null) return;
  if (typeof choice === "string") return checkWord(choice, "tool_choice", ["none", "auto", "required"]);
  const chosen = asRecord(choice);
  if (chosen === undefined) throw new Complaint(invalidType("tool_choice", "object", choice));
  const type = kindOf(chosen, "tool_choice", ["function", "allowed_tools", "custom"]);
  const inner = asRecord(chosen[type]);
  if (inner === undefined) throw new Complaint(missingParameter(`tool_choice.${type}`));
  checkMembers(chosen, ["type", type], "tool_choice");
  const members = type === "allowed_tools" ? ["mode", "tools"] : ["name"];
  checkMembers(inner, members, `tool_choice.${type}`);
  const missing = members.find((name) => inner[name] === undefined);
  if (missing !== undefined) throw new Complaint(missingParameter(`tool_choice.${type}.${missing}`));
}

function checkFormat(format: unknown): void {
  if (format == null) return;
  const wrapper = asRecord(format);
  if (wrapper === undefined) throw new Complaint(invalidType("response_format", "object", format));
  const type = kindOf(wrapper, "response_format", ["json_object", "json_schema", "text"]);
  checkMembers(wrapper, type === "json_schema" ? ["type", "json_schema"] : ["type"], "response_format");
}

function kindOf(record: JsonRecord, place: string, kinds: readonly string[]): string {
  if (record["type"] === undefined) throw new Complaint(missingParameter(`${place}.type`));
  checkWord(record["type"], `${place}.type`, kinds);
  return asText(record["type"]) ?? "";
}
