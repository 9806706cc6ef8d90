// The features of a pattern, which decide which targets can compile it.
import { expect, test } from "vitest";
import { type PatternFeature, patternFeatures } from "./patterns.ts";

test.each<[string, PatternFeature[]]>([
  ["^[a-z][a-z0-9_-]{0,63}$", []],
  ["^\\d{4}-\\d{2}-\\d{2}$", []],
  ["^(?:[^\\s@]+@[^\\s@]+\\.[a-z]{2,}|\\x41)*?$", []],
  ["^a\\$$", []],
  ["a", ["unanchored"]],
  ["^a", ["unanchored"]],
  ["^a\\$", ["unanchored"]],
  ["^(?=.*\\d).*$", ["lookaround"]],
  ["^(?!__).*(?<!x)(?<=y)$", ["lookaround"]],
  [
    '^(?!__.*__$)[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}"\\\\./[\\]]{1,200}$',
    ["lookaround", "property class", "class in class"],
  ],
  ["^\\P{L}$", ["property class", "brace"]],
  ["^(?<year>\\d+)$", ["named group"]],
  ["^(?P<year>\\d+)(?i)(?>a)$", ["other group"]],
  ["^(a)\\1\\k<b>$", ["backreference"]],
  ["^\\u{1F600}\\cA\\z$", ["escape", "brace"]],
  ["^\\u00e9[\\u00e0-\\u00ff]$", ["code point"]],
  ["^[^\\0]*$", ["nul"]],
  ["^[]$", ["empty class"]],
  ["^[^]*$", ["empty class"]],
  ["^[\\w-.]+[a-\\d]$", ["class range"]],
  ["^[\\w.-]+$", []],
  ["^[[a]&&b]$", ["class in class"]],
  ["^a++b{1001}$", ["repeat"]],
  ["^a{,3}b{x}$", ["brace"]],
  ["^(a$", ["invalid"]],
  ["^a)$", ["invalid"]],
  ["^[a$", ["invalid"]],
  ["^*$", ["invalid"]],
  ["\\", ["invalid", "unanchored"]],
  ["^[\\d\\-x]\\/$", []],
])("%s: %j", (pattern, features) => {
  expect([...patternFeatures(pattern)].toSorted()).toEqual(features.toSorted());
});
