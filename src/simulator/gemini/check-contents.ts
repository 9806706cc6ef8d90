// Gemini's checks of `contents`: roles, parts, files that it can reach, calls answered in the very next turn, and the
// thought signatures that models from 3 on require. Throws a Complaint.
import { asRecord, asText, eitherCase, recordsOf, type JsonRecord } from "../json-record.ts";
import { Complaint } from "./envelope.ts";
import type { ModelTraits } from "./models.ts";

export function checkContents(body: JsonRecord, traits: ModelTraits): void {
  const contents = recordsOf(body["contents"]);
  if (contents.length === 0) throw new Complaint("* GenerateContentRequest.contents: contents is not specified\n");
  for (const [index, content] of contents.entries()) {
    const role = content["role"] ?? "user";
    if (role !== "user" && role !== "model" && role !== "function")
      throw new Complaint("Please use a valid role: user, model.");
    const parts = recordsOf(content["parts"]);
    if (parts.length === 0) {
      throw new Complaint(`* GenerateContentRequest.contents[${index}].parts: contents.parts must not be empty.\n`);
    }
    for (const [place, part] of parts.entries()) {
      checkPart(part, `contents[${index}].parts[${place}]`);
      if (traits.generation < 3) checkOlder(part, traits);
    }
  }
  checkTurns(contents);
  if (traits.generation >= 3) checkSignatures(contents);
  // The message is misleading, and the vendor's own (vellum-ai/vellum-assistant#39495).
  if (traits.generation >= 3.6 && contents.some(isMixed))
    throw new Complaint("Requests ending with a model turn are not supported.");
}

/** Gemini 3.5 answers nothing to results beside text or media (pydantic/pydantic-ai#4210). */
export function isAnsweredEmpty(body: JsonRecord, { generation }: ModelTraits): boolean {
  return generation === 3.5 && recordsOf(body["contents"]).some(isMixed);
}

function isMixed(content: JsonRecord): boolean {
  const results = partsWith(content, "functionResponse").length;
  return results > 0 && results < recordsOf(content["parts"]).length;
}

const dataFields: readonly string[] = [
  "text",
  "inlineData",
  "fileData",
  "functionCall",
  "functionResponse",
  "executableCode",
  "codeExecutionResult",
  "toolCall",
  "toolResponse",
];

function checkPart(part: JsonRecord, place: string): void {
  if (!dataFields.some((name) => eitherCase(part, name) !== undefined)) {
    throw new Complaint(
      `* GenerateContentRequest.${place}.data: required oneof field 'data' must have one initialized field\n`,
    );
  }
  const inline = asRecord(eitherCase(part, "inlineData"));
  if (inline !== undefined) checkInlineData(inline, place);
  const uri = asText(eitherCase(asRecord(eitherCase(part, "fileData")) ?? {}, "fileUri"));
  if (uri !== undefined && !canReach(uri)) throw new Complaint(`Unsupported file uri: ${uri}`);
  const response = asRecord(eitherCase(part, "functionResponse"));
  if (response !== undefined && asText(response["name"]) === undefined) {
    throw new Complaint(`* GenerateContentRequest.${place}.function_response.name: Name cannot be empty.\n`);
  }
  if (response !== undefined && response["response"] !== undefined && asRecord(response["response"]) === undefined) {
    throw new Complaint(
      `Invalid value at '${place}.function_response.response' (type.googleapis.com/google.protobuf.Struct), ${JSON.stringify(response["response"])}`,
    );
  }
  const call = asRecord(eitherCase(part, "functionCall"));
  if (call !== undefined && call["args"] !== undefined && asRecord(call["args"]) === undefined) {
    throw new Complaint(
      `Invalid value at '${place}.function_call.args' (type.googleapis.com/google.protobuf.Struct), ${JSON.stringify(call["args"])}`,
    );
  }
}

