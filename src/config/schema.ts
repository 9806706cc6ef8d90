// The shape of a configuration file, checked at load and published as a JSON Schema for editors. It checks form only;
// what names refer to is checked where they are resolved. Custom messages never quote a value: it could be a key.
import { z } from "zod";
import type { ConfigFile, ModelConfig, NodeConfig } from "./config-file.ts";
import { verdicts } from "../core/verdict.ts";
import { DURATION_FORM, SIZE_FORM, parseDuration, parseSize } from "./duration.ts";
import { UNKNOWN_KEYS } from "./issues.ts";
import { abilityFacts } from "./model-facts.ts";

/** An object that takes no other keys; the known ones travel in the message, for "Did you mean ...?". */
const strict = <Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `${UNKNOWN_KEYS}${Object.keys(shape).join(" ")}`
        : "must be a map of settings",
  });

const text = (what: string): z.ZodString => z.string(`must be ${what}`).min(1, `must be ${what}`);

const duration = (about: string, allowZero = false): z.ZodString =>
  z
    .string(`must be ${DURATION_FORM}`)
    .refine((value) => {
      const milliseconds = parseDuration(value);
      return milliseconds !== null && (allowZero || milliseconds > 0);
    }, `must be ${DURATION_FORM}`)
    .meta({ description: about, examples: ["3s"] });

const wholeNumber = (about: string, least: number, most: number): z.ZodType<number | string> => {
  const message = `must be a whole number from ${least} to ${most}`;
  const inRange = (value: number | string): boolean =>
    /^\d+$/.test(String(value).trim()) && Number(value) >= least && Number(value) <= most;
  return z.union([z.number(), z.string()], message).refine(inRange, message).meta({ description: about });
};

const status = (): z.ZodNumber => {
  const message = "must be an HTTP status from 100 to 599";
  return z.int(message).min(100, message).max(599, message);
};

const trigger = (): z.ZodType<string | number> => {
  const message = "must be a verdict such as rate_limited, a status such as 503, or default";
  const never = new Set<string>(["ok", "cancelled"]);
  const known = new Set<string>([...verdicts.filter((verdict) => !never.has(verdict)), "default"]);
  return z.union([z.string(), z.number()], message).superRefine((value, context) => {
    const isStatus = /^[1-5]\d\d$/.test(String(value));
    if (isStatus || known.has(String(value))) return;
    const unknown = typeof value === "string" && /^[a-z_]{1,40}$/.test(value);
    context.addIssue({ code: "custom", message, ...(unknown ? { params: { name: value, known: [...known] } } : {}) });
  });
};

const json: z.ZodType<z.core.util.JSONType> = z.json();

const policies = {
  timeout: strict({
    connect: duration("Until the connection stands. Default 3s.").optional(),
    first_token: duration(
      "From the attempt's start to the first content. Default: 10s streamed, 30s for a whole answer, 60s where reasoning is asked for.",
    ).optional(),
    headers: duration("Until the response's head. Default: first_token covers it.").optional(),
    idle: duration("The longest silence between two reads. Default 15s.").optional(),
    total: duration("The whole call: attempts, waits and streaming. Default 10m.").optional(),
  }).optional(),
  retry: strict({
    attempts: wholeNumber("Further tries on the same target. Default 1.", 0, 20).optional(),
    max_wait: duration(
      "The longest wait between two tries; a longer hint means the next target now. Default 3s.",
      true,
    ).optional(),
    statuses: z.array(status(), "must be a list of HTTP statuses").optional().meta({
      description: "Statuses that are retried. Default: as the verdict says.",
    }),
    hints: z
      .union([z.boolean(), z.enum(["true", "false"])], "must be true or false")
      .optional()
      .meta({ description: "Whether vendors' wait hints are followed. Default true." }),
  }).optional(),
  breaker: z
    .union(
      [
        strict({
          failures: wholeNumber("Failures in a row that open it. Default 5.", 1, 1_000_000).optional(),
          rest: duration("The first rest; doubles up to max_rest. Default 2s.").optional(),
          max_rest: duration("The longest rest. Default 5s.").optional(),
        }),
        z.enum(["off", "false"]),
        z.literal(false),
      ],
      "must be a map of settings, or off",
    )
    .transform((value) => (value === "false" ? false : value))
    .optional(),
  params: z
    .record(z.string(), json, "must be a map of request parameters")
    .optional()
    .meta({ description: "Request parameters that are set or replaced, e.g. { temperature: 0.3 }." }),
  fallback_on: z
    .array(trigger(), "must be a list of verdicts and statuses, e.g. [default, policy_blocked] or [rate_limited, 503]")
    .optional()
    .meta({ description: "Which verdicts and statuses lead to the next child." }),
  mid_stream: z
    .enum(
      ["error", "continue", "restart"],
      "must be error (continue and restart are not available in this version yet)",
    )
    .optional()
    .meta({ description: "What follows a break after the first content. Only error in this version." }),
};

const nodeSchema = (): z.ZodType<NodeConfig> => {
  const node: z.ZodType<NodeConfig> = z.lazy(() => z.union([target, object], "must be provider/model or a map"));
  const nodes = z.array(node, "must be a list of targets").optional();
  const target = text("provider/model").meta({
    description: "provider/model: a name under providers, and the name of a model there.",
  });
  const later = "Not available in this version yet.";
  const object: z.ZodType<NodeConfig> = strict({
    target: target.optional(),
    fallback: nodes.meta({ description: "In order, until one answers." }),
    route: text("a route's name").optional().meta({ description: "Another route." }),
    ...policies,
    weight: wholeNumber("Only counts within balance.", 0, 1_000_000).optional(),
    balance: nodes.meta({ description: later }),
    by: z.string().optional().meta({ description: later }),
    when: z.array(z.unknown()).optional().meta({ description: later }),
    else: node.optional().meta({ description: later }),
    hedge: nodes.meta({ description: later }),
    after: z.string().optional().meta({ description: later }),
    requires: z.unknown().optional().meta({ description: later }),
  });
  return node;
};

const modelSchema = (): z.ZodType<ModelConfig> => {
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

const serverSchema = strict({
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
});

/** The schema of a whole file. Built on demand: nothing is kept in the module that a start without a file would pay for. */
export const createConfigSchema = (): z.ZodType<ConfigFile> =>
  strict({
    $schema: z.string().optional(),
    providers: z.record(z.string(), providerSchema(), "must be a map from names to providers").optional().meta({
      description: "Who can answer.",
    }),
    routes: z.record(z.string(), nodeSchema(), "must be a map from names to routes").optional().meta({
      description: "What a client asks for as `model`.",
    }),
    defaults: strict(policies).optional().meta({ description: "Policies that hold where a route says nothing." }),
    server: serverSchema.optional(),
    ledger: strict({
      memory: wholeNumber("Records kept in memory. Default 1000.", 0, 10_000_000).optional(),
      file: text("a file's path").optional().meta({ description: "JSON lines are appended here." }),
    }).optional(),
  }) as unknown as z.ZodType<ConfigFile>;
