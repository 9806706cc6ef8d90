// Parses and formats durations and sizes as people write them (`250ms`, `3s`, `32mb`). Pure. A number without a unit is
// refused, because a reader cannot tell seconds from milliseconds.

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1_024,
  kib: 1_024,
  mb: 1_048_576,
  mib: 1_048_576,
  gb: 1_073_741_824,
  gib: 1_073_741_824,
};

/** The longest timer in JavaScript, 2^31 - 1 milliseconds (24.8 days); longer ones overflow. */
const LONGEST = 2_147_483_647;

/** The expected format, for error messages. */
export const DURATION_FORM = "a duration such as 250ms, 3s, 2m or 1h";
export const SIZE_FORM = "a size such as 500kb, 32mb or 1gb, or a number of bytes";

/** `1.5s` -> 1500; null if it is not a duration (no unit, negative, longer than 24 days). */
export const parseDuration = (text: string): number | null => {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(text.trim());
  if (match === null) return null;
  const value = Math.round(Number(match[1]) * (MILLISECONDS[match[2] ?? ""] ?? Number.NaN));
  return value <= LONGEST ? value : null;
};

/** `32mb` -> 33554432; a plain number is bytes; null if it is not a size. */
export const parseSize = (input: string | number): number | null => {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?i?b)?$/.exec(String(input).trim().toLowerCase());
  if (match === null) return null;
  const value = Math.round(Number(match[1]) * (BYTES[match[2] ?? "b"] ?? Number.NaN));
  return Number.isSafeInteger(value) ? value : null;
};

/** `128k` -> 128000, `1m` -> 1000000; a plain number is tokens; null if it is not a whole number of tokens. */
export const parseTokens = (input: string | number): number | null => {
  const match = /^(\d+(?:\.\d{1,6})?)\s*([km])?$/.exec(String(input).trim().toLowerCase());
  if (match === null) return null;
  const value = Number(match[1]) * (match[2] === undefined ? 1 : match[2] === "k" ? 1_000 : 1_000_000);
  const whole = Math.round(value);
  return Math.abs(value - whole) < 1e-6 && Number.isSafeInteger(whole) ? whole : null;
};

/** `p95` -> 0.95, `p99.9` -> 0.999; null if it is not a quantile. */
export const parseQuantile = (text: string): number | null => {
  const match = /^p(\d{1,2}(?:\.\d{1,2})?)$/.exec(text.trim());
  const quantile = match === null ? 0 : Math.round(Number(match[1]) * 100) / 10_000;
  return quantile > 0 ? quantile : null;
};

/** `10%` -> 0.1; null if it is not a share above 0 and up to 1. */
export const parseShare = (text: string): number | null => {
  const match = /^(\d{1,3}(?:\.\d{1,4})?)\s*%$/.exec(text.trim());
  const share = match === null ? 0 : Number(match[1]) / 100;
  return share > 0 && share <= 1 ? share : null;
};

/** 1500 -> `1.5s`, 120000 -> `120s`, 600000 -> `10m`: the shortest exact form, for people. */
export const formatDuration = (milliseconds: number): string => {
  if (milliseconds >= 300_000 && milliseconds % 3_600_000 === 0) return `${milliseconds / 3_600_000}h`;
  if (milliseconds >= 300_000 && milliseconds % 60_000 === 0) return `${milliseconds / 60_000}m`;
  if (milliseconds >= 1_000 && milliseconds % 100 === 0) return `${milliseconds / 1_000}s`;
  return `${milliseconds}ms`;
};
