// Gemini's checks of a generateContent request, with its messages. Unknown fields are errors here, as in every service
// that reads JSON into protocol buffers. Throws a Complaint.
import {
  asList,
  asNumber,
  asRecord,
  asText,
  eitherCase,
  recordsOf,
  toSnakeCase,
  type JsonRecord,
} from "../json-record.ts";
import { checkContents } from "./check-contents.ts";
import { checkMedia } from "./check-media.ts";
import { bareArrayFault, referenceFault, schemaFaults, schemaViolations } from "./schema-faults.ts";
import { Complaint, unknownName, violation } from "./envelope.ts";
import type { ModelTraits } from "./models.ts";
import { checkServerTools } from "./web-search.ts";

const topLevel: readonly string[] =
  "contents systemInstruction tools toolConfig safetySettings generationConfig cachedContent labels serviceTier continuationToken store model".split(
    " ",
  );

const generationFields: readonly string[] =
  "temperature topP topK candidateCount maxOutputTokens stopSequences responseMimeType responseSchema responseJsonSchema responseModalities presencePenalty frequencyPenalty seed responseLogprobs logprobs enableEnhancedCivicAnswers speechConfig thinkingConfig mediaResolution imageConfig audioTimestamp routingConfig".split(
    " ",
  );

const partFields: readonly string[] =
  "text inlineData fileData functionCall functionResponse executableCode codeExecutionResult thought thoughtSignature videoMetadata mediaResolution toolCall toolResponse partMetadata".split(
    " ",
  );

const toolFields: readonly string[] =
  "functionDeclarations googleSearch googleSearchRetrieval codeExecution urlContext computerUse fileSearch googleMaps mcpServers".split(
    " ",
  );

const functionNames: ReadonlySet<string> = new Set(["functionDeclarations", "function_declarations"]);

const declarationFields: readonly string[] =
  "name description parameters parametersJsonSchema response responseJsonSchema behavior".split(" ");

export function checkRequest(body: JsonRecord, traits: ModelTraits): void {
  const unknown = [...unknownFields(body), ...schemaComplaints(body, schemaViolations)];
  if (unknown.length > 0) throw new Complaint(unknown.join("\n"), { details: [violation(...unknown)] });
  const faults = schemaComplaints(body, schemaFaults);
  if (faults.length > 0) throw new Complaint(faults.join(""));
  checkReferences(body);
  checkContents(body, traits);
  checkTools(body, traits);
  checkMedia(body, traits);
  checkGeneration(asRecord(eitherCase(body, "generationConfig")) ?? {}, traits);
}

/** The fields of nested messages, by the field that contains them. */
const innerFields: Readonly<Record<string, readonly string[]>> = {
  thinkingConfig: ["includeThoughts", "thinkingBudget", "thinkingLevel"],
  functionCallingConfig: ["mode", "allowedFunctionNames", "streamFunctionCallArguments"],
  inlineData: ["mimeType", "data", "displayName"],
  fileData: ["mimeType", "fileUri", "displayName"],
  functionCall: ["id", "name", "args", "partialArgs", "willContinue"],
  videoMetadata: ["startOffset", "endOffset", "fps"],
  functionResponse: ["id", "name", "response", "parts", "willContinue", "scheduling"],
};

function unknownFields(body: JsonRecord): string[] {
  const complaints = strangersIn(body, topLevel);
  const toolConfig = asRecord(eitherCase(body, "toolConfig"));
  const toolConfigFields = ["functionCallingConfig", "retrievalConfig", "includeServerSideToolInvocations"];
  complaints.push(...strangersIn(toolConfig, toolConfigFields, "tool_config"));
  const system = asRecord(eitherCase(body, "systemInstruction"));
  complaints.push(...strangersIn(system, ["role", "parts"], "system_instruction"));
  for (const [place, part] of recordsOf(system?.["parts"]).entries()) {
    complaints.push(...partStrangers(part, `system_instruction.parts[${place}]`));
  }
  for (const [index, setting] of recordsOf(eitherCase(body, "safetySettings")).entries()) {
    complaints.push(...strangersIn(setting, ["category", "threshold", "method"], `safety_settings[${index}]`));
  }
  const config = asRecord(eitherCase(body, "generationConfig"));
  complaints.push(...strangersIn(config, generationFields, "generation_config"));
  complaints.push(...innerStrangers(config, "thinkingConfig", "generation_config"));
  complaints.push(...innerStrangers(toolConfig, "functionCallingConfig", "tool_config"));
  for (const [index, content] of recordsOf(body["contents"]).entries()) {
    complaints.push(...strangersIn(content, ["role", "parts"], `contents[${index}]`));
    for (const [place, part] of recordsOf(content["parts"]).entries()) {
      complaints.push(...partStrangers(part, `contents[${index}].parts[${place}]`));
    }
  }
  for (const [index, tool] of recordsOf(body["tools"]).entries()) {
    complaints.push(...strangersIn(tool, toolFields, `tools[${index}]`));
    for (const [place, declaration] of recordsOf(eitherCase(tool, "functionDeclarations")).entries()) {
      complaints.push(
        ...strangersIn(declaration, declarationFields, `tools[${index}].function_declarations[${place}]`),
      );
    }
  }
  return complaints;
}

