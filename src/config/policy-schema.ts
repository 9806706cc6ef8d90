// The schema of the policies that any node and `defaults` may set: timeouts, retries, breaker, concurrency and so on.
import type { z } from "zod";
import { verdictsWhere } from "../core/verdict.ts";
import type { NodeObject, PolicyConfig, PriceConfig } from "./config-file.ts";
import { parseDuration } from "../domain/duration.ts";
import { TRUNCATED } from "./policies.ts";
import { abilityNames } from "./requires.ts";
import { choice, duration, json, number, share, strict, tokens, wholeNumber } from "./schema-forms.ts";
import { zod } from "./zod.ts";

const status = (): z.ZodNumber => {
  const message = "must be an HTTP status from 100 to 599";
  return zod().int(message).min(100, message).max(599, message);
};

const trigger = (): z.ZodType<string | number> => {
  const z = zod();
  const message = "must be a verdict such as rate_limited, a status such as 503, or default";
  const validNames = new Set<string>([...verdictsWhere(({ fault }) => fault !== "caller"), "default", TRUNCATED]);
  return z.union([z.string(), z.number()], message).superRefine((value, context) => {
    const isStatus = /^[1-5]\d\d$/.test(String(value));
    if (isStatus || validNames.has(String(value))) return;
    const unknown = typeof value === "string" && /^[a-z_]{1,40}$/.test(value);
    context.addIssue({
      code: "custom",
      message,
      ...(unknown ? { params: { name: value, validNames: [...validNames] } } : {}),
    });
  });
};

const dollars = (): z.ZodType<number | string> => number("must be a number, 0 or more: US dollars per million tokens");

/** A price, of a node or of a model. */
export const priceSchema = (): z.ZodType<PriceConfig> => {
  const z = zod();
  const rates = {
    input: dollars(),
    output: dollars(),
    cached: dollars().optional().meta({ description: "For input read from the vendor's cache. Default: as input." }),
    cache_write: dollars()
      .optional()
      .meta({ description: "For input written to the vendor's cache. Default: as input." }),
    cache_write_1h: dollars()
      .optional()
      .meta({ description: "For input that the vendor's cache keeps for an hour. Default: as cache_write." }),
  };
  const tier = strict(
    { tokens: tokens("The rates hold for requests with more input tokens."), ...rates },
    "{ tokens: 200k, input: 6, output: 22.5 }",
  );
  return strict({
    ...rates,
    above: z
      .array(tier, "must be a list, e.g. [{ tokens: 200k, input: 6, output: 22.5 }]")
      .optional()
      .meta({ description: "The rates of requests with longer prompts." }),
  });
};

const requirements = (): z.ZodType<NonNullable<NodeObject["requires"]>> => {
  const limit = tokens("In tokens.").optional();
  const ability = zod().literal(true, "must be true").optional();
  const abilities = Object.fromEntries(abilityNames.map((name) => [name, ability]));
  return strict({ context: limit, output: limit, ...abilities }) as z.ZodType<NonNullable<NodeObject["requires"]>>;
};

const BREAKER_WINDOW = "must be a duration from 1s to 60s";
const breakerWindow = (): z.ZodString =>
  zod()
    .string(BREAKER_WINDOW)
    .refine((value) => {
      const milliseconds = parseDuration(value) ?? 0;
      return milliseconds >= 1_000 && milliseconds <= 60_000;
    }, BREAKER_WINDOW);

type PolicySchemas = { readonly [Name in keyof PolicyConfig]-?: z.ZodType<PolicyConfig[Name]> };

const timeoutSchema = (): PolicySchemas["timeout"] => {
  return strict(
    {
      connect: duration("For connecting. Default 3s.").optional(),
      first_token: duration(
        "From the start of the attempt to the first token. Default: adaptive; starts at 10s, 60s with reasoning.",
      ).optional(),
      headers: duration(
        "From the start of the attempt to the response headers. Default: covered by first_token.",
      ).optional(),
      idle: duration("Between two reads of a stream. Default: adaptive; starts at 15s, 30s with reasoning.").optional(),
      total: duration("For the whole call: attempts, waits and streaming. Default 10m.").optional(),
      rate: number("must be a number of tokens a second", 100_000).optional().meta({
        description:
          "Tokens a second: another target continues an answer in plain text that is slower, over 10s. Default: none.",
      }),
    },
    "{ total: 30s }",
  ).optional();
};

