// What a request lost or changed on its way to another protocol. Whoever leaves something out says so here; the caller
// reads it in the response's headers, so entries are short and hold nothing of the conversation.

export interface Report {
  /** Left out. `field` as the OpenAI protocol names it, or by its own wire name. */
  drop(field: string): void;
  /** Changed: `field:from>to`. */
  adapt(field: string, from: string | number, to: string | number): void;
  readonly dropped: readonly string[];
  readonly adapted: readonly string[];
}

/** Each entry is kept once, in the order of its first mention. */
export function createReport(): Report {
  const dropped: string[] = [];
  const adapted: string[] = [];
  return {
    drop: (field) => addOnce(dropped, field),
    adapt: (field, from, to) => addOnce(adapted, `${field}:${from}>${to}`),
    dropped,
    adapted,
  };
}

function addOnce(list: string[], entry: string): void {
  if (!list.includes(entry)) list.push(entry);
}