/**
 * Features of Gemini 3. The first message is recorded (google-gemini/gemini-cli#19436). Those about one part's
 * resolution were seen only for the whole request, at a model that has neither (simonw/llm-gemini#116).
 */
function checkOlder(part: JsonRecord, { name }: ModelTraits): void {
  const response = asRecord(eitherCase(part, "functionResponse"));
  if (recordsOf(response?.["parts"]).length > 0) {
    throw new Complaint(
      "Unable to submit request because `function_response.parts` is not supported for this model. Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling",
    );
  }
  if (eitherCase(part, "mediaResolution") !== undefined)
    throw new Complaint(`Media resolution is not enabled for models/${name}`);
}

function checkInlineData(inline: JsonRecord, place: string): void {
  const mimeType = asText(eitherCase(inline, "mimeType")) ?? "";
  if (
    !/^(image\/(png|jpeg|webp|heic|heif|gif)|audio\/|video\/|text\/|application\/(pdf|json|x-javascript|x-python))/.test(
      mimeType,
    )
  ) {
    throw new Complaint(`Unsupported MIME type: ${mimeType}`);
  }
  const data = asText(inline["data"]) ?? "";
  if (data === "" || /[^A-Za-z0-9+/=_-]/.test(data)) {
    throw new Complaint(
      `Invalid value at '${place}.inline_data.data' (TYPE_BYTES), Base64 decoding failed for "${data.slice(0, 40)}"`,
    );
  }
}

/** Files of the vendor's own service, its storage, and videos; nothing else on the web. */
function canReach(uri: string): boolean {
  return /^(gs:\/\/|files\/|https:\/\/generativelanguage\.googleapis\.com\/|https:\/\/storage\.googleapis\.com\/|https:\/\/(www\.)?youtube\.com\/|https:\/\/youtu\.be\/)/.test(
    uri,
  );
}

/** Adjacent model contents are one turn; all responses are in the next content. */
function checkTurns(contents: readonly JsonRecord[]): void {
  let open = 0;
  for (const [index, content] of contents.entries()) {
    const calls = partsWith(content, "functionCall").length;
    const responses = partsWith(content, "functionResponse").length;
    const previous = contents[index - 1];
    if (responses > 0 && open === 0) {
      throw new Complaint("Please ensure that function response turn comes immediately after a function call turn.");
    }
    const goesOn = content["role"] === "model" && calls > 0 && open > 0;
    if (open > 0 && !goesOn && responses !== open) {
      throw new Complaint(
        "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
      );
    }
    if (calls > 0 && !goesOn && (previous === undefined || previous["role"] === "model")) {
      throw new Complaint(
        "Please ensure that function call turn comes immediately after a user turn or after a function response turn.",
      );
    }
    open = goesOn ? open + calls : calls;
  }
}

/** In the current turn (after the user's last own text) each step's first call needs its signature. */
function checkSignatures(contents: readonly JsonRecord[]): void {
  const turn = contents.findLastIndex(
    (content) => content["role"] !== "model" && partsWith(content, "text").length > 0,
  );
  for (const [index, content] of contents.entries()) {
    if (index <= turn || content["role"] !== "model") continue;
    const first = partsWith(content, "functionCall")[0];
    if (first === undefined) continue;
    const signature = asText(eitherCase(first, "thoughtSignature")) ?? "";
    const name = asText(asRecord(eitherCase(first, "functionCall"))?.["name"]) ?? "";
    if (signature === "") {
      throw new Complaint(
        `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${name}\` , position ${index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
      );
    }
    if (/[^A-Za-z0-9+/=_-]/.test(signature)) {
      throw new Complaint(
        `Invalid value at 'contents[${index}].parts[0].thought_signature' (TYPE_BYTES), Base64 decoding failed for "${signature.slice(0, 40)}"`,
      );
    }
  }
}

function partsWith(content: JsonRecord, field: string): JsonRecord[] {
  return recordsOf(content["parts"]).filter((part) => eitherCase(part, field) !== undefined);
}
