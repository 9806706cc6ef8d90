// A memory of one: most calls ask for the same target, route and model as the call before them, and a comparison costs
// less than another look at every character.

/** `compute`, which is called again only for another text than the last one. */
export function rememberLast<Text extends string | null, Result>(
  compute: (text: Text) => Result,
): (text: Text) => Result {
  let last: { readonly text: Text; readonly result: Result } | null = null;
  return (text) => {
    if (last === null || last.text !== text) last = { text, result: compute(text) };
    return last.result;
  };
}
