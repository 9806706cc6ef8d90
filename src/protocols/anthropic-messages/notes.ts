// What an encoder could not take over: fields left out and fields changed, by the names the OpenAI protocol gives them.
// One per encoded request; each field is named once.
export interface Notes {
  readonly dropped: readonly string[];
  readonly adapted: readonly string[];
  drop(field: string): void;
  adapt(field: string, from: string | number, to: string | number): void;
}

export function createNotes(): Notes {
  const dropped: string[] = [];
  const adapted: string[] = [];
  return {
    dropped,
    adapted,
    drop(field) {
      if (!dropped.includes(field)) dropped.push(field);
    },
    adapt(field, from, to) {
      const note = `${field}:${from}>${to}`;
      if (!adapted.includes(note)) adapted.push(note);
    },
  };
}
