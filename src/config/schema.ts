// The schema of a configuration file, used at load and published as a JSON Schema for editors. It checks shape only;
// names are checked where they are resolved. Messages never quote a value: it could be a key.
import type { z } from "zod";
import type { ConfigFile, NodeConfig } from "./config-file.ts";
import { balanceRules } from "../core/rules.ts";
import { parseDuration, parseQuantile } from "../domain/duration.ts";
import { policySchema } from "./policy-schema.ts";
import { providerSchema } from "./provider-schema.ts";
import { choice, duration, json, number, share, size, strict, text, wholeNumber } from "./schema-forms.ts";
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
  const node: z.ZodType<NodeConfig> = z.lazy(() =>
    z.union([target, object], "must be provider/model, or a map, e.g. { target: provider/model }"),
  );
  const nodes = z.array(node, "must be a list of targets, e.g. [provider/model, provider/model]").optional();
  const target = text("provider/model").meta({
    description: "provider/model: a name under providers, a slash and a model's name.",
  });
  const condition = z.record(z.string(), json(), "takes a map, e.g. { metadata.plan: pro }");
  const cases = strict({ if: condition, use: node });
  const object: z.ZodType<NodeConfig> = strict({
    target: target.optional(),
    fallback: nodes.meta({ description: "Tried in order, until one answers." }),
    route: text("a route's name").optional().meta({ description: "Another route." }),
    ...policySchema(),
    weight: number("must be a number from 0 to 1000000", 1_000_000)
      .optional()
      .meta({ description: "In a balance: this child's weight, relative to its siblings. Default 1." }),
    prefer: choice(["fastest"]).optional().meta({
      description: "In a fallback: a later child goes first while the first one is much slower.",
    }),
    balance: nodes.meta({
      description: "One child is chosen by `by`; if it fails, the others are tried until one answers.",
    }),
    by: choice(balanceRules).optional().meta({ description: "How a balance chooses. Default weight." }),
    stick: strict({ by: stickBy() }).optional().meta({
      description: "Sends related requests to the same child of a balance, while that child answers.",
    }),
    when: z.array(cases, "must be a list of { if: ..., use: ... }").optional().meta({
      description: "Cases; the first one whose condition matches is used.",
    }),
    else: node.optional().meta({ description: "Used for requests that no `when` case matches." }),
    hedge: nodes.meta({ description: "In order; the next one starts too when the ones before are late." }),
    after: hedgeDelay()
      .optional()
      .meta({ description: "When the next one starts: a quantile such as p95, or a duration. Default p95." }),
    cap: share().optional().meta({ description: "The most requests that are hedged. Default 10%." }),
    side_effects: choice(["allowed"]).optional().meta({
      description: "Hedge requests with tools too.",
    }),
  });
  return node;
};

const durationOrOff = (description: string) => {
  const z = zod();
  const form = z.union(
    [duration("e.g. 15s"), z.enum(["off", "false"]), z.literal(false)],
    "must be a duration, e.g. 15s, or off",
  );
  return form.optional().meta({ description });
};

const LIST_PERIOD = "must be a duration of at least 1m, e.g. 1h";
const listPeriod = (): z.ZodString =>
  zod()
    .string(LIST_PERIOD)
    .refine((value) => (parseDuration(value) ?? 0) >= 60_000, LIST_PERIOD);

const NAMED_KEY = "must be a key, or a map, e.g. { name: team-search, key: ${TEAM_SEARCH_KEY}, routes: [assistant] }";

const clientKeys = () => {
  const z = zod();
  const namedKey = strict({
    name: z
      .string("must be a name")
      .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u, "must be a name of 1 to 64 letters, digits and ._@-")
      .meta({ description: "In the ledger." }),
    key: text("a key"),
    routes: z
      .array(text("the name of a route"), "must be a list of routes, e.g. [assistant]")
      .optional()
      .meta({ description: "The routes and models that it may ask, patterns such as small-* included. Default: all." }),
  });
  return z
    .union(
      [text("a key"), z.array(z.union([text("a key"), namedKey], NAMED_KEY), "must be a list of keys")],
      "must be a key or a list of keys",
    )
    .optional()
    .meta({
      description:
        "API keys for clients, of which each request must have one. Default: none; anyone who can reach the port is served.",
    });
};

