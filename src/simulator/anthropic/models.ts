// The models this vendor is taken to have: any name of its family, with what differs between generations.

export interface ModelTraits {
  readonly servedAs: string;
  /** 3, 3.5, 4.5, 5 ... */
  readonly generation: number;
  readonly contextTokens: number;
  readonly outputTokens: number;
  /** temperature, top_p and top_k may be set. */
  readonly takesSampling: boolean;
  /** The last message may be the beginning of the answer. */
  readonly takesPrefill: boolean;
  /** `thinking: {type: "enabled", budget_tokens}` works. */
  readonly takesBudget: boolean;
  readonly takesForcedChoice: boolean;
}

const datedNames: Readonly<Record<string, string>> = {
  "claude-3-haiku": "claude-3-haiku-20240307",
  "claude-3-5-haiku-latest": "claude-3-5-haiku-20241022",
  "claude-3-5-sonnet-latest": "claude-3-5-sonnet-20241022",
  "claude-3-7-sonnet-latest": "claude-3-7-sonnet-20250219",
  "claude-haiku-4-5": "claude-haiku-4-5-20251001",
  "claude-sonnet-4-5": "claude-sonnet-4-5-20250929",
  "claude-opus-4-5": "claude-opus-4-5-20251101",
};

export const listedModels: readonly string[] = [
  "claude-opus-5-5",
  "claude-sonnet-5-5",
  "claude-haiku-5-5",
  "claude-opus-4-7",
  "claude-sonnet-4-6",
  "claude-haiku-4-5-20251001",
];

export function modelTraits(name: string): ModelTraits | undefined {
  if (!name.startsWith("claude-")) return undefined;
  const [, major, minor] = /(?<![0-9])(\d)(?:[-.](\d))?(?![0-9])/.exec(name) ?? [];
  const generation = Number(`${major ?? "5"}.${minor ?? "0"}`);
  const isFrontier = /opus|sonnet|fable/.test(name);
  return {
    servedAs: datedNames[name] ?? name,
    generation,
    contextTokens: generation >= 4.6 ? 1_000_000 : 200_000,
    outputTokens: generation >= 4.6 ? 128_000 : generation >= 3.7 ? 64_000 : generation >= 3.5 ? 8192 : 4096,
    takesSampling: generation <= 4.6,
    takesPrefill: generation < 4.6,
    takesBudget: generation < 5.5 && !name.includes("fable"),
    takesForcedChoice: !(generation >= 5.5 && isFrontier),
  };
}
