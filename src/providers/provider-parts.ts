// The quirks and the kinds of authentication that an operator's own provider can have, by name: those of the catalogue's rows
// that fit any host. Which row uses which is in lab-extras.ts and host-extras.ts.
import type { ProviderParts } from "../core/provider-parts.ts";
import type { Quirk } from "../core/provider.ts";
import { apiKeyHeader } from "./auth/api-key-header.ts";
import { anyToolChoice } from "./quirks/any-tool-choice.ts";
import { mostTemperature } from "./quirks/most-temperature.ts";
import { noForcedToolChoice } from "./quirks/no-forced-tool-choice.ts";
import { olderTokenLimit } from "./quirks/older-token-limit.ts";
import { ownStreamUsage } from "./quirks/own-stream-usage.ts";
import { randomSeed } from "./quirks/random-seed.ts";
import { reasoningSwitch, thinkingType } from "./quirks/reasoning-switch.ts";
import { shortToolIds } from "./quirks/short-tool-ids.ts";
import { typesInBranches } from "./quirks/types-in-branches.ts";

const quirks: readonly Quirk[] = [
  shortToolIds,
  anyToolChoice,
  noForcedToolChoice,
  typesInBranches,
  randomSeed,
  olderTokenLimit,
  ownStreamUsage,
  { ...mostTemperature(1), name: "most-temperature-1" },
  thinkingType(false),
  thinkingType(true),
  reasoningSwitch({
    name: "enable-thinking",
    keepsEffort: false,
    on: { enable_thinking: true },
    off: { enable_thinking: false },
  }),
  reasoningSwitch({
    name: "template-switch",
    keepsEffort: false,
    on: { chat_template_kwargs: { enable_thinking: true } },
    off: { chat_template_kwargs: { enable_thinking: false } },
  }),
  reasoningSwitch({ name: "reasoning-enabled", keepsEffort: true, off: { reasoning: { enabled: false } } }),
  reasoningSwitch({ name: "no-effort", keepsEffort: false }),
];

export const providerParts: ProviderParts = {
  quirks: new Map(quirks.map((quirk) => [quirk.name, { ...quirk, protocol: "openai-chat" }])),
  keyHeader: (header, scheme) => apiKeyHeader(header, scheme ?? undefined),
};
