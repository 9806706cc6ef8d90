// A MongoDB-style query over a request's fields -> a compiled condition. It reports each problem with its path at load;
// no request can find one later.
import type { Condition, ReadField } from "../../core/condition.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { didYouMean } from "../../domain/nearest-names.ts";
import type { Path } from "../problem.ts";
import { compilePattern, type Matcher } from "./pattern.ts";
import { PatternError } from "./pattern-parse.ts";
import { readFieldName } from "./fields.ts";

/** Receives each problem, with its path. */
export type Complain = (path: Path, message: string, hint?: string | null) => void;

/** Whether a value (undefined if absent) matches. */
type Test = (value: Json | undefined) => boolean;
type Holds = Condition["holds"];

interface Place {
  readonly path: Path;
  readonly complain: Complain;
  /** How deeply it is nested in lists of queries. */
  readonly depth: number;
}

const DEEPEST = 16;
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isScalar = (value: Json | undefined): value is string | number | boolean | null =>
  value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** The condition of a query such as `{ metadata.plan: pro, params.max_tokens: { $gt: 1000 } }`. */
export const compileCondition = (query: JsonObject, place: Omit<Place, "depth">): Condition => {
  const holds = compileQuery(query, { ...place, depth: 0 });
  return { text: JSON.stringify(query), holds };
};

const NEVER: Holds = () => false;

/** All members of a query must match. */
const compileQuery = (query: JsonObject, place: Place): Holds => {
  if (place.depth > DEEPEST) {
    place.complain(place.path, `is nested deeper than ${DEEPEST} levels`);
    return NEVER;
  }
  const parts = Object.entries(query).map(([name, expected]) =>
    compileMember(name, expected, { ...place, path: [...place.path, name] }),
  );
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return (read) => parts.every((part) => part(read));
};

const compileMember = (name: string, expected: Json | undefined, place: Place): Holds => {
  if (name === "$and" || name === "$or" || name === "$nor") return compileList(name, expected, place);
  if (name.startsWith("$")) {
    const near = didYouMean(name, ["$and", "$or", "$nor"]);
    place.complain(place.path, "is not an operator for this position", near ?? "Use fields, $and, $or or $nor");
    return NEVER;
  }
  const field = readFieldName(name, place);
  const test = compileTest(expected, place);
  return field === null ? NEVER : (read) => test(read(field));
};

const compileList = (name: "$and" | "$or" | "$nor", expected: Json | undefined, place: Place): Holds => {
  if (!Array.isArray(expected) || expected.length === 0 || !expected.every(isObject)) {
    place.complain(place.path, "must be a list of queries");
    return NEVER;
  }
  const parts = (expected as readonly JsonObject[]).map((query, index) =>
    compileQuery(query, { ...place, path: [...place.path, index], depth: place.depth + 1 }),
  );
  if (name === "$and") return (read) => parts.every((part) => part(read));
  const isAny = (read: ReadField): boolean => parts.some((part) => part(read));
  return name === "$or" ? isAny : (read) => !isAny(read);
};

/** `pro`, or `{ $in: [pro, team], $ne: trial }`: all operators must match. */
const compileTest = (expected: Json | undefined, place: Place): Test => {
  if (isScalar(expected)) return anyOf((value) => isSame(value, expected));
  if (!isObject(expected) || Object.keys(expected).length === 0) {
    place.complain(place.path, "must be a value or a map of operators such as { $in: [a, b] }");
    return () => false;
  }
  const tests = Object.entries(expected).flatMap(([name, operand]) =>
    name === "$options" ? [] : [compileOperator(name, operand, { ...place, path: [...place.path, name], expected })],
  );
  if (expected["$options"] !== undefined && (expected["$regex"] === undefined || expected["$options"] !== "i"))
    place.complain([...place.path, "$options"], "must be i, and needs $regex");
  return (value) => tests.every((test) => test(value));
};

interface OperatorPlace extends Place {
  readonly expected: JsonObject;
}
type Operator = (operand: Json | undefined, place: OperatorPlace) => Test;

const scalar =
  (make: (operand: string | number | boolean | null) => Test): Operator =>
  (operand, place) => {
    if (isScalar(operand)) return make(operand);
    place.complain(place.path, "must be a string, a number, true, false or null");
    return () => false;
  };

const ordered = (holds: (order: number) => boolean): Operator =>
  scalar((operand) =>
    anyOf((value) => {
      const order = compare(value, operand);
      return order !== null && holds(order);
    }),
  );

const listed =
  (make: (operands: readonly Json[]) => Test): Operator =>
  (operand, place) => {
    if (Array.isArray(operand) && operand.every(isScalar)) return make(operand as readonly Json[]);
    place.complain(place.path, "must be a list of values");
    return () => false;
  };

const isIn = (operands: readonly Json[]): Test => anyOf((value) => operands.some((one) => isSame(value, one)));
const negated =
  (test: Test): Test =>
  (value) =>
    !test(value);

const OPERATORS: Readonly<Record<string, Operator>> = {
  $eq: scalar((operand) => anyOf((value) => isSame(value, operand))),
  $ne: scalar((operand) => negated(anyOf((value) => isSame(value, operand)))),
  $gt: ordered((order) => order > 0),
  $gte: ordered((order) => order >= 0),
  $lt: ordered((order) => order < 0),
  $lte: ordered((order) => order <= 0),
  $in: listed(isIn),
  $nin: listed((operands) => negated(isIn(operands))),
  $exists: (operand, place) => {
    if (typeof operand === "boolean") return (value) => (value !== undefined) === operand;
    place.complain(place.path, "must be true or false");
    return () => false;
  },
  $regex: (operand, place) => {
    const matches = patternOf(operand, place);
    return anyOf((value) => (typeof value === "string" || typeof value === "number") && matches(String(value)));
  },
  $not: (operand, place) => negated(compileTest(operand, place)),
};

const compileOperator = (name: string, operand: Json | undefined, place: OperatorPlace): Test => {
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (operator !== undefined) return operator(operand, place);
  const operatorNames = Object.keys(OPERATORS);
  const hint = name.startsWith("$")
    ? (didYouMean(name, operatorNames) ?? `Known: ${operatorNames.join(", ")}`)
    : "Write a nested field with dots: params.user.plan";
  place.complain(place.path, "is not an operator", hint);
  return () => false;
};

const patternOf = (operand: Json | undefined, place: OperatorPlace): Matcher => {
  if (typeof operand !== "string") {
    place.complain(place.path, "must be a regular expression, as a string");
    return () => false;
  }
  try {
    return compilePattern(operand, place.expected["$options"] === "i");
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    place.complain(place.path, `the regular expression ${error.message}`);
    return () => false;
  }
};

/** A list matches if one of its members does, as in MongoDB. */
const anyOf =
  (test: Test): Test =>
  (value) =>
    test(value) || (Array.isArray(value) && (value as readonly Json[]).some(test));

/** Metadata are strings, so a string that reads as the wanted number or boolean matches. */
const isSame = (value: Json | undefined, expected: Json): boolean => {
  if (expected === null) return value === null || value === undefined;
  if (value === expected) return true;
  if (typeof value !== "string" || (typeof expected !== "number" && typeof expected !== "boolean")) return false;
  return value === String(expected);
};

/** Below 0, 0 or above; null if the two cannot be compared. */
const compare = (value: Json | undefined, operand: Json): number | null => {
  if (typeof operand === "number") {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    return typeof number === "number" && !Number.isNaN(number) ? number - operand : null;
  }
  if (typeof operand !== "string" || typeof value !== "string") return null;
  return value < operand ? -1 : value > operand ? 1 : 0;
};
