// The shape of a configuration file, checked at load and published as a JSON Schema for editors. It checks form only;
// what names refer to is checked where they are resolved. Custom messages never quote a value: it could be a key.
import type { z } from "zod";
import type { ConfigFile, ModelConfig, NodeConfig } from "./config-file.ts";
import { balanceRules } from "../core/rules.ts";
import { SIZE_FORM, parseDuration, parseQuantile, parseSize } from "../domain/duration.ts";
import { abilityFacts } from "./model-facts.ts";
import { policies } from "./policy-schema.ts";
import { choice, duration, json, number, share, strict, text, wholeNumber } from "./schema-forms.ts";
import { zod } from "./zod.ts";

const stickBy = (): z.ZodString =>
  zod()
    .string("must be conversation, or metadata.NAME")
    .regex(/^(conversation|metadata\.\S+)$/, "must be conversation, or metadata.NAME")
    .meta({ examples: ["conversation", "metadata.user"] });

const HEDGE_DELAY = "must be a quantile such as p95, or a duration such as 800ms";
const hedgeDelay = (): z.ZodString =>
  zod()
    .string(HEDGE_DELAY)
    .refine((value) => parseQuantile(value) !== null || (parseDuration(value) ?? 0) > 0, HEDGE_DELAY)
    .meta({ examples: ["p95", "800ms"] });

const nodeSchema = (): z.ZodType<NodeConfig> => {
  const z = zod();
  const node: z.ZodType<NodeConfig> = z.lazy(() => z.union([target, object], "must be provider/model or a map"));
  const nodes = z.array(node, "must be a list of targets").optional();
  const target = text("provider/model").meta({
    description: "provider/model: a name under providers, and the name of a model there.",
  });
  const condition = z.record(z.string(), json(), "must be a map, e.g. { metadata.plan: pro }");
  const cases = strict({ if: condition, use: node });
  const object: z.ZodType<NodeConfig> = strict({
    target: target.optional(),
    fallback: nodes.meta({ description: "In order, until one answers." }),
    route: text("a route's name").optional().meta({ description: "Another route." }),
    ...policies(),
    weight: number("must be a number from 0 to 1000000", 1_000_000)
      .optional()
      .meta({ description: "The share of a balance's child, beside its siblings'. Default 1." }),
    prefer: choice(["fastest"]).optional().meta({
      description: "In a fallback: a later child leads while the first is markedly slower.",
    }),
    balance: nodes.meta({ description: "One is chosen by `by`, then the rest are asked until one answers." }),
    by: choice(balanceRules).optional().meta({ description: "How a balance chooses. Default weight." }),
    stick: strict({ by: stickBy() }).optional().meta({
      description: "Keeps a caller's requests with one child of a balance, as long as that one answers.",
    }),
    when: z.array(cases, "must be a list of { if: ..., use: ... }").optional().meta({
      description: "The first case whose condition holds.",
    }),
    else: node.optional().meta({ description: "What serves the requests that no case of `when` is for." }),
    hedge: nodes.meta({ description: "In order; the next is asked as well when those before are late." }),
    after: hedgeDelay().optional().meta({ description: "When the first is late: p95, or a duration. Default p95." }),
    cap: share().optional().meta({ description: "The share of requests that may be hedged. Default 10%." }),
    side_effects: choice(["allowed"]).optional().meta({
      description: "Hedge requests that bring tools as well.",
    }),
  });
  return node;
};

const modelSchema = (): z.ZodType<ModelConfig> => {
  const z = zod();
  const tokens = (about: string) => wholeNumber(about, 1, 1_000_000_000).nullable().optional();
  const ability = z.boolean("must be true, false, or null where it is unknown").nullable().optional();
  const abilities = Object.fromEntries(Object.keys(abilityFacts).map((name) => [name, ability]));
  return strict({
    like: text("a model's name, or provider/model").optional().meta({
      description: "The model whose facts it has, where its own name tells nothing.",
    }),
    context: tokens("Tokens of question and answer together."),
    output: tokens("Tokens of the answer at most."),
    ...abilities,
    system_role: z
      .enum(["system", "developer"], "must be system or developer")
      .optional()
      .meta({ description: "The role of the instructions." }),
    max_tokens_field: z
      .enum(["max_tokens", "max_completion_tokens"], "must be max_tokens or max_completion_tokens")
      .optional()
      .meta({
        description: "What the answer's limit is called.",
      }),
  }) as z.ZodType<ModelConfig>;
};