function partStrangers(part: JsonRecord, place: string): string[] {
  const inner = ["inlineData", "fileData", "functionCall", "functionResponse", "videoMetadata"];
  const response = asRecord(eitherCase(part, "functionResponse"));
  const media = recordsOf(response?.["parts"]).flatMap((one, index) => {
    const inside = `${place}.function_response.parts[${index}]`;
    return [...strangersIn(one, ["inlineData", "fileData"], inside), ...innerStrangers(one, "inlineData", inside)];
  });
  return [
    ...strangersIn(part, partFields, place),
    ...inner.flatMap((name) => innerStrangers(part, name, place)),
    ...media,
  ];
}

function innerStrangers(holder: JsonRecord | undefined, name: string, place: string): string[] {
  const record = asRecord(eitherCase(holder ?? {}, name));
  return strangersIn(record, innerFields[name] ?? [], `${place}.${toSnakeCase(name)}`);
}

function strangersIn(record: JsonRecord | undefined, knownNames: readonly string[], place?: string): string[] {
  const accepted = new Set([...knownNames, ...knownNames.map(toSnakeCase)]);
  return Object.keys(record ?? {})
    .filter((name) => !accepted.has(name))
    .map((name) => unknownName(name, place));
}

function schemaComplaints(body: JsonRecord, read: (schema: JsonRecord, place: string) => string[]): string[] {
  const complaints: string[] = [];
  const config = asRecord(eitherCase(body, "generationConfig")) ?? {};
  const answer = asRecord(eitherCase(config, "responseSchema"));
  if (answer !== undefined) complaints.push(...read(answer, "generation_config.response_schema"));
  for (const [index, tool] of recordsOf(body["tools"]).entries()) {
    for (const [place, declaration] of recordsOf(eitherCase(tool, "functionDeclarations")).entries()) {
      for (const name of ["parameters", "response"]) {
        const schema = asRecord(declaration[name]);
        if (schema === undefined) continue;
        complaints.push(...read(schema, `tools[${index}].function_declarations[${place}].${name}`));
      }
    }
  }
  return complaints;
}

function checkReferences(body: JsonRecord): void {
  const config = asRecord(eitherCase(body, "generationConfig")) ?? {};
  const schemas = [asRecord(eitherCase(config, "responseJsonSchema"))];
  for (const [index, tool] of recordsOf(body["tools"]).entries()) {
    for (const [place, declaration] of recordsOf(eitherCase(tool, "functionDeclarations")).entries()) {
      const schema = asRecord(eitherCase(declaration, "parametersJsonSchema"));
      const where = `tools[${index}].function_declarations[${place}].parameters`;
      const bare = schema === undefined ? undefined : bareArrayFault(schema, where);
      if (bare !== undefined) throw new Complaint(bare);
      schemas.push(schema);
    }
  }
  for (const schema of schemas) {
    const fault = schema === undefined ? undefined : referenceFault(schema);
    if (fault !== undefined) throw new Complaint(fault);
  }
}

function checkTools(body: JsonRecord, traits: ModelTraits): void {
  const config = asRecord(eitherCase(body, "generationConfig")) ?? {};
  const tools = recordsOf(body["tools"]);
  const declared = tools.flatMap((tool) => recordsOf(eitherCase(tool, "functionDeclarations")));
  const functionMode = asText(
    asRecord(eitherCase(asRecord(eitherCase(body, "toolConfig")) ?? {}, "functionCallingConfig"))?.["mode"],
  );
  for (const [place, declaration] of declared.entries()) checkDeclaration(declaration, place);
  checkNamesOnce(declared);
  if (declared.length > 0 && eitherCase(config, "responseMimeType") === "application/json") {
    if (traits.generation < 3)
      throw new Complaint("Function calling with a response mime type: 'application/json' is unsupported");
    if (functionMode === "ANY")
      throw new Complaint(
        "Function calling config mode ANY with a response mime type: 'application/json' is unsupported",
      );
  }
  // All tools but functions: a page reader is refused like the search (symfony/ai#803).
  const serverTools = tools.some((tool) =>
    Object.entries(tool).some(([name, value]) => value != null && !functionNames.has(name)),
  );
  if (serverTools) checkServerTools(body, { declared: declared.length > 0, traits });
  if (functionMode === "ANY" && declared.length === 0) {
    throw new Complaint("Function calling config is set without function_declarations.");
  }
  checkAllowedNames(body, declared, functionMode);
}

function checkNamesOnce(declared: readonly JsonRecord[]): void {
  const seenNames = new Set<unknown>();
  for (const { name } of declared) {
    if (seenNames.has(name)) throw new Complaint(`Duplicate function declaration found: ${String(name)}`);
    seenNames.add(name);
  }
}

