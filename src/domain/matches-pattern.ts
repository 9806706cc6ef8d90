// Names with `*`, for routes and for what a key may ask. Pure and linear: names come from strangers.

export const isPattern = (name: string): boolean => name.includes("*");

/**
 * `*` stands for any characters. A pattern without a slash matches only names without one, so that `*` leaves
 * `provider/model` alone.
 */
export const matchesPattern = (pattern: string, name: string): boolean => {
  if (!pattern.includes("/") && name.includes("/")) return false;
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const partAt = name.indexOf(part, at);
    if (partAt === -1 || partAt + part.length > end) return false;
    at = partAt + part.length;
  }
  return true;
};
