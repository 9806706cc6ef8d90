// What a vendor counted for one answer.

/** By the vendor's count, also of its web searches; null if none. Never an estimate. */
export interface Usage {
  /** All input, including cached tokens. */
  readonly input: number | null;
  /** All output, including reasoning. */
  readonly output: number | null;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
  /** Those of `cacheWrite` that stay for an hour. Absent: none that the vendor named. */
  readonly cacheWrite1h?: number | undefined;
  readonly reasoning: number | null;
  readonly searches?: number | null | undefined;
  /** The tokens of audio among them. Absent: the vendor named none. */
  readonly audio?: Readonly<Record<"input" | "output" | "cacheRead", number>> | undefined;
  /** The tokens of pictures among them. Absent: the vendor named none. */
  readonly images?: Readonly<Record<"input" | "output", number>> | undefined;
}
