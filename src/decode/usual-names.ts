// Recognizes usual member names by their bytes: creating a string for each of them costs more than the comparison, and
// so does every lookup of it later. Other names are read as usual strings.

const names = (
  "model messages stream max_tokens temperature tools tool_choice top_p metadata user " +
  "stream_options max_completion_tokens reasoning_effort response_format parallel_tool_calls stop " +
  "input instructions max_output_tokens store include reasoning text prompt_cache_key " +
  "system thinking stop_sequences top_k context_management output_config " +
  "contents systemInstruction generationConfig toolConfig safetySettings n seed prompt"
).split(" ");

/** By length and first byte. */
const byPlace = new Map<number, readonly string[]>();
for (const name of names) {
  const place = placeOf(name.length, name.charCodeAt(0));
  byPlace.set(place, [...(byPlace.get(place) ?? []), name]);
}

/** The name at this position, or undefined if it is not a usual one. */
export function usualName(bytes: Uint8Array, start: number, end: number): string | undefined {
  const candidates = byPlace.get(placeOf(end - start, bytes[start] ?? 0));
  if (candidates === undefined) return undefined;
  for (const name of candidates) if (isAt(bytes, start, name)) return name;
  return undefined;
}

function placeOf(length: number, first: number): number {
  return length * 256 + first;
}

function isAt(bytes: Uint8Array, start: number, name: string): boolean {
  for (let index = 1; index < name.length; index += 1)
    if (bytes[start + index] !== name.charCodeAt(index)) return false;
  return true;
}