const sessionLimits = () =>
  strict({
    max: wholeNumber("The most sessions (WebSockets) open at a time. Default 1000.", 0, 1_000_000).optional(),
    max_message: size("The largest message of a session. Default 16mb.").optional(),
    max_time: durationOrOff("The longest time of a session, or off. Default 60m."),
    idle: durationOrOff("The longest time without a message either way, or off. Default 15m."),
  })
    .optional()
    .meta({ description: "The limits of sessions, such as realtime's." });

const serverSchema = (): z.ZodType<ConfigFile["server"]> => {
  const z = zod();
  return strict({
    host: text("a host name or an address").optional().meta({ description: "Default 127.0.0.1." }),
    port: wholeNumber("Default 8787; 0 picks a free port.", 0, 65_535).optional(),
    max_body: size("The largest request body. Default 32mb.").optional(),
    max_bodies: size("The most bytes of request bodies held at a time. Default 512mb.").optional(),
    spool: size("How much of a body that is passed on is held, so that it can be sent again. Default 1mb.").optional(),
    max_upload: size("The largest body that is passed on. Default 1gb.").optional(),
    max_depth: wholeNumber("The deepest nesting of a request body. Default 64.", 1, 10_000).optional(),
    drain_delay: duration(
      "How long a shutdown by SIGTERM still serves new connections, while /readyz answers 503. Default 5s.",
      true,
    ).optional(),
    keep_alive: durationOrOff("The longest silence that the client of a stream meets, or off. Default 15s."),
    model_lists: z
      .union([listPeriod(), z.enum(["off", "false"]), z.literal(false)], `${LIST_PERIOD}, or off`)
      .optional()
      .meta({ description: "How often providers are asked for their lists of models, or off. Default 1h." }),
    proxy: text("a URL such as http://proxy.example:3128")
      .optional()
      .meta({ description: "The proxy on the way to vendors. Default: HTTPS_PROXY, HTTP_PROXY and NO_PROXY." }),
    sessions: sessionLimits(),
    grace: duration("How long a shutdown waits for requests in flight. Default 30s.", true).optional(),
    keys: clientKeys(),
    hosts: z
      .union([text("a name"), z.array(text("a name"), "must be a list of names")], "must be a name or a list of names")
      .optional()
      .meta({
        description:
          "Further names by which clients call the gateway, e.g. llm.example. On a loopback address, others are refused.",
      }),
    cors: z
      .union([text("an origin"), z.array(text("an origin"), "must be a list of origins")], "must be a list of origins")
      .optional()
      .meta({
        description: "Origins whose web pages may use the gateway, e.g. https://app.example. Default: none.",
      }),
    admin_key: text("a key").optional().meta({ description: "The operator's key for /admin. Default: none." }),
  }) as unknown as z.ZodType<ConfigFile["server"]>;
};

const ledgerSchema = (): z.ZodType<NonNullable<ConfigFile["ledger"]>> => {
  const z = zod();
  const settings = strict({
    memory: wholeNumber("How many attempts to keep in memory. Default 1000.", 0, 10_000_000).optional(),
    file: z
      .union([text("a file's path, or off"), z.literal(false)], "must be a file's path, or off")
      .optional()
      .meta({ description: "The file to append JSON lines to. Default: a file of this user; off: none." }),
    max_size: size("The size at which the file is moved aside, to FILE.1. Default 64mb.").optional(),
  });
  const off = z.union([z.enum(["off", "false"]), z.literal(false)]);
  return z.union([off, settings], "takes a map, e.g. { memory: 1000 }, or off") as z.ZodType<
    NonNullable<ConfigFile["ledger"]>
  >;
};

/** The schema of a whole file. Built on demand, so that a start without a file does not pay for it. */
export const createConfigSchema = (): z.ZodType<ConfigFile> => {
  const z = zod();
  return strict(
    {
      $schema: z.string().optional(),
      providers: z
        .record(z.string(), providerSchema(), "takes a map of providers, e.g. { my-provider: { api_key: … } }")
        .optional()
        .meta({
          description: "The providers of models, by name.",
        }),
      routes: z
        .record(z.string(), nodeSchema(), "takes a map of routes, e.g. { assistant: { fallback: […] } }")
        .optional()
        .meta({
          description: "Routes by name; a client uses the name as `model`.",
        }),
      defaults: strict(policySchema())
        .optional()
        .meta({ description: "Policies for every route that does not set its own." }),
      server: serverSchema().optional(),
      ledger: ledgerSchema().optional(),
    },
    "{ providers: { … }, routes: { … } }",
  ) as unknown as z.ZodType<ConfigFile>;
};
