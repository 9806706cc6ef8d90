// The kinds of Gemini's fields, as every service that reads JSON into protocol buffers checks them: a lone value where a
// list is due is a list of one, and a list where a lone value is due, or a value of another kind, is refused. Sources:
// the fields of @google/genai 3.1.0, and the errors in zed-industries/zed#53919 and zereight/gitlab-mcp#166.
import { asRecord, toSnakeCase, type JsonRecord } from "../json-record.ts";
import { Complaint, violation } from "./envelope.ts";

type Scalar = "STRING" | "BYTES" | "FLOAT" | "INT32" | "BOOL";
type Kind = Scalar | Message;

interface Message {
  /** Its name, after the package of the service. */
  readonly type: string;
  readonly fields: Readonly<Record<string, Kind | readonly [Kind]>>;
}

const pack = "type.googleapis.com/google.ai.generativelanguage.v1beta.";

const blob: Message = { type: "Blob", fields: { mimeType: "STRING", data: "STRING", displayName: "STRING" } };
const call: Message = { type: "FunctionCall", fields: { id: "STRING", name: "STRING" } };
const response: Message = { type: "FunctionResponse", fields: { id: "STRING", name: "STRING" } };
const part: Message = {
  type: "Part",
  fields: {
    text: "STRING",
    thought: "BOOL",
    thoughtSignature: "BYTES",
    inlineData: blob,
    fileData: { type: "FileData", fields: { mimeType: "STRING", fileUri: "STRING" } },
    functionCall: call,
    functionResponse: response,
  },
};
const content: Message = { type: "Content", fields: { role: "STRING", parts: [part] } };
const declaration: Message = { type: "FunctionDeclaration", fields: { name: "STRING", description: "STRING" } };
const calling: Message = {
  type: "FunctionCallingConfig",
  fields: { mode: "STRING", allowedFunctionNames: ["STRING"] },
};
const thinking: Message = {
  type: "ThinkingConfig",
  fields: { includeThoughts: "BOOL", thinkingBudget: "INT32", thinkingLevel: "STRING" },
};
const generation: Message = {
  type: "GenerationConfig",
  fields: {
    temperature: "FLOAT",
    topP: "FLOAT",
    topK: "INT32",
    candidateCount: "INT32",
    maxOutputTokens: "INT32",
    stopSequences: ["STRING"],
    responseMimeType: "STRING",
    responseModalities: ["STRING"],
    presencePenalty: "FLOAT",
    frequencyPenalty: "FLOAT",
    seed: "INT32",
    responseLogprobs: "BOOL",
    logprobs: "INT32",
    mediaResolution: "STRING",
    thinkingConfig: thinking,
  },
};
const setting: Message = { type: "SafetySetting", fields: { category: "STRING", threshold: "STRING" } };
const request: Message = {
  type: "GenerateContentRequest",
  fields: {
    contents: [content],
    systemInstruction: content,
    tools: [{ type: "Tool", fields: { functionDeclarations: [declaration] } }],
    toolConfig: { type: "ToolConfig", fields: { functionCallingConfig: calling } },
    safetySettings: [setting],
    generationConfig: generation,
    cachedContent: "STRING",
  },
};

/** The same with lists where lists are due. Throws a Complaint about every field of another kind. */
export function readFields(body: JsonRecord): JsonRecord {
  const faults: string[] = [];
  const fields = readMessage(body, request, { place: "", faults });
  if (faults.length > 0) throw new Complaint(faults.join("\n"), { details: [violation(...faults)] });
  return fields;
}

interface Spot {
  /** In the notation of protocol buffers; empty at the top. */
  readonly place: string;
  readonly faults: string[];
}

function readMessage(record: JsonRecord, { fields }: Message, { place, faults }: Spot): JsonRecord {
  const kinds = new Map(
    Object.entries(fields).flatMap(([name, kind]) => [[name, kind] as const, [toSnakeCase(name), kind] as const]),
  );
  const entries = Object.entries(record).map(([name, value]) => {
    const kind = kinds.get(name);
    if (kind === undefined || value === null) return [name, value] as const;
    const snake = toSnakeCase(name);
    const inside = place === "" ? snake : `${place}.${snake}`;
    const at = place === "" ? "" : ` at '${place}'`;
    if (typeof kind === "object" && !("type" in kind)) {
      const list: readonly unknown[] = Array.isArray(value) ? value : [value];
      return [
        name,
        list.map((one, index) =>
          readSingle(one, kind[0], { place: `${inside}[${index}]`, field: `${at} (${snake})`, faults }),
        ),
      ] as const;
    }
    if (!Array.isArray(value))
      return [name, readSingle(value, kind as Kind, { place: inside, field: `${at} (${snake})`, faults })] as const;
    faults.push(
      `Invalid JSON payload received. Unknown name "${name}"${at}: Proto field is not repeating, cannot start list.`,
    );
    return [name, value] as const;
  });
  return Object.fromEntries(entries);
}

interface FieldSpot extends Spot {
  /** The message's place and the field's name. */
  readonly field: string;
}

function readSingle(value: unknown, kind: Kind, spot: FieldSpot): unknown {
  const { place, field, faults } = spot;
  if (value === null) return value;
  if (typeof kind === "object") {
    const record = asRecord(value);
    if (record !== undefined) return readMessage(record, kind, spot);
    faults.push(`Invalid value at '${place}' (${pack}${kind.type}), ${JSON.stringify(value)}`);
  } else if (typeof value === "object") faults.push(`Invalid value${field}, Starting an object on a scalar field`);
  else if (!isOfKind(value, kind)) faults.push(`Invalid value at '${place}' (TYPE_${kind}), ${JSON.stringify(value)}`);
  return value;
}

/** Numbers may be texts, and enumerations numbers. */
function isOfKind(value: unknown, kind: Scalar): boolean {
  if (kind === "BOOL") return typeof value === "boolean";
  if (kind === "STRING") return typeof value === "string" || /^[A-Z_]+$/u.test(String(value));
  if (kind === "BYTES") return typeof value === "string";
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) return false;
  return kind === "FLOAT" || Number.isInteger(number);
}
