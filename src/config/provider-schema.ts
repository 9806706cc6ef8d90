// The schema of a provider in a configuration file: its address, account, keys and models. Shape only; see schema.ts.
import type { z } from "zod";
import type { ConfigFile } from "./config-file.ts";
import { balanceRules } from "../core/rules.ts";
import { modelSchema } from "./model-schema.ts";
import { choice, strict, text } from "./schema-forms.ts";
import { zod } from "./zod.ts";

const GUARDRAIL_ID = "must be a guardrail's id or ARN";
const GUARDRAIL_VERSION = "must be a guardrail's version: a number, or DRAFT";

/** What a cloud's addresses are made of. */
const accountSchema = () => {
  const z = zod();
  const places = (what: string) => {
    const message = `must be ${what}, or a list of them`;
    return z.union([z.string(message), z.array(z.string(message), message).min(1, "needs at least one")], message);
  };
  return {
    resource: places("a resource").optional().meta({
      description: "The resource's name or host, at clouds that have one in their addresses; or a list.",
    }),
    api_version: z.string("must be a version").optional().meta({ description: "The cloud's API version, as a date." }),
    account: z.string("must be an account").optional().meta({
      description: "The account's id, at hosts that have one in their addresses.",
    }),
    workspace: z.string("must be a workspace").optional().meta({ description: "The workspace's host." }),
    project: z.string("must be a project").optional().meta({ description: "The cloud's project." }),
    location: places("a location").optional().meta({ description: "The cloud's location, or a list of them." }),
    region: places("a region")
      .optional()
      .meta({ description: "The cloud's region, or that of a vendor's host; or a list of them." }),
  };
};

const guardrailSchema = () => {
  const z = zod();
  return strict({
    id: z
      .string(GUARDRAIL_ID)
      .regex(/^(?:[a-z0-9]+|arn:aws[a-z-]*:[a-z]+:[a-z0-9-]{1,20}:\d{12}:guardrail\/[a-z0-9]+)$/u, GUARDRAIL_ID),
    version: z
      .union([z.string(GUARDRAIL_VERSION), z.number(GUARDRAIL_VERSION)], GUARDRAIL_VERSION)
      .transform(String)
      .refine((value) => /^(?:[1-9]\d{0,7}|DRAFT)$/u.test(value), GUARDRAIL_VERSION),
    trace: choice(["enabled", "enabled_full", "disabled"]).optional(),
    stream: choice(["sync", "async"]).optional(),
  })
    .optional()
    .meta({ description: "A guardrail of the cloud, on every request." });
};

export const providerSchema = (): z.ZodType<NonNullable<ConfigFile["providers"]>[string]> => {
  const z = zod();
  const key = text("a key, e.g. ${MY_API_KEY}");
  return strict({
    kind: text("a provider of the catalogue, or openai-compatible").optional().meta({
      description: "The provider of the catalogue that it behaves like; openai-compatible for any other server.",
    }),
    base_url: text("an http or https address").optional().meta({
      description: "The URL up to the protocol's own path, e.g. https://api.example.com/v1.",
    }),
    ...accountSchema(),
    by: choice(balanceRules).optional().meta({
      description: "How one of several locations, regions or resources is chosen. Default: in the written order.",
    }),
    credentials: z
      .record(z.string(), z.string("must be a string"), "takes a map")
      .optional()
      .meta({ description: "A cloud's credentials, instead of api_key." }),
    protocol: z.enum(["chat", "responses"], "must be chat or responses").optional().meta({
      description: "Use Chat Completions or Responses for every model. Default: decided by the model.",
    }),
    api_key: z
      .union(
        [key, z.array(key, "must be a list of keys").min(1, "needs at least one key")],
        "must be a key or a list of keys",
      )
      .optional()
      .meta({ description: "One API key, or a pool of them. ${NAME} takes it from the environment." }),
    headers: z
      .record(z.string(), z.string("must be a string"), "takes a map of headers, e.g. { x-team: search }")
      .optional()
      .meta({ description: "Sent with every request to this provider." }),
    second_protocols: z.boolean("must be true or false").optional().meta({
      description: "true: base_url takes the further protocols of the vendor's usual address, too. Default false.",
    }),
    model_list: z
      .union([z.enum(["off", "false"]), z.literal(false)], "must be off, or left out")
      .optional()
      .meta({ description: "off: this provider is not asked for its list of models." }),
    auth: strict({
      header: text("a header's name, e.g. x-api-key"),
      scheme: text("a word such as Token").optional(),
    })
      .optional()
      .meta({ description: "The header of the API key, and a word before it. Default: as the kind has it." }),
    guardrail: guardrailSchema(),
    quirks: z
      .array(text("a quirk's name"), "must be a list of names, e.g. [short-tool-ids]")
      .optional()
      .meta({ description: "Deviations of the server that the gateway corrects in requests, by name." }),
    models: z
      .record(z.string(), modelSchema(), "takes a map of models, e.g. { my-model: { tools: true } }")
      .optional()
      .meta({
        description:
          "Capabilities and prices of models, by name or by a pattern such as small-*. They override the catalogue.",
      }),
  }).nullable();
};
