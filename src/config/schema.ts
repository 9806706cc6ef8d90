// The shape of a configuration file, checked at load and published as a JSON Schema for editors. It checks form only;
// what names refer to is checked where they are resolved. Custom messages never quote a value: it could be a key.
import { z } from "zod";
import type { ConfigFile, ModelConfig, NodeConfig, NodeObject } from "./config-file.ts";
import { balanceRules } from "../core/rules.ts";
import { verdicts } from "../core/verdict.ts";
import { DURATION_FORM, SIZE_FORM, parseDuration, parseQuantile, parseShare, parseSize } from "./duration.ts";
import { UNKNOWN_KEYS } from "./issues.ts";
import { abilityFacts } from "./model-facts.ts";
import { didYouMean } from "./nearest.ts";
import { TRUNCATED } from "./policies.ts";
import { abilityNames } from "./requires.ts";

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
  const known = new Set<string>([...verdicts.filter((verdict) => !never.has(verdict)), "default", TRUNCATED]);
  return z.union([z.string(), z.number()], message).superRefine((value, context) => {
    const isStatus = /^[1-5]\d\d$/.test(String(value));
    if (isStatus || known.has(String(value))) return;
    const unknown = typeof value === "string" && /^[a-z_]{1,40}$/.test(value);
    context.addIssue({ code: "custom", message, ...(unknown ? { params: { name: value, known: [...known] } } : {}) });
  });
};

/** One of some words; a word near to one of them gets a "Did you mean ...?". */
const choice = <Word extends string>(words: readonly Word[]): z.ZodType<Word> => {
  const message = `must be ${words.length === 1 ? "" : "one of "}${words.join(", ")}`;
  return z.enum(words, {
    error: (issue) => {
      const { input } = issue;
      const near = typeof input === "string" && /^[a-z_-]{1,40}$/.test(input) ? didYouMean(input, words) : null;
      return near === null ? message : `${message}. ${near}`;
    },
  }) as unknown as z.ZodType<Word>;
};

const number = (message: string, most = Infinity): z.ZodType<number | string> =>
  z
    .union([z.number(), z.string()], message)
    .refine((value) => /^\d+(\.\d+)?$/.test(String(value).trim()) && Number(value) <= most, message);

const dollars = (): z.ZodType<number | string> => number("must be a number of US dollars for a million tokens");

const requirements = (): z.ZodType<NonNullable<NodeObject["requires"]>> => {
  const tokens = wholeNumber("In tokens.", 1, 1_000_000_000).optional();
  const ability = z.literal(true, "must be true").optional();
  const abilities = Object.fromEntries(abilityNames.map((name) => [name, ability]));
  return strict({ context: tokens, output: tokens, ...abilities }) as z.ZodType<NonNullable<NodeObject["requires"]>>;
};

const json: z.ZodType<z.core.util.JSONType> = z.json();

const SHARE = "must be a share such as 10%, above 0% and at most 100%";
const share = z
  .string(SHARE)
  .refine((value) => parseShare(value) !== null, SHARE)
  .meta({ examples: ["10%"] });

const BREAKER_WINDOW = "must be a duration from 1s to 60s";
const breakerWindow = z.string(BREAKER_WINDOW).refine((value) => {
  const milliseconds = parseDuration(value) ?? 0;
  return milliseconds >= 1_000 && milliseconds <= 60_000;
}, BREAKER_WINDOW);

const policies = {
  timeout: strict({
    connect: duration("Until the connection stands. Default 3s.").optional(),
    first_token: duration(
      "From the attempt's start to the first content. Default: as the target has shown; at first 10s, 60s with reasoning.",
    ).optional(),
    headers: duration("Until the response's head. Default: first_token covers it.").optional(),
    idle: duration(
      "The longest silence between two reads. Default: as the target has shown; at first 15s, 30s with reasoning.",
    ).optional(),
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
          rate: share
            .optional()
            .meta({ description: "The share of failures within window that opens it. Default 50%." }),
          window: breakerWindow.optional().meta({ description: "How far back the share looks. Default 30s." }),
          minimum: wholeNumber("Answers within window, at least, for the share. Default 10.", 1, 1_000_000).optional(),
          rest: duration("The first rest; doubles up to max_rest. Default 1s.").optional(),
          max_rest: duration("The longest rest. Default 3s.").optional(),
          slow_start: duration(
            "Until a target that is back has its full share. Default 1s; 0s: at once.",
            true,
          ).optional(),
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
  mid_stream: choice(["error", "continue", "restart"])
    .optional()
    .meta({ description: "What follows a break after the first content. Default error." }),
  price: strict({ input: dollars(), output: dollars() })
    .optional()
    .meta({ description: "US dollars for a million tokens. Default: the list price, where it is known." }),
  requires: requirements().optional().meta({ description: "What every target must be able to do." }),
};

const stickBy = z
  .string("must be conversation, or metadata.NAME")
  .regex(/^(conversation|metadata\.\S+)$/, "must be conversation, or metadata.NAME")
  .meta({ examples: ["conversation", "metadata.user"] });

const HEDGE_DELAY = "must be a quantile such as p95, or a duration such as 800ms";
const hedgeDelay = z
  .string(HEDGE_DELAY)
  .refine((value) => parseQuantile(value) !== null || (parseDuration(value) ?? 0) > 0, HEDGE_DELAY)
  .meta({ examples: ["p95", "800ms"] });

const nodeSchema = (): z.ZodType<NodeConfig> => {
  const node: z.ZodType<NodeConfig> = z.lazy(() => z.union([target, object], "must be provider/model or a map"));
  const nodes = z.array(node, "must be a list of targets").optional();
  const target = text("provider/model").meta({
    description: "provider/model: a name under providers, and the name of a model there.",
  });
  const condition = z.record(z.string(), json, "must be a map, e.g. { metadata.plan: pro }");
  const cases = strict({ if: condition, use: node });
  const object: z.ZodType<NodeConfig> = strict({
    target: target.optional(),
    fallback: nodes.meta({ description: "In order, until one answers." }),
    route: text("a route's name").optional().meta({ description: "Another route." }),
    ...policies,
    weight: number("must be a number from 0 to 1000000", 1_000_000)
      .optional()
      .meta({ description: "The share of a balance's child, beside its siblings'. Default 1." }),
    prefer: choice(["fastest"]).optional().meta({
      description: "In a fallback: a later child leads while the first is markedly slower.",
    }),
    balance: nodes.meta({ description: "One is chosen by `by`, then the rest are asked until one answers." }),
    by: choice(balanceRules).optional().meta({ description: "How a balance chooses. Default weight." }),
    stick: strict({ by: stickBy }).optional().meta({
      description: "Keeps a caller's requests with one child of a balance, as long as that one answers.",
    }),
    when: z.array(cases, "must be a list of { if: ..., use: ... }").optional().meta({
      description: "The first case whose condition holds.",
    }),
    else: node.optional().meta({ description: "What serves the requests that no case of `when` is for." }),
    hedge: nodes.meta({ description: "In order; the next is asked as well when those before are late." }),
    after: hedgeDelay.optional().meta({ description: "When the first is late: p95, or a duration. Default p95." }),
    cap: share.optional().meta({ description: "The share of requests that may be hedged. Default 10%." }),
    side_effects: choice(["allowed"]).optional().meta({
      description: "Hedge requests that bring tools as well.",
    }),
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
  admin_key: text("a key").optional().meta({ description: "The operator's key for /admin. Default: none." }),
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
