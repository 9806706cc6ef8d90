// Prepared answers to the few questions with which a demonstration begins, so that a newcomer's first answer makes
// sense. Data and one lookup; compose-text.ts answers every other question.

const pieces: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /\btheat(?:re|er)\b.*\bunderstudy\b/i,
    [
      "Because the evening must not depend on one voice. An understudy learns the same part, stands ready in the wings, and goes on when the lead cannot.\n\nThe audience came for the play. If the change is made **before the first line**, most of them never notice it.",
      "So that one sore throat does not close the house. The understudy knows every line of the part and takes it over when the lead cannot go on.\n\nThree things make it work:\n\n1. the same script, word for word,\n2. a clear sign for when to step in,\n3. a lead who gets the part back once well again.",
    ],
  ],
  [
    /\bfetch\b.*\btimeout\b/i,
    [
      "`AbortSignal.timeout` does all of it:\n\n```js\nconst response = await fetch(url, {\n  signal: AbortSignal.timeout(5_000),\n});\nif (!response.ok) throw new Error(`HTTP ${response.status}`);\nconst data = await response.json();\n```\n\nAfter five seconds `fetch` rejects with a `TimeoutError`. The clock goes on while the body is read, so a stalled download ends too.",
      'Give `fetch` a signal that ends it:\n\n```js\ntry {\n  const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });\n  console.log(await response.json());\n} catch (error) {\n  if (error.name === "TimeoutError") console.log("Too slow.");\n  else throw error;\n}\n```\n\nTo cancel by hand as well, join two signals with `AbortSignal.any([...])`.',
    ],
  ],
  [
    /\bcircuit breaker\b/i,
    [
      "A circuit breaker counts the failures of a service and, after a few in a row, stops asking it. While it is open every call goes elsewhere at once, so nobody waits for an answer that will not come. After a rest it lets a single probe through, and closes again when that one succeeds.",
      "When a service fails several times in a row, its circuit breaker opens: calls no longer reach it. That spares the callers a wait and gives the service room to recover. Some seconds later one trial call is let through, and its success closes the circuit.",
    ],
  ],
];

const longestQuestion = 200; // characters; a longer question needs an answer of its own

/** The prepared answers to such a question; empty if there are none. */
export function setPiecesFor(question: string): readonly string[] {
  if (question.length > longestQuestion) return [];
  return pieces.find(([cue]) => cue.test(question))?.[1] ?? [];
}

const tail = 24; // characters that identify the position in an answer

/** The rest of the answer that breaks off after `said`; null if it is not a prepared one. */
export function restAfter(text: string): string | null {
  const end = text.trimEnd().slice(-tail);
  if (end.length < tail) return null;
  for (const piece of pieces.flatMap(([, answers]) => answers)) {
    const at = piece.indexOf(end);
    if (at !== -1) return piece.slice(at + end.length) || null;
  }
  return null;
}
