// Durations as vendors write them in headers and bodies: several numbers with units, one after the other. Pure. It takes
// nothing else: a bare number, whose unit is its field's, is for the reader of that field.

const unitMs: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Milliseconds of `1s`, `6m0s`, `120ms`, `34.5s`, `1h2m`; null for anything else. */
export function durationMs(text: string | undefined): number | null {
  if (text === undefined || !/^(?:\d+(?:\.\d+)?(?:ms|[dhms]))+$/.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g))
    total += Number(amount) * (unitMs[unit ?? ""] ?? 0);
  return Math.round(total);
}
