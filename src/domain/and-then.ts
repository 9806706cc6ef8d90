// Work that usually has nothing to wait for: it goes on at once, and costs a promise only if it must wait.

/** `next` of `value`: at once, or when it is there. */
export function andThen<Value, Result>(
  value: Value | Promise<Value>,
  next: (value: Value) => Result | Promise<Result>,
): Result | Promise<Result> {
  return value instanceof Promise ? value.then(next) : next(value);
}
