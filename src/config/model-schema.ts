// The schema of what an operator says of a model: its capabilities, limits and price. Shape only; see schema.ts.
import type { z } from "zod";
import { efforts } from "../core/chat.ts";
import type { ModelConfig } from "./config-file.ts";
import { abilityFacts } from "./model-facts.ts";
import { priceSchema } from "./policy-schema.ts";
import { strict, text, tokens } from "./schema-forms.ts";
import { zod } from "./zod.ts";

export const modelSchema = (): z.ZodType<ModelConfig> => {
  const z = zod();
  const ability = z.boolean("must be true, false, or null for unknown").nullable().optional();
  const abilities = Object.fromEntries(Object.keys(abilityFacts).map((name) => [name, ability]));
  return strict({
    like: text("a model's name, or provider/model").optional().meta({
      description: "A model of the catalogue with the same capabilities.",
    }),
    context: tokens("The context window, in tokens.").nullable().optional(),
    output: tokens("The most output tokens.").nullable().optional(),
    ...abilities,
    region: text("a region, e.g. us")
      .optional()
      .meta({ description: "Where the model runs, as you vouch: it serves callers that demand this region." }),
    efforts: z
      .array(z.enum(efforts, `must be one of ${efforts.join(", ")}`), "must be a list, e.g. [none, high]")
      .min(1, "needs at least one")
      .optional()
      .meta({ description: "The values that it takes in reasoning_effort." }),
    reasoning_field: z
      .enum(["reasoning_content", "reasoning"], "must be reasoning_content or reasoning")
      .optional()
      .meta({ description: "The member in which it takes back the reasoning of earlier turns." }),
    system_messages: z
      .enum(["anywhere", "leading", "one", "none"], "must be anywhere, leading, one or none")
      .optional()
      .meta({ description: "Where it takes system messages." }),
    turn_order: z
      .enum(["alternating", "assistant-after-tool"], "must be alternating or assistant-after-tool")
      .optional()
      .meta({ description: "The order that it demands of the other messages." }),
    system_role: z
      .enum(["system", "developer"], "must be system or developer")
      .optional()
      .meta({ description: "The role of instructions." }),
    max_tokens_field: z
      .enum(["max_tokens", "max_completion_tokens"], "must be max_tokens or max_completion_tokens")
      .optional()
      .meta({
        description: "The name of the parameter for the most output tokens.",
      }),
    price: priceSchema()
      .optional()
      .meta({ description: "US dollars per million tokens. Default: the list price, if known." }),
  }) as z.ZodType<ModelConfig>;
};
