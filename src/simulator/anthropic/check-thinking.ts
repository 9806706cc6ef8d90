// Anthropic's checks of `thinking`: what the model's generation takes, and what conflicts with it. Source: the vendor's
// pages "Troubleshooting thinking" and "Extended thinking". Throws a Complaint.
import { asNumber, asRecord, asText, type JsonRecord } from "../json-record.ts";
import { Complaint } from "./envelope.ts";
import type { ModelTraits } from "./models.ts";

const kinds: readonly string[] = ["adaptive", "between_tools", "disabled", "enabled"];
const displays: readonly string[] = ["summarized", "omitted", "updates"];

interface Thinker {
  readonly traits: ModelTraits;
  readonly name: string;
  readonly betas: ReadonlySet<string>;
}

export function checkThinking(body: JsonRecord, { traits, name, betas }: Thinker): void {
  const thinking = asRecord(body["thinking"]);
  const kind = asText(thinking?.["type"]);
  if (thinking === undefined) return;
  if (kind === undefined || !kinds.includes(kind)) {
    throw new Complaint(
      `thinking: Input tag '${kind ?? ""}' found using 'type' does not match any of the expected tags: ${kinds.map((one) => `'${one}'`).join(", ")}`,
    );
  }
  if (!traits.thinking.has(kind)) throw new Complaint(refusal(kind, traits, name));
  const display = thinking["display"];
  if (display !== undefined && display !== null && !displays.includes(asText(display) ?? ""))
    throw new Complaint(`thinking.${kind}.display: Input should be 'summarized', 'omitted' or 'updates'`);
  if (kind === "disabled") return;
  if (kind === "enabled") checkBudget(thinking, body, betas);
  checkBeside(body, kind);
}

function refusal(kind: string, { generation, thinking }: ModelTraits, name: string): string {
  if (generation < 3.7) return `'${name}' does not support thinking.`;
  if (kind === "adaptive") return "adaptive thinking is not supported on this model";
  const instead =
    kind === "disabled" && /fable|mythos/.test(name)
      ? 'Thinking defaults to adaptive mode when not specified; use "thinking.type.enabled" with "budget_tokens" for extended thinking.'
      : 'Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.';
  return `"thinking.type.${kind}" is not supported for this model.${thinking.has("adaptive") ? ` ${instead}` : ""}`;
}

function checkBeside(body: JsonRecord, kind: string): void {
  const temperature = asNumber(body["temperature"]);
  if (temperature !== undefined && temperature !== 1) {
    throw new Complaint(
      "`temperature` may only be set to 1 when thinking is enabled. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#important-considerations-when-using-extended-thinking",
    );
  }
  const topP = asNumber(body["top_p"]);
  if (topP !== undefined && topP < 0.95) {
    throw new Complaint("`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.");
  }
  if (body["top_k"] !== undefined) throw new Complaint("`top_k` must be unset when thinking is enabled.");
  const forced = asText(asRecord(body["tool_choice"])?.["type"]);
  if (kind === "enabled" && (forced === "any" || forced === "tool")) {
    throw new Complaint("Thinking may not be enabled when tool_choice forces tool use.");
  }
}

function checkBudget(thinking: JsonRecord, body: JsonRecord, betas: ReadonlySet<string>): void {
  const budget = asNumber(thinking["budget_tokens"]);
  if (budget === undefined) throw new Complaint("thinking.enabled.budget_tokens: Field required");
  if (budget < 1024)
    throw new Complaint("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
  // Between calls the budget counts for the whole turn.
  if ([...betas].some((beta) => beta.startsWith("interleaved-thinking-"))) return;
  if (budget >= (asNumber(body["max_tokens"]) ?? 0)) {
    throw new Complaint(
      "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size",
    );
  }
}