const providerSchema = (): z.ZodType<NonNullable<ConfigFile["providers"]>[string]> => {
  const z = zod();
  const key = text("a key, e.g. ${MY_API_KEY}");
  return strict({
    kind: text("a provider of the catalogue, or openai-compatible").optional().meta({
      description: "The provider whose protocol and habits it has; openai-compatible for any other server.",
    }),
    base_url: text("an http or https address").optional().meta({
      description: "Everything before the protocol's own path, e.g. https://api.example.com/v1.",
    }),
    protocol: z.enum(["chat", "responses"], "must be chat or responses").optional().meta({
      description: "Hold all conversations in Chat Completions, or in Responses. Default: as its models need.",
    }),
    api_key: z
      .union(
        [key, z.array(key, "must be a list of keys").min(1, "must hold at least one key")],
        "must be a key or a list of keys",
      )
      .optional()
      .meta({ description: "One key, or a pool of them. Write ${NAME}: the environment's value." }),
    headers: z
      .record(z.string(), z.string("must be text"), "must be a map of headers")
      .optional()
      .meta({ description: "Sent with every request to this provider." }),
    models: z.record(z.string(), modelSchema(), "must be a map from models to what they can do").optional().meta({
      description: "What models can do, over the catalogue: by name, or by pattern such as small-*.",
    }),
  }).nullable();
};

const serverSchema = (): z.ZodType<ConfigFile["server"]> => {
  const z = zod();
  return strict({
    host: text("a host name or an address").optional().meta({ description: "Default 127.0.0.1." }),
    port: wholeNumber("Default 8787; 0 takes any free one.", 0, 65_535).optional(),
    max_body: z
      .union([z.string(), z.number()], `must be ${SIZE_FORM}`)
      .refine((value) => (parseSize(value) ?? 0) > 0, `must be ${SIZE_FORM}`)
      .optional()
      .meta({ description: "The largest request body. Default 32mb." }),
    max_depth: wholeNumber("How deep a request body may nest. Default 64.", 1, 10_000).optional(),
    grace: duration("How long a stop waits for streams that are under way. Default 30s.", true).optional(),
    keys: z
      .union([text("a key"), z.array(text("a key"), "must be a list of keys")], "must be a key or a list of keys")
      .optional()
      .meta({ description: "Keys that clients must present. Default: none, anyone who reaches the port is served." }),
    admin_key: text("a key").optional().meta({ description: "The operator's key for /admin. Default: none." }),
  }) as unknown as z.ZodType<ConfigFile["server"]>;
};

/** The schema of a whole file. Built on demand: nothing is kept in the module that a start without a file would pay for. */
export const createConfigSchema = (): z.ZodType<ConfigFile> => {
  const z = zod();
  return strict({
    $schema: z.string().optional(),
    providers: z.record(z.string(), providerSchema(), "must be a map from names to providers").optional().meta({
      description: "Who can answer.",
    }),
    routes: z.record(z.string(), nodeSchema(), "must be a map from names to routes").optional().meta({
      description: "What a client asks for as `model`.",
    }),
    defaults: strict(policies()).optional().meta({ description: "Policies that hold where a route says nothing." }),
    server: serverSchema().optional(),
    ledger: strict({
      memory: wholeNumber("Records kept in memory. Default 1000.", 0, 10_000_000).optional(),
      file: text("a file's path").optional().meta({ description: "JSON lines are appended here." }),
    }).optional(),
  }) as unknown as z.ZodType<ConfigFile>;
};
