// The facts about a model under each kind of provider: one total function per kind, over the tables in families/. An
// unknown model gives nulls, which exclude nothing. It must never guess a limit.
import type { ModelFacts } from "../core/provider.ts";
import { claudeFamilies } from "./families/claude.ts";
import { findFacts, unknownFacts } from "./families/family.ts";
import { geminiFamilies } from "./families/gemini.ts";
import { openFamilies } from "./families/open.ts";
import { openaiFamilies, mayDetour, withDetour, withPromptCache, withNewerParts } from "./families/openai.ts";

/** Models served by OpenAI itself. A fine-tuned model (`ft:gpt-4o:…`) has the facts of its base. */
export function openaiFacts(model: string): ModelFacts {
  const name = model.replace(/^ft:/i, "").toLowerCase();
  return withNewerParts(withPromptCache(withDetour(findFacts(openaiFamilies, openaiBase, name), name), name), name);
}

/** Models of the Gemini API. `models/` before the name is Google's own long form. */
export function geminiFacts(model: string): ModelFacts {
  return findFacts(geminiFamilies, geminiBase, model.replace(/^(models|publishers\/google\/models)\//i, ""));
}

/** Another vendor's models behind an endpoint of Anthropic's protocol; Claude's own keep their facts. */
export function messagesFacts(differences: HostFacts): (model: string) => ModelFacts {
  const differencesOf = typeof differences === "function" ? differences : (): Partial<ModelFacts> => differences;
  return (model) => ({ ...claudeFacts(model), ...differencesOf(model) });
}

/** Claude models, wherever they are served through the Messages protocol. */
export function claudeFacts(model: string): ModelFacts {
  return findFacts(claudeFamilies, claudeBase, model);
}

/** What a host does differently, for all of its models or by the model's name. */
export type HostFacts = Partial<ModelFacts> | ((model: string) => Partial<ModelFacts>);

/**
 * Models behind an OpenAI-compatible host. A model's abilities come from its own family; field names and values are the
 * host's: `system`, `max_tokens`, a plain effort. `differences` are the host's, and win.
 */
export function compatibleFacts(differences: HostFacts): (model: string) => ModelFacts {
  const differencesOf = typeof differences === "function" ? differences : (): Partial<ModelFacts> => differences;
  return (model) => ({ ...hostedFacts(model), ...differencesOf(model) });
}

// `vendor/name`, `accounts/x/models/name` and `name:variant` all end in the name that the families know.
function hostedFacts(model: string): ModelFacts {
  const facts = knownFacts(model.slice(model.lastIndexOf("/") + 1));
  // Hosts that copied OpenAI's protocols know only functions, unless they serve OpenAI's own models.
  return { ...facts, customTools: facts.customTools ?? false, toolSearch: facts.toolSearch ?? false };
}

function knownFacts(name: string): ModelFacts {
  const open = findFacts(openFamilies, unknownFacts, name);
  if (open !== unknownFacts) return open;
  const house = findFacts(openaiFamilies, unknownFacts, name);
  // A host of OpenAI's own models takes what they take.
  if (house !== unknownFacts) return { ...house, ...asHosted(house), systemMessages: "anywhere" };
  const home = findFacts([...geminiFamilies, ...claudeFamilies], unknownFacts, name);
  if (home === unknownFacts) return unknownFacts;
  return { ...home, ...asHosted(home) };
}

function asHosted(home: ModelFacts): Partial<ModelFacts> {
  return {
    imageUrls: null,
    jsonSchema: home.jsonSchema === true ? null : home.jsonSchema,
    jsonWithTools: null,
    signatures: false,
    reasoningField: undefined,
    // The operator must set another host's second protocol.
    detour: undefined,
    promptCache: undefined,
    webSearch: home.webSearch === true ? true : null,
    systemRole: "system",
    maxTokensField: "max_tokens",
    reasoning: home.reasoning.style === "none" ? home.reasoning : hostedReasoning,
  };
}

const hostedReasoning: ModelFacts["reasoning"] = { style: "effort", efforts: ["low", "medium", "high"] };
const openaiBase: ModelFacts = {
  ...unknownFacts,
  imageUrls: true,
  maxTokensField: "max_completion_tokens",
  reasoningField: null,
  systemMessages: "anywhere",
  // "Invalid 'user': string too long. Expected a string with maximum length 64" (maximhq/bifrost#1000).
  longestName: 64,
  // "Invalid 'tools': array too long. Expected an array with maximum length 128" (anomalyco/opencode#4909).
  mostTools: 128,
  // "Expected an object with at most 16 properties" (BerriAI/litellm#4257).
  mostNotes: 16,
  ...mayDetour,
};
const geminiBase: ModelFacts = { ...unknownFacts, imageUrls: false };
const claudeBase: ModelFacts = {
  ...unknownFacts,
  logprobs: false,
  multipleChoices: false,
  seed: false,
  penalties: false,
  audio: false,
  oneSampler: true,
};
