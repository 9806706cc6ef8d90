// The simulated models of this vendor: any name of its family, with the differences between generations. Source for
// refusals: the vendor's pages on thinking ("Configurations each model rejects"), effort and its migration guides.

export interface ModelTraits {
  readonly servedAs: string;
  /** 3, 3.5, 4.5, 5 ... */
  readonly generation: number;
  readonly contextTokens: number;
  readonly outputTokens: number;
  /** temperature, top_p and top_k may be set. */
  readonly takesSampling: boolean;
  /** The last message may be a prefill of the answer. */
  readonly takesPrefill: boolean;
  /** The values of `thinking.type` that it takes. */
  readonly thinking: ReadonlySet<string>;
  /** The efforts that it takes; none: it has no such parameter. */
  readonly efforts: readonly string[];
  /** With `thinking: {type: "disabled"}` it takes only efforts up to `high`. */
  readonly capsEffort: boolean;
  readonly takesForcedChoice: boolean;
  /** `messages` may contain a `system` turn. */
  readonly takesLaterSystem: boolean;
  /** Members that came with some models, or with a value of one. */
  readonly takes: ReadonlySet<"fallbacks" | "speed" | "output_config.task_budget" | "inference_geo">;
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
  const isFrontier = /opus|sonnet/.test(name) ? generation >= 5.5 : /fable|mythos/.test(name) && generation > 5;
  return {
    servedAs: datedNames[name] ?? name,
    generation,
    contextTokens: generation >= 4.6 ? 1_000_000 : 200_000,
    outputTokens: mostTokens(name, generation),
    takesSampling: generation <= 4.6,
    takesPrefill: generation < 4.6,
    thinking: new Set(thinkingTypes(name, generation)),
    efforts: effortLevels(name, generation),
    capsEffort: generation >= 4.7,
    takesForcedChoice: !isFrontier,
    takesLaterSystem: generation >= 4.8,
    takes: new Set(settings.filter(([, takes]) => takes(name, generation)).map(([setting]) => setting)),
  };
}

type Setting = ModelTraits["takes"] extends ReadonlySet<infer One> ? One : never;

const isFable = /fable|mythos/;

/** Sources: the vendor's pages on fast mode, task budgets and data residency, as of 2026-11. */
const settings: readonly (readonly [Setting, (name: string, generation: number) => boolean])[] = [
  ["fallbacks", (name, generation) => isFable.test(name) || (generation >= 5 && name.includes("opus"))],
  [
    "speed",
    (name, generation) =>
      isFable.test(name)
        ? generation >= 5.2 && !name.includes("preview")
        : name.includes("opus") && (generation >= 4.8 || generation === 4.6),
  ],
  [
    "output_config.task_budget",
    (name, generation) =>
      isFable.test(name) ? !name.includes("preview") : generation >= (name.includes("opus") ? 4.7 : 5.5),
  ],
  ["inference_geo", (_name, generation) => generation >= 4.6],
];

function mostTokens(name: string, generation: number): number {
  if (generation >= 4.6) return 128_000;
  if (generation >= 3.7) return name.includes("opus") && generation < 4.5 ? 32_000 : 64_000;
  return generation >= 3.5 ? 8192 : 4096;
}

function thinkingTypes(name: string, generation: number): readonly string[] {
  if (generation < 3.7) return ["disabled"];
  if (generation < 4.6) return ["enabled", "disabled"];
  if (generation < 4.7) return ["enabled", "adaptive", "disabled"];
  if (name.includes("mythos-preview")) return ["enabled", "adaptive"];
  if (/fable|mythos/.test(name)) return ["adaptive"];
  if (generation < 5.5 || name.includes("haiku")) return ["adaptive", "disabled"];
  return name.includes("sonnet") ? ["adaptive", "between_tools"] : ["adaptive"];
}

function effortLevels(name: string, generation: number): readonly string[] {
  if (generation >= 4.7) return ["high", "low", "max", "medium", "xhigh"];
  if (generation >= 4.6) return ["high", "low", "max", "medium"];
  return name.includes("opus") && generation === 4.5 ? ["high", "low", "medium"] : [];
}
