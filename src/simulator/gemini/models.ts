// The simulated models of this vendor: any name of its family, with the differences between generations.

export interface ModelTraits {
  readonly name: string;
  /** The name in the answer's `modelVersion`. */
  readonly servedAs: string;
  /** 2.0, 2.5, 3.1 ... */
  readonly generation: number;
  readonly isPro: boolean;
  /** What it answers with. */
  readonly answers: "text" | "image" | "speech";
  /** Thinks by default. */
  readonly reasonsByDefault: boolean;
  readonly contextTokens: number;
  readonly outputTokens: number;
}

export const listedModels: readonly string[] = [
  "gemini-2.0-flash",
  "gemini-2.5-flash",
  "gemini-2.5-flash-lite",
  "gemini-2.5-pro",
  "gemini-3-flash-preview",
  "gemini-3.1-pro-preview",
  "gemini-3.8-flash",
];

export function modelTraits(name: string): ModelTraits | undefined {
  if (!name.startsWith("gemini-") || name.startsWith("gemini-embedding-")) return undefined;
  const generation = Number(/^gemini-(\d+(?:\.\d+)?)/.exec(name)?.[1] ?? "3.6");
  const servedAs = /^gemini-(flash|pro)-latest$/.test(name) ? `gemini-3.6-${name.split("-")[1]}` : name;
  const isLite = name.includes("lite");
  const answers = name.includes("image") ? "image" : name.endsWith("-tts") ? "speech" : "text";
  return {
    name,
    servedAs,
    generation,
    isPro: name.includes("pro"),
    answers,
    reasonsByDefault: answers === "text" && generation >= 2.5 && !(isLite && generation < 3),
    contextTokens: 1_048_576,
    outputTokens: generation >= 2.5 ? 65_536 : 8192,
  };
}
