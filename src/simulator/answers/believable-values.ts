// Values that suit a property's name, from the user's words if they contain one.
import type { Random } from "../random.ts";

export interface ValuePlace {
  readonly random: Random;
  readonly words: string;
  /** The property's name. */
  readonly name: string;
}

const cities: readonly string[] = ["Zürich", "Lisbon", "Kyoto", "Oslo", "Montréal"];
const people: readonly string[] = ["Ada Lovelace", "Grace Hopper", "Alan Turing", "Katherine Johnson"];

const formats: Readonly<Record<string, (place: ValuePlace) => string>> = {
  "date-time": ({ random }) => `2026-${two(random, 1, 12)}-${two(random, 1, 28)}T${two(random, 0, 23)}:30:00Z`,
  date: ({ words, random }) =>
    /\b\d{4}-\d{2}-\d{2}\b/.exec(words)?.[0] ?? `2026-${two(random, 1, 12)}-${two(random, 1, 28)}`,
  time: ({ random }) => `${two(random, 0, 23)}:${two(random, 0, 59)}:00Z`,
  duration: ({ random }) => `PT${random.integer(1, 59)}M`,
  email: ({ words }) => /[\w.+-]+@[\w-]+\.[\w.]+/.exec(words)?.[0] ?? "ada@example.com",
  hostname: () => "www.example.com",
  uri: ({ words }) => /https?:\/\/[^\s"'<>]+/.exec(words)?.[0] ?? "https://www.example.com/page",
  url: () => "https://www.example.com/page",
  ipv4: ({ random }) => `192.0.2.${random.integer(1, 254)}`,
  ipv6: () => "2001:db8::1",
  uuid: ({ random }) => {
    const hex = random.characters(32, "0123456789abcdef");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  },
};

const byName: readonly (readonly [RegExp, (place: ValuePlace) => string])[] = [
  [/e-?mail/i, (place) => formats["email"]?.(place) ?? ""],
  [/date|day|birthday|deadline/i, (place) => formats["date"]?.(place) ?? ""],
  [/url|link|href/i, (place) => formats["uri"]?.(place) ?? ""],
  [/city|town|location|place|destination|origin/i, (place) => properName(place) ?? place.random.pick(cities)],
  [/country/i, (place) => properName(place) ?? "France"],
  [/(first|last|full|user)?_?name$|person|author/i, (place) => properName(place) ?? place.random.pick(people)],
  [/unit/i, () => "celsius"],
  [/currency/i, () => "EUR"],
  [/language|lang|locale/i, () => "en"],
  [/phone/i, () => "+41 44 555 01 23"],
  [/(^|_)id$/i, ({ random }) => random.characters(10)],
  [/query|question|search|topic|subject|title/i, ({ words }) => trimmed(words) || "the latest news"],
];

/** A string for a property of that name and format. */
export function believableText(place: ValuePlace, format: string | undefined): string {
  const byFormat = format === undefined ? undefined : formats[format];
  if (byFormat !== undefined) return byFormat(place);
  const make = byName.find(([pattern]) => pattern.test(place.name))?.[1];
  if (make !== undefined) return make(place);
  const quoted = /["“]([^"”]{1,80})["”]/u.exec(place.words)?.[1];
  return quoted ?? properName(place) ?? (trimmed(place.words) || "an example");
}

/** A number for a property of that name, within the bounds if there are any. */
export function believableNumber(
  place: ValuePlace,
  bounds: { least: number | undefined; most: number | undefined },
): number {
  const { least, most } = bounds;
  const fits = (value: number): boolean => value >= (least ?? -Infinity) && value <= (most ?? Infinity);
  const statedNumber = (place.words.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number).find(fits);
  if (statedNumber !== undefined) return statedNumber;
  if (least === undefined && most === undefined) {
    if (/year/i.test(place.name)) return place.random.integer(1990, 2026);
    if (/age/i.test(place.name)) return place.random.integer(18, 80);
  }
  const from = least ?? Math.min(1, most ?? 1);
  const to = most ?? from + 99;
  return from + place.random.next() * (to - from);
}

/** A capitalized name in the user's words: inside a sentence, or the whole text. */
function properName({ words }: ValuePlace): string | undefined {
  const inside = /(?<=[^.!?\s]\s)\p{Lu}[\p{L}'-]+(?:\s\p{Lu}[\p{L}'-]+)*/u.exec(words)?.[0];
  return inside ?? /^(\p{Lu}[\p{L}'-]+(?:\s\p{Lu}[\p{L}'-]+)*)[.!?]?$/u.exec(words.trim())?.[1];
}

function trimmed(words: string): string {
  const text = words.trim().replace(/\s+/g, " ");
  return text.length > 60 ? text.slice(0, 60).trimEnd() : text;
}

function two(random: Random, from: number, to: number): string {
  return String(random.integer(from, to)).padStart(2, "0");
}
