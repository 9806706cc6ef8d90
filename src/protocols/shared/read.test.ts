import { describe, expect, test } from "vitest";
import { GatewayFailure } from "../../core/failure.ts";
import * as read from "./read.ts";

function failureOf(act: () => unknown): GatewayFailure {
  try {
    act();
  } catch (error) {
    if (error instanceof GatewayFailure) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("strict readers", () => {
  test.each<[string, () => unknown, string]>([
    ["object", () => read.asObject([], "messages[0]"), "messages[0]: expected an object, got an array"],
    ["array", () => read.asArray({}, "tools"), "tools: expected an array, got an object"],
    ["string", () => read.asString(null, "x"), "x: expected a string, got null"],
    [
      "missing string",
      () => read.requiredString({}, "role", "messages[2]"),
      "messages[2].role: expected a string, got nothing",
    ],
    ["missing array", () => read.requiredArray({}, "messages", ""), "messages: expected an array, got nothing"],
    ["missing object", () => read.requiredObject({ a: 1 }, "a", "b"), "b.a: expected an object, got a number"],
    [
      "string of wrong kind",
      () => read.optionalString({ name: 3 }, "name", ""),
      "name: expected a string, got a number",
    ],
    ["number of wrong kind", () => read.optionalNumber({ n: "3" }, "n", ""), "n: expected a number, got a string"],
    ["fraction", () => read.optionalInteger({ n: 1.5 }, "n", ""), "n: expected a whole number, got 1.5"],
    [
      "boolean of wrong kind",
      () => read.optionalBoolean({ stream: 1 }, "stream", ""),
      "stream: expected a boolean, got a number",
    ],
    ["array of wrong kind", () => read.optionalArray({ a: "x" }, "a", "p"), "p.a: expected an array, got a string"],
    [
      "object of wrong kind",
      () => read.optionalObject({ a: true }, "a", "p"),
      "p.a: expected an object, got a boolean",
    ],
  ])("%s", (_name, act, message) => {
    expect(failureOf(act)).toMatchObject({
      message,
      param: message.slice(0, message.indexOf(":")),
      code: "bad_request",
      status: 400,
    });
  });

  test("the body itself has no param", () => {
    expect(failureOf(() => read.asObject("x", ""))).toMatchObject({
      message: "the request body: expected an object, got a string",
      param: null,
    });
  });

  test("absent and null are null where optional", () => {
    for (const object of [{}, { a: null }]) {
      expect(read.optionalString(object, "a", "")).toBeNull();
      expect(read.optionalNumber(object, "a", "")).toBeNull();
      expect(read.optionalBoolean(object, "a", "")).toBeNull();
      expect(read.optionalArray(object, "a", "")).toBeNull();
      expect(read.optionalObject(object, "a", "")).toBeNull();
    }
  });
});

describe("lenient readers", () => {
  test("give the value of the right kind, else the fallback", () => {
    expect(read.stringOr("a", null)).toBe("a");
    expect(read.stringOr(1, null)).toBeNull();
    expect(read.numberOr(0, null)).toBe(0);
    expect(read.numberOr("0", 7)).toBe(7);
    expect(read.booleanOr(false, null)).toBe(false);
    expect(read.booleanOr("false", null)).toBeNull();
    expect(read.objectOr({ a: 1 }, null)).toEqual({ a: 1 });
    expect(read.objectOr([], null)).toBeNull();
    expect(read.arrayOr([1], null)).toEqual([1]);
    expect(read.arrayOr({}, null)).toBeNull();
    expect(read.membersOf(null)["a"]).toBeUndefined();
    expect(read.membersOf({ a: 1 })["a"]).toBe(1);
  });

  test("parseJson never throws", () => {
    expect(read.parseJson('{"a":1}')).toEqual({ a: 1 });
    expect(read.parseJson("<html>")).toBeUndefined();
  });
});
