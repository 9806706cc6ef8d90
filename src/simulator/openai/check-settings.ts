// OpenAI's checks of settings that only some model generations know, with its messages. Each of its two services has
// its own message for a refused value. Throws a Complaint.
import { asRecord, recordsOf, show, type JsonRecord } from "../json-record.ts";
import { Complaint, listOf, unsupportedParameter } from "./envelope.ts";
import type { ModelTraits } from "./models.ts";

interface SettingsQuestion {
  readonly service: "chat" | "responses";
  readonly traits: ModelTraits;
  readonly model: string;
}

export function checkSettings(body: JsonRecord, question: SettingsQuestion): void {
  const { settings } = question.traits;
  const isChat = question.service === "chat";
  const verbosity = isChat ? body["verbosity"] : asRecord(body["text"])?.["verbosity"];
  checkValue(
    verbosity,
    { param: isChat ? "verbosity" : "text.verbosity", allowedValues: settings.verbosities },
    question,
  );
  checkCache(body, settings);
  for (const [place, part] of partsOf(body, isChat)) checkPart(part, place, settings);
  if (isChat) {
    if (body["prediction"] != null && !settings.takesPrediction) throw refused("prediction");
    if (body["parallel_tool_calls"] != null && !settings.takesParallel) throw refused("parallel_tool_calls");
  } else {
    checkReasoning(asRecord(body["reasoning"]) ?? {}, question);
  }
}

/** The message about `mode` was seen for other members only. */
function checkReasoning(reasoning: JsonRecord, question: SettingsQuestion): void {
  const { settings, reasons } = question.traits;
  if (!reasons) {
    const unsupportedName = ["context", "mode"].find((name) => reasoning[name] != null);
    if (unsupportedName !== undefined) throw refused(`reasoning.${unsupportedName}`);
    return;
  }
  if (reasoning["summary"] != null && settings.summaries.length === 0) throw refused("reasoning.summary");
  checkValue(reasoning["summary"], { param: "reasoning.summary", allowedValues: settings.summaries }, question);
  checkValue(reasoning["context"], { param: "reasoning.context", allowedValues: settings.contexts }, question);
  if (reasoning["mode"] != null && !settings.isNewest) throw refused("reasoning.mode");
}

/**
 * The message about the retention is recorded (OpenHands/software-agent-sdk#2295); those about the options are modelled
 * on it.
 */
function checkCache(body: JsonRecord, { retentions, isNewest }: ModelTraits["settings"]): void {
  const retention = body["prompt_cache_retention"];
  if (retention != null && !retentions.includes(show(retention))) {
    const param = "prompt_cache_retention";
    const message =
      retentions.length === 0
        ? `${param} is not supported on this model`
        : "This model is compatible only with 24h extended prompt caching";
    throw new Complaint({ message, param, code: "invalid_parameter" });
  }
  if (body["prompt_cache_options"] == null || isNewest) return;
  const param = "prompt_cache_options";
  throw new Complaint({ message: `${param} is not supported on this model`, param, code: "invalid_parameter" });
}

/** All parts of the input, with their paths. */
function* partsOf(body: JsonRecord, isChat: boolean): Generator<readonly [place: string, part: JsonRecord]> {
  const name = isChat ? "messages" : "input";
  for (const [index, item] of recordsOf(body[name]).entries())
    for (const member of ["content", "output"])
      for (const [at, part] of recordsOf(item[member]).entries()) yield [`${name}[${index}].${member}[${at}]`, part];
}

/**
 * The message about a detail is recorded for one that no model takes (quarkiverse/quarkus-langchain4j#412); those about
 * a mark are modelled on those about the cache's options.
 */
function checkPart(part: JsonRecord, place: string, { details, isNewest }: ModelTraits["settings"]): void {
  if (part["prompt_cache_breakpoint"] != null && !isNewest) {
    const message = "prompt_cache_breakpoint is not supported on this model";
    throw new Complaint({ message, param: `${place}.prompt_cache_breakpoint`, code: "invalid_parameter" });
  }
  const [image, inner] = part["type"] === "input_image" ? [part, ""] : [asRecord(part["image_url"]), ".image_url"];
  const detail = image?.["detail"];
  if (detail == null || details.includes(show(detail))) return;
  const message = `Invalid value: '${show(detail)}'. Supported values are: ${listOf(details)}.`;
  throw new Complaint({ message, param: `${place}${inner}.detail`, code: "invalid_value" });
}

interface Setting {
  readonly param: string;
  readonly allowedValues: readonly string[];
}

function checkValue(value: unknown, { param, allowedValues }: Setting, { service, model }: SettingsQuestion): void {
  if (value === undefined || value === null || allowedValues.includes(show(value))) return;
  const shownValue =
    service === "chat"
      ? `'${param}' does not support '${show(value)}' with this model`
      : `'${show(value)}' is not supported with the '${model}' model`;
  const message = `Unsupported value: ${shownValue}. Supported values are: ${listOf(allowedValues)}.`;
  throw new Complaint({ message, param, code: "unsupported_value" });
}

function refused(name: string): Complaint {
  return new Complaint(unsupportedParameter(name));
}