const retrySchema = (): PolicySchemas["retry"] => {
  const z = zod();
  return strict(
    {
      attempts: wholeNumber("Retries on the same target. Default 1.", 0, 20).optional(),
      max_wait: duration(
        "The longest wait before a retry. If the vendor asks for a longer one, the next target is tried at once. Default 3s.",
        true,
      ).optional(),
      statuses: z.array(status(), "must be a list of HTTP statuses").optional().meta({
        description: "Statuses to retry. Default: decided by the verdict.",
      }),
      hints: z
        .union([z.boolean(), z.enum(["true", "false"])], "must be true or false")
        .optional()
        .meta({ description: "Whether to follow the vendor's retry-after. Default true." }),
    },
    "{ attempts: 2 }",
  ).optional();
};

const breakerSettings = () => {
  const z = zod();
  return strict({
    failures: wholeNumber("Failures in a row that open the circuit breaker. Default 5.", 1, 1_000_000).optional(),
    rate: share()
      .optional()
      .meta({ description: "The error rate within window that opens the circuit breaker. Default 50%." }),
    window: breakerWindow().optional().meta({ description: "The time window of the error rate. Default 30s." }),
    minimum: wholeNumber("The fewest answers within window that rate applies to. Default 10.", 1, 1_000_000).optional(),
    slow_call: z
      .union([duration("e.g. 4s"), z.enum(["off", "false"]), z.literal(false)], "must be a duration, e.g. 4s, or off")
      .optional()
      .meta({
        description:
          "The time to first token after which an answer is slow. Default: adaptive, three times the usual time, from 3s to 5s.",
      }),
    slow_rate: share().optional().meta({
      description:
        "The share of slow answers within window that opens the circuit breaker while another target is there. Default 50%.",
    }),
    rest: duration("How long the circuit breaker stays open at first; doubles up to max_rest. Default 1s.").optional(),
    max_rest: duration("The longest time that it stays open. Default 3s.").optional(),
    slow_start: duration(
      "How long a recovered target takes to get its full traffic back. Default 1s; 0s: at once.",
      true,
    ).optional(),
  });
};

const breakerSchema = (): PolicySchemas["breaker"] => {
  const z = zod();
  return z
    .union([breakerSettings(), z.enum(["off", "false"]), z.literal(false)], "takes a map, e.g. { failures: 5 }, or off")
    .transform((value) => (value === "false" ? false : value))
    .optional();
};

const concurrencySchema = (): PolicySchemas["concurrency"] => {
  const z = zod();
  return strict({
    max: wholeNumber("The most requests in flight at a target. Default: no limit.", 1, 1_000_000).optional(),
    adaptive: z
      .union([z.boolean(), z.enum(["true", "false"])], "must be true or false")
      .optional()
      .meta({ description: "Lower the limit while the target is overloaded. Default true." }),
    queue: wholeNumber(
      "The most requests that wait while no other target is left. Default 100.",
      0,
      100_000,
    ).optional(),
    wait: duration("The longest time that a request waits. Default 5s.", true).optional(),
  }).optional();
};

export const policySchema = (): PolicySchemas => {
  const z = zod();
  return {
    timeout: timeoutSchema(),
    retry: retrySchema(),
    breaker: breakerSchema(),
    concurrency: concurrencySchema(),
    params: z
      .record(z.string(), json(), "takes a map of request parameters, e.g. { temperature: 0.3 }")
      .optional()
      .meta({ description: "Request parameters to set or replace, e.g. { temperature: 0.3 }." }),
    fallback_on: z
      .array(
        trigger(),
        "must be a list of verdicts and statuses, e.g. [default, policy_blocked] or [rate_limited, 503]",
      )
      .optional()
      .meta({ description: "The verdicts and statuses that fall back to the next child." }),
    mid_stream: choice(["error", "continue", "restart"]).optional().meta({
      description:
        "What to do when a stream breaks after its first token. Default continue: another target finishes plain text.",
    }),
    price: priceSchema()
      .optional()
      .meta({ description: "US dollars per million tokens. Default: the list price, if known." }),
    requires: requirements().optional().meta({ description: "Capabilities that every target must have." }),
  };
};
