// The shape of what any node may carry, and `defaults`: timeouts, retries, breaker, concurrency and their kin. Form only.
import type { z } from "zod";
import { verdicts } from "../core/verdict.ts";
import type { NodeObject, PolicyConfig } from "./config-file.ts";
import { parseDuration } from "../domain/duration.ts";
import { TRUNCATED } from "./policies.ts";
import { abilityNames } from "./requires.ts";
import { choice, duration, json, number, share, strict, wholeNumber } from "./schema-forms.ts";
import { zod } from "./zod.ts";

const status = (): z.ZodNumber => {
  const message = "must be an HTTP status from 100 to 599";
  return zod().int(message).min(100, message).max(599, message);
};

const trigger = (): z.ZodType<string | number> => {
  const z = zod();
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

const dollars = (): z.ZodType<number | string> => number("must be a number of US dollars for a million tokens");

const requirements = (): z.ZodType<NonNullable<NodeObject["requires"]>> => {
  const tokens = wholeNumber("In tokens.", 1, 1_000_000_000).optional();
  const ability = zod().literal(true, "must be true").optional();
  const abilities = Object.fromEntries(abilityNames.map((name) => [name, ability]));
  return strict({ context: tokens, output: tokens, ...abilities }) as z.ZodType<NonNullable<NodeObject["requires"]>>;
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

export const policies = (): PolicySchemas => {
  const z = zod();
  return {
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
            rate: share()
              .optional()
              .meta({ description: "The share of failures within window that opens it. Default 50%." }),
            window: breakerWindow().optional().meta({ description: "How far back the share looks. Default 30s." }),
            minimum: wholeNumber(
              "Answers within window, at least, for the share. Default 10.",
              1,
              1_000_000,
            ).optional(),
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
    concurrency: strict({
      max: wholeNumber("Requests under way at a target at most. Default: as many as come.", 1, 1_000_000).optional(),
      adaptive: z
        .union([z.boolean(), z.enum(["true", "false"])], "must be true or false")
        .optional()
        .meta({ description: "Fewer while the target shows that they are too many. Default true." }),
      queue: wholeNumber("Requests that may wait where no other target is left. Default 100.", 0, 100_000).optional(),
      wait: duration("The longest that one waits for a place. Default 5s.", true).optional(),
    }).optional(),
    params: z
      .record(z.string(), json(), "must be a map of request parameters")
      .optional()
      .meta({ description: "Request parameters that are set or replaced, e.g. { temperature: 0.3 }." }),
    fallback_on: z
      .array(
        trigger(),
        "must be a list of verdicts and statuses, e.g. [default, policy_blocked] or [rate_limited, 503]",
      )
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
};
