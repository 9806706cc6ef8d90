import { describe, expect, test } from "vitest";
import type { Field } from "../../core/condition.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { formatPath } from "../problem.ts";
import { compileCondition } from "./conditions.ts";

const request: Readonly<Record<string, Json>> = {
  "metadata.plan": "pro",
  "metadata.seats": "12",
  "metadata.beta": "true",
  "params.temperature": 0.7,
  "params.tags": ["red", "blue"],
  "params.user.plan": "team",
  "params.nothing": null,
  "request.stream": true,
  "request.headers.x-team": "core",
};
const read = ({ scope, path }: Field): Json | undefined => request[[scope, ...path].join(".")];

function holds(query: JsonObject): boolean {
  const complain = (): never => {
    throw new Error("nothing is wrong with it");
  };
  return compileCondition(query, { path: [], complain }).holds(read);
}

function complaintsOf(query: JsonObject): string[] {
  const found: string[] = [];
  const condition = compileCondition(query, {
    path: ["if"],
    complain: (path, message, hint) => found.push(`${formatPath(path)}: ${message}${hint ? `. ${hint}` : ""}`),
  });
  expect(typeof condition.holds(read)).toBe("boolean");
  return found;
}

describe("a condition", () => {
  test.each<[JsonObject, boolean]>([
    [{}, true],
    [{ "metadata.plan": "pro" }, true],
    [{ "metadata.plan": "free" }, false],
    [{ "metadata.plan": "pro", "request.stream": false }, false],
    [{ "metadata.seats": 12 }, true],
    [{ "metadata.beta": true }, true],
    [{ "metadata.plan": { $eq: "pro", $ne: "free" } }, true],
    [{ "metadata.missing": { $ne: "free" } }, true],
    [{ "metadata.missing": null }, true],
    [{ "params.nothing": null }, true],
    [{ "metadata.seats": { $gt: 9 } }, true],
    [{ "metadata.seats": { $gt: "9" } }, false],
    [{ "metadata.plan": { $gt: 9 } }, false],
    [{ "params.temperature": { $gte: 0.7, $lt: 1 } }, true],
    [{ "params.temperature": { $lte: 0.6 } }, false],
    [{ "params.missing": { $lte: 0.6 } }, false],
    [{ "metadata.plan": { $in: ["team", "pro"] } }, true],
    [{ "metadata.plan": { $nin: ["team", "pro"] } }, false],
    [{ "metadata.missing": { $nin: ["pro"] } }, true],
    [{ "params.tags": "blue" }, true],
    [{ "params.tags": { $in: ["green"] } }, false],
    [{ "params.user.plan": { $exists: true } }, true],
    [{ "params.user.age": { $exists: false } }, true],
    [{ "params.nothing": { $exists: true } }, true],
    [{ "metadata.plan": { $regex: "^p" } }, true],
    [{ "metadata.plan": { $regex: "^P", $options: "i" } }, true],
    [{ "metadata.plan": { $regex: "^P" } }, false],
    [{ "params.tags": { $regex: "^bl" } }, true],
    [{ "metadata.plan": { $not: { $regex: "^p" } } }, false],
    [{ "request.headers.X-Team": "core" }, true],
    [{ $or: [{ "metadata.plan": "free" }, { "request.stream": true }] }, true],
    [{ $and: [{ "metadata.plan": "pro" }, { "request.stream": false }] }, false],
    [{ $nor: [{ "metadata.plan": "free" }, { "request.stream": false }] }, true],
    [{ $or: [{ "metadata.plan": "pro" }], "request.stream": false }, false],
    [{ $or: [{ $and: [{ "metadata.plan": "pro" }, { "metadata.seats": { $lt: 20 } }] }] }, true],
  ])("%j holds: %s", (query, expected) => {
    expect(holds(query)).toBe(expected);
  });

  test.each<[JsonObject, string]>([
    [{ plan: "pro" }, "if.plan: is not a field of a request. A field starts with metadata., params. or request."],
    [{ metadata: "pro" }, "if.metadata: needs a name after metadata."],
    [{ "request.headers": "pro" }, 'if["request.headers"]: is not a field of a request. Did you mean "headers"?'],
    [{ $xor: [] }, 'if.$xor: is not an operator for this position. Did you mean "$nor" or "$or"?'],
    [{ $or: [] }, "if.$or: must be a list of queries"],
    [{ $or: ["a"] }, "if.$or: must be a list of queries"],
    [{ "metadata.a": {} }, 'if["metadata.a"]: must be a value or a map of operators such as { $in: [a, b] }'],
    [{ "metadata.a": ["b"] }, 'if["metadata.a"]: must be a value or a map of operators such as { $in: [a, b] }'],
    [
      { "metadata.a": { b: 1 } },
      'if["metadata.a"].b: is not an operator. Write a nested field with dots: params.user.plan',
    ],
    [{ "metadata.a": { $in: "b" } }, 'if["metadata.a"].$in: must be a list of values'],
    [{ "metadata.a": { $gt: [1] } }, 'if["metadata.a"].$gt: must be a string, a number, true, false or null'],
    [{ "metadata.a": { $exists: 1 } }, 'if["metadata.a"].$exists: must be true or false'],
    [{ "metadata.a": { $regex: 1 } }, 'if["metadata.a"].$regex: must be a regular expression, as a string'],
    [{ "metadata.a": { $regex: "a", $options: "g" } }, 'if["metadata.a"].$options: must be i, and needs $regex'],
    [
      { "request.headers.x-api-key": "a" },
      'if["request.headers.x-api-key"]: names a header that may carry an API key; conditions cannot read it',
    ],
  ])("%j is refused", (query, expected) => {
    expect(complaintsOf(query)).toEqual([expected]);
  });

  test("that nests too deep is refused", () => {
    let query: JsonObject = { "metadata.a": 1 };
    for (let depth = 0; depth < 20; depth += 1) query = { $and: [query] };
    expect(complaintsOf(query)).toEqual([expect.stringContaining("is nested deeper than 16 levels")]);
  });
});
