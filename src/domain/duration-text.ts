// A duration as rounded text for people: in messages, logs and reports. It is never parsed again.

/** 850 -> `850 ms`, 47_600 -> `48 s`, 1_500 -> `1.5 s`, 300_000 -> `5 min`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 10_000) return `${Math.round(milliseconds / 100) / 10} s`;
  if (milliseconds < 120_000) return `${Math.round(milliseconds / 1_000)} s`;
  const minutes = Math.round(milliseconds / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 6) / 10} h`;
}
