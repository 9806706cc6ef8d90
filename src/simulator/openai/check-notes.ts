// OpenAI's checks of a caller's metadata and of participants' names, with its messages. Throws a Complaint.
import { asRecord, asText, recordsOf, type JsonRecord } from "../json-record.ts";
import { checkToolName, Complaint, invalidType, tooLong } from "./envelope.ts";

/**
 * Sources: BerriAI/litellm#4257 (too many), spiceai/docs#928 (too long), QwenLM/qwen-code#243 (without `store`, in Chat
 * Completions alone). The vendor's reference limits keys; the message is modelled on that about values.
 */
export function checkNotes(body: JsonRecord, needsStore: boolean): void {
  const notes = body["metadata"];
  if (notes === undefined || notes === null) return;
  const metadata = asRecord(notes);
  if (metadata === undefined) throw new Complaint(invalidType("metadata", "object", notes));
  if (needsStore && body["store"] !== true) {
    const message = "The 'metadata' parameter is only allowed when 'store' is enabled.";
    throw new Complaint({ message, param: "metadata" });
  }
  const { length } = Object.keys(metadata);
  if (length > 16) {
    const message = `Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with ${length} properties instead.`;
    throw new Complaint({ message, param: "metadata", code: "object_above_max_properties" });
  }
  for (const [key, value] of Object.entries(metadata)) {
    if (key.length > 64) throw new Complaint(tooLong("metadata", key.length, 64));
    if (typeof value !== "string") throw new Complaint(invalidType(`metadata.${key}`, "string", value));
    if (value.length > 512) throw new Complaint(tooLong(`metadata.${key}`, value.length, 512));
  }
}

/** Source: microsoft/autogen#4157. */
export function checkParticipants(body: JsonRecord): void {
  for (const [index, { role, name }] of recordsOf(body["messages"]).entries())
    if (role !== "tool" && name !== undefined && name !== null)
      checkToolName(asText(name) ?? name, `messages[${index}].name`);
}

/** The message about a blank one is that about other empty strings. */
export function checkStops(stop: unknown): void {
  const stops = Array.isArray(stop) ? stop : [stop];
  if (stops.length > 4) {
    const message = `Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length ${stops.length} instead.`;
    throw new Complaint({ message, param: "stop", code: "array_above_max_length" });
  }
  const blank = stops.indexOf("");
  if (blank === -1) return;
  const param = Array.isArray(stop) ? `stop[${blank}]` : "stop";
  const message = `Invalid '${param}': empty string. Expected a string with minimum length 1, but got an empty string instead.`;
  throw new Complaint({ message, param, code: "empty_string" });
}
