// A text that matches a simple regular expression: literals, classes, groups with alternatives, and counts. For
// anything else (look-arounds, back references) it returns its best guess, as a model would.
import type { Random } from "../random.ts";

const digits = "0123456789";
const lower = "abcdefghijklmnopqrstuvwxyz";
const classes: Readonly<Record<string, string>> = {
  d: digits,
  w: `${lower}${digits}_`,
  s: " ",
  D: lower,
  W: "-",
  S: lower,
};

interface Cursor {
  readonly pattern: string;
  readonly random: Random;
  at: number;
}

export function textForPattern(pattern: string, random: Random): string {
  const bare = pattern.replace(/^\^/, "").replace(/(?<!\\)\$$/, "");
  return alternatives({ pattern: bare, random, at: 0 });
}

/** Reads up to the end or the closing parenthesis and returns one of the alternatives. */
function alternatives(cursor: Cursor): string {
  const options = [""];
  while (cursor.at < cursor.pattern.length && cursor.pattern[cursor.at] !== ")") {
    if (cursor.pattern[cursor.at] === "|") {
      cursor.at++;
      options.push("");
      continue;
    }
    options[options.length - 1] += repeated(cursor);
  }
  return cursor.random.pick(options);
}

function repeated(cursor: Cursor): string {
  const start = cursor.at;
  const first = atom(cursor);
  const end = cursor.at;
  const times = repetitions(cursor);
  const after = cursor.at;
  let text = times > 0 ? first : "";
  for (let count = 1; count < times; count++) {
    cursor.at = start;
    text += atom(cursor);
    cursor.at = end;
  }
  cursor.at = after;
  return text;
}

function atom(cursor: Cursor): string {
  const sign = cursor.pattern[cursor.at++] ?? "";
  if (sign === "(") {
    const prefix = /^\?(?:[:=!]|<[^>]+>|<[=!])/.exec(cursor.pattern.slice(cursor.at))?.[0] ?? "";
    cursor.at += prefix.length;
    const text = alternatives(cursor);
    cursor.at++;
    return text;
  }
  if (sign === "[") return cursor.random.characters(1, characterClass(cursor));
  if (sign === ".") return cursor.random.characters(1, lower);
  if (sign === "^" || sign === "$") return "";
  if (sign !== "\\") return sign;
  const escaped = cursor.pattern[cursor.at++] ?? "";
  if (escaped === "b" || escaped === "B") return "";
  const classText = classes[escaped];
  return classText === undefined ? escaped : cursor.random.characters(1, classText);
}

function characterClass(cursor: Cursor): string {
  const isNegated = cursor.pattern[cursor.at] === "^";
  if (isNegated) cursor.at++;
  let members = "";
  while (cursor.at < cursor.pattern.length && cursor.pattern[cursor.at] !== "]") members += classMember(cursor);
  cursor.at++;
  if (!isNegated) return members || lower;
  const others = Array.from(`${lower}${digits}`).filter((sign) => !members.includes(sign));
  return others.join("") || "-";
}

function classMember(cursor: Cursor): string {
  const from = cursor.pattern[cursor.at++] ?? "";
  if (from === "\\") {
    const escaped = cursor.pattern[cursor.at++] ?? "";
    return classes[escaped] ?? escaped;
  }
  const to = cursor.pattern[cursor.at + 1];
  if (cursor.pattern[cursor.at] !== "-" || to === undefined || to === "]") return from;
  cursor.at += 2;
  const [start, end] = [from.charCodeAt(0), to.charCodeAt(0)];
  return Array.from({ length: Math.min(200, Math.max(1, end - start + 1)) }, (_, step) =>
    String.fromCharCode(start + step),
  ).join("");
}

function repetitions(cursor: Cursor): number {
  const rest = cursor.pattern.slice(cursor.at);
  const [whole, sign, least, comma, most] = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(rest) ?? [];
  if (whole === undefined) return 1;
  cursor.at += whole.length;
  if (sign === "*") return cursor.random.integer(0, 3);
  if (sign === "+") return cursor.random.integer(1, 4);
  if (sign === "?") return cursor.random.integer(0, 1);
  const from = Number(least);
  return comma === "" ? from : cursor.random.integer(from, most === "" ? from + 3 : Number(most));
}
