import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitId, readId, hashIdentifier, spellId, toolId } from "./identifiers.ts";

const wide = { max: 40, pattern: /^[A-Za-z0-9_-]+$/ };

describe("ids", () => {
  test("a tool's id has the form that OpenAI gives", () => {
    expect(toolId("a")).toMatch(/^call_[0-9A-Za-z]{24}$/);
  });

  test("the same seed gives the same id, another one another", () => {
    expect(toolId("a")).toBe(toolId("a"));
    expect(new Set(Array.from({ length: 5000 }, (_, index) => toolId(`messages[${index}]`))).size).toBe(5000);
  });

  test("a hash never changes: histories that are sent again are told by it", () => {
    expect(hashIdentifier("resp_1:0", 48)).toBe("7Bkt4Cxu4UvLC7vZNGC5oYHuRnxA6rRhZsxRq42bJZejxS0E");
  });

  test("hashes have the length that was asked for", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 60 }), (text, length) => {
        expect(hashIdentifier(text, length)).toMatch(new RegExp(`^[0-9A-Za-z]{${length}}$`));
      }),
    );
  });

  test.each([
    ["call_abc", wide, "call_abc"],
    ["toolu_01A09q90qw90lq917835lq9", wide, "toolu_01A09q90qw90lq917835lq9"],
  ])("%s fits and stays", (id, shape, expected) => {
    expect(fitId(id, shape)).toBe(expected);
  });

  test("trap 15: what does not fit is mapped to what does, always to the same", () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        const fitted = fitId(id, wide);
        expect(fitted).toMatch(wide.pattern);
        expect(fitted.length).toBeLessThanOrEqual(40);
        expect(fitId(id, wide)).toBe(fitted);
        expect(fitId(fitted, wide)).toBe(fitted);
      }),
    );
  });

  const anyId = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
    fc.stringMatching(/^(_x_)?[a-z0-9_.:-]{1,20}$/),
    fc.constantFrom("functions.Bash:0", "_x_", "_x_-2e-", "_x_a.b", "chatcmpl-tool-1", "a--b"),
  );

  test("a spelled id fits, stays the same when it is spelled again, and comes back", () => {
    const shape = { max: 1000, pattern: wide.pattern };
    fc.assert(
      fc.property(anyId, (id) => {
        const text = spellId(id, shape);
        expect(text).toMatch(wide.pattern);
        expect(readId(text)).toBe(id);
        // A client's own id comes out unchanged.
        expect(spellId(readId(id), shape)).toBe(wide.pattern.test(id) && readId(id) !== id ? id : text);
      }),
    );
  });

  test("no two ids are spelled alike", () => {
    const shape = { max: 60, pattern: wide.pattern };
    fc.assert(
      fc.property(fc.uniqueArray(anyId), (ids) => {
        expect(new Set(ids.map((id) => spellId(id, shape))).size).toBe(ids.length);
      }),
    );
  });

  test("an id that fits is spelled as it is; one that grows too long is fitted by hash", () => {
    expect(spellId("toolu_01A", wide)).toBe("toolu_01A");
    expect(spellId("functions.Bash:0", wide)).toBe("_x_functions-2e-Bash-3a-0");
    expect(spellId("functions.Bash:0".repeat(3), wide)).toMatch(/^call_[0-9A-Za-z]{24}$/);
  });

  test("nine letters and digits, where a vendor wants exactly that", () => {
    const nine = { max: 9, pattern: /^[A-Za-z0-9]{9}$/ };
    expect(fitId("VzeppoSaq", nine)).toBe("VzeppoSaq");
    expect(fitId("call_0123456789", nine)).toMatch(nine.pattern);
    expect(fitId("functions.Bash:0", nine)).not.toBe(fitId("functions.Bash:1", nine));
  });
});
