// Recognizes usual member names by their bytes: creating a string for each of them costs more than the comparison, and
// so does every lookup of it later. Other names are read as usual strings.

const names = (
  "model messages stream max_tokens temperature tools tool_choice top_p metadata user " +
  "stream_options max_completion_tokens reasoning_effort response_format parallel_tool_calls stop " +
  "input instructions max_output_tokens store include reasoning text prompt_cache_key " +
  "system thinking stop_sequences top_k context_management output_config " +
  "contents systemInstruction generationConfig toolConfig safetySettings n seed prompt"
).split(" ");

/** By their length. */
const byLength: (string[] | undefined)[] = Array.from({ length: 1 + Math.max(...names.map(({ length }) => length)) });
for (const name of names) (byLength[name.length] ??= []).push(name);

/** The name at this position, or undefined if it is not a usual one. */
export function usualName(bytes: Uint8Array, start: number, end: number): string | undefined {
  const candidates = byLength[end - start];
  if (candidates === undefined) return undefined;
  for (const name of candidates) if (isAt(bytes, start, name)) return name;
  return undefined;
}

function isAt(bytes: Uint8Array, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index += 1)
    if (bytes[start + index] !== name.charCodeAt(index)) return false;
  return true;
}
