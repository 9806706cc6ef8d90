// List prices as the vendors publish them, in US dollars for a million tokens: what a model costs per token of the question
// and of the answer, without discounts. A table is read top-down and the first match wins. A model that is not in it has no
// known price; it is never guessed from a relative. An operator's own `price` goes before.
interface Price {
  readonly input: number;
  readonly output: number;
}

/** Name without a date or `-latest`, input, output. */
type Line = readonly [name: string, input: number, output: number];

const google: readonly Line[] = [
  ["gemini-2.0-flash", 0.1, 0.4],
  ["gemini-2.0-flash-lite", 0.075, 0.3],
  ["gemini-2.5-flash", 0.3, 2.5],
  ["gemini-2.5-flash-lite", 0.1, 0.4],
  ["gemini-2.5-pro", 1.25, 10],
];

const openai: readonly Line[] = [
  ["gpt-3.5-turbo", 0.5, 1.5],
  ["gpt-4o", 2.5, 10],
  ["gpt-4o-mini", 0.15, 0.6],
  ["gpt-4.1", 2, 8],
  ["gpt-4.1-mini", 0.4, 1.6],
  ["gpt-4.1-nano", 0.1, 0.4],
  ["gpt-5", 1.25, 10],
  ["gpt-5-mini", 0.25, 2],
  ["gpt-5-nano", 0.05, 0.4],
  ["o3", 2, 8],
  ["o3-mini", 1.1, 4.4],
  ["o4-mini", 1.1, 4.4],
];

const anthropic: readonly Line[] = [
  ["claude-3-5-haiku", 0.8, 4],
  ["claude-3-7-sonnet", 3, 15],
  ["claude-sonnet-4", 3, 15],
  ["claude-opus-4", 15, 75],
  ["claude-opus-4-1", 15, 75],
  ["claude-haiku-4-5", 1, 5],
  ["claude-sonnet-4-5", 3, 15],
  ["claude-opus-4-5", 5, 25],
];

/** `-20250929`, `-2024-08-06`, `-001`, `-latest`: another edition of the same model. */
const EDITION = /-(?:\d{8}|\d{4}-\d{2}-\d{2}|00\d|latest)$/;

const lookUp =
  (lines: readonly Line[]): ((model: string) => Price | null) =>
  (model) => {
    const name = model
      .toLowerCase()
      .replace(/^models\//, "")
      .replace(EDITION, "");
    const line = lines.find(([known]) => known === name);
    return line === undefined ? null : { input: line[1], output: line[2] };
  };

export const googlePrice: (model: string) => Price | null = lookUp(google);
export const openaiPrice: (model: string) => Price | null = lookUp(openai);
export const anthropicPrice: (model: string) => Price | null = lookUp(anthropic);
