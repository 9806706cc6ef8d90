// The schemas of single settings (durations, shares, whole numbers, choices) and their error messages.
// A message never quotes a value: it could be a key.
import type { z } from "zod";
import { DURATION_FORM, SIZE_FORM, parseDuration, parseShare, parseSize, parseTokens } from "../domain/duration.ts";
import { UNKNOWN_KEYS } from "./issues.ts";
import { didYouMean } from "../domain/nearest-names.ts";
import { zod } from "./zod.ts";

/**
 * An object without other keys; the valid ones are in the message, for "Did you mean ...?". `example`: a value, for the
 * error about a value that is not a map.
 */
export const strict = <Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  example: string = `{ ${Object.keys(shape)[0] ?? "name"}: … }`,
): z.ZodObject<Shape, z.core.$strict> =>
  zod().strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `${UNKNOWN_KEYS}${Object.keys(shape).join(" ")}`
        : `takes a map, e.g. ${example}`,
  });

export const text = (what: string): z.ZodString => zod().string(`must be ${what}`).min(1, `must be ${what}`);

export const duration = (about: string, allowZero = false): z.ZodString =>
  zod()
    .string(`must be ${DURATION_FORM}`)
    .refine((value) => parseDuration(value) !== null, `must be ${DURATION_FORM}`)
    .refine((value) => allowZero || parseDuration(value) !== 0, "must be longer than 0, e.g. 250ms")
    .meta({ description: about, examples: ["3s"] });

export const size = (about: string): z.ZodType<number | string> =>
  zod()
    .union([zod().string(), zod().number()], `must be ${SIZE_FORM}`)
    .refine((value) => (parseSize(value) ?? 0) > 0, `must be ${SIZE_FORM}`)
    .meta({ description: about });

export const wholeNumber = (about: string, least: number, most: number): z.ZodType<number | string> => {
  const z = zod();
  const message = `must be a whole number from ${least} to ${most}`;
  const inRange = (value: number | string): boolean =>
    /^\d+$/.test(String(value).trim()) && Number(value) >= least && Number(value) <= most;
  return z.union([z.number(), z.string()], message).refine(inRange, message).meta({ description: about });
};

/** A number of tokens, e.g. 131072 or 128k. */
export const tokens = (about: string): z.ZodType<number | string> => {
  const z = zod();
  const message = `must be a whole number from 1 to ${MOST_TOKENS}, such as 131072 or 128k`;
  const inRange = (value: number | string): boolean => {
    const count = parseTokens(value);
    return count !== null && count >= 1 && count <= MOST_TOKENS;
  };
  return z.union([z.number(), z.string()], message).refine(inRange, message).meta({ description: about });
};

const MOST_TOKENS = 1_000_000_000;

/** One of several strings; a near miss gets a "Did you mean ...?". */
export const choice = <Word extends string>(words: readonly Word[]): z.ZodType<Word> => {
  const message = `must be ${words.length === 1 ? "" : "one of "}${words.join(", ")}`;
  return zod().enum(words, {
    error: (issue) => {
      const { input } = issue;
      const near = typeof input === "string" && /^[a-z_-]{1,40}$/.test(input) ? didYouMean(input, words) : null;
      return near === null ? message : `${message}. ${near}`;
    },
  }) as unknown as z.ZodType<Word>;
};

export const number = (message: string, most: number = Infinity): z.ZodType<number | string> => {
  const z = zod();
  return z
    .union([z.number(), z.string()], message)
    .refine((value) => /^\d+(\.\d+)?$/.test(String(value).trim()) && Number(value) <= most, message);
};

export const json = (): z.ZodType<z.core.util.JSONType> => zod().json();

const SHARE = "must be a share such as 10%, above 0% and at most 100%";
export const share = (): z.ZodString =>
  zod()
    .string(SHARE)
    .refine((value) => parseShare(value) !== null, SHARE)
    .meta({ examples: ["10%"] });