function checkAllowedNames(body: JsonRecord, declared: readonly JsonRecord[], mode: string | undefined): void {
  const calling = asRecord(eitherCase(asRecord(eitherCase(body, "toolConfig")) ?? {}, "functionCallingConfig"));
  const allowed = asList(eitherCase(calling ?? {}, "allowedFunctionNames")) ?? [];
  const place = "* GenerateContentRequest.tool_config.function_calling_config.allowed_function_names";
  if (allowed.length > 0 && mode?.toUpperCase() !== "ANY" && mode?.toUpperCase() !== "VALIDATED") {
    throw new Complaint(`${place}: allowed_function_names can only be set when the mode is ANY or VALIDATED.\n`);
  }
  for (const [index, name] of allowed.entries()) {
    if (declared.some((declaration) => declaration["name"] === name)) continue;
    throw new Complaint(`${place}[${index}]: function "${String(name)}" is not among the function_declarations.\n`);
  }
}

function checkDeclaration(declaration: JsonRecord, place: number): void {
  const name = asText(declaration["name"]) ?? "";
  if (!/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/.test(name)) {
    throw new Complaint(
      `* GenerateContentRequest.tools[0].function_declarations[${place}].name: Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.\n`,
    );
  }
  const both = declaration["parameters"] !== undefined && eitherCase(declaration, "parametersJsonSchema") !== undefined;
  if (both) throw new Complaint(`Only one of parameters and parameters_json_schema may be set for function ${name}.`);
}

function checkGeneration(config: JsonRecord, traits: ModelTraits): void {
  const temperature = asNumber(config["temperature"]);
  if (temperature !== undefined && (temperature < 0 || temperature > 2)) {
    throw new Complaint(
      `* GenerateContentRequest.generation_config.temperature: Temperature must be in the range [0.0, 2.0].\n`,
    );
  }
  const most = asNumber(eitherCase(config, "maxOutputTokens"));
  if (most !== undefined && most < 1) {
    throw new Complaint(
      "* GenerateContentRequest.generation_config.max_output_tokens: max_output_tokens must be positive.\n",
    );
  }
  const count = asNumber(eitherCase(config, "candidateCount")) ?? 1;
  if (count < 1 || count > 8) throw new Complaint("candidateCount must be between 1 and 8.");
  if ((asList(eitherCase(config, "stopSequences"))?.length ?? 0) > 5) {
    throw new Complaint(
      "* GenerateContentRequest.generation_config.stop_sequences: at most 5 stop sequences are allowed.\n",
    );
  }
  const penalised = ["presencePenalty", "frequencyPenalty"].some(
    (name) => (asNumber(eitherCase(config, name)) ?? 0) !== 0,
  );
  if (penalised && traits.generation === 2.5) throw new Complaint(`Penalty is not enabled for models/${traits.name}`);
  const schemas = ["responseSchema", "responseJsonSchema"].filter((name) => eitherCase(config, name) !== undefined);
  if (schemas.length === 2) throw new Complaint("Only one of response_schema and response_json_schema may be set.");
  if (schemas.length === 1 && eitherCase(config, "responseMimeType") === undefined) {
    throw new Complaint(
      "* GenerateContentRequest.generation_config.response_mime_type: response_schema requires a response_mime_type of application/json.\n",
    );
  }
  checkThinking(asRecord(eitherCase(config, "thinkingConfig")) ?? {}, traits);
}

function checkThinking(thinking: JsonRecord, traits: ModelTraits): void {
  const budget = asNumber(eitherCase(thinking, "thinkingBudget"));
  const level = asText(eitherCase(thinking, "thinkingLevel"));
  if (budget !== undefined && level !== undefined) {
    throw new Complaint("You can only set only one of thinking budget and thinking level.");
  }
  if (level !== undefined && traits.generation < 3)
    throw new Complaint("Thinking level is not supported for this model.");
  if (level !== undefined && !takesLevel(level.toLowerCase(), traits)) {
    const message = `Thinking level ${level.toUpperCase()} is not supported for this model. Please retry with other thinking level.`;
    throw new Complaint(message);
  }
  if (budget === undefined) return;
  if (traits.generation >= 4)
    throw new Complaint("Thinking budget is not supported for this model. Please use thinking level.");
  if (traits.generation < 2.5) throw new Complaint("Thinking is not supported for this model.");
  if (budget === 0 && traits.isPro) throw new Complaint("Budget 0 is invalid. This model only works in thinking mode.");
  const [least, most] = budgetsOf(traits);
  if (budget === -1 || budget === 0 || (budget >= least && budget <= most)) return;
  throw new Complaint(`The thinking budget ${budget} is invalid. Please choose a value between ${least} and ${most}.`);
}

function takesLevel(level: string, { isPro, name }: ModelTraits): boolean {
  if (level === "xhigh") return name.includes("hydrogen");
  return level !== "minimal" || !isPro;
}

/** From the vendor's page on thinking. */
function budgetsOf({ generation, isPro, name }: ModelTraits): readonly [number, number] {
  if (generation >= 3) return [0, 32_768];
  if (isPro) return [128, 32_768];
  return name.includes("lite") ? [512, 24_576] : [0, 24_576];
}
