// Token counts of one answer that come in several pieces: later counts replace earlier ones, or counts of several answers
// are added. A count that nobody gave stays null: it must never become a zero.
import type { Usage } from "../core/usage.ts";

/** The later one wins, for each member that is not null. */
export function mergeUsage(earlier: Usage | null, later: Usage): Usage {
  if (earlier === null) return later;
  const cacheWrite1h = later.cacheWrite1h ?? earlier.cacheWrite1h;
  const images = later.images ?? earlier.images;
  const audio = later.audio ?? earlier.audio;
  const counts = {
    input: later.input ?? earlier.input,
    output: later.output ?? earlier.output,
    cacheRead: later.cacheRead ?? earlier.cacheRead,
    cacheWrite: later.cacheWrite ?? earlier.cacheWrite,
    reasoning: later.reasoning ?? earlier.reasoning,
    searches: later.searches ?? earlier.searches,
  };
  // Some vendors count with every event, and almost never these.
  if (cacheWrite1h === undefined && audio === undefined && images === undefined) return counts;
  return {
    ...counts,
    ...(cacheWrite1h === undefined ? {} : { cacheWrite1h }),
    ...(audio === undefined ? {} : { audio }),
    ...(images === undefined ? {} : { images }),
  };
}

/** The sum. A count that only one side has stays. */
export function addUsage(one: Usage, other: Usage): Usage;
export function addUsage(one: Usage | null, other: Usage | null): Usage | null;
export function addUsage(one: Usage | null, other: Usage | null): Usage | null {
  if (one === null || other === null) return one ?? other;
  const searches = add(one.searches ?? null, other.searches ?? null);
  const cacheWrite1h = add(one.cacheWrite1h ?? null, other.cacheWrite1h ?? null);
  return {
    input: add(one.input, other.input),
    output: add(one.output, other.output),
    cacheRead: add(one.cacheRead, other.cacheRead),
    cacheWrite: add(one.cacheWrite, other.cacheWrite),
    reasoning: add(one.reasoning, other.reasoning),
    ...(searches === null ? {} : { searches }),
    ...(cacheWrite1h === null ? {} : { cacheWrite1h }),
    ...addAudio(one, other),
    ...addImages(one, other),
  };
}

function addAudio({ audio: one }: Usage, { audio: other }: Usage): Pick<Usage, "audio"> {
  if (one === undefined || other === undefined) return one === other ? {} : { audio: one ?? other };
  return {
    audio: {
      input: one.input + other.input,
      output: one.output + other.output,
      cacheRead: one.cacheRead + other.cacheRead,
    },
  };
}

function addImages({ images: one }: Usage, { images: other }: Usage): Pick<Usage, "images"> {
  if (one === undefined || other === undefined) return one === other ? {} : { images: one ?? other };
  return { images: { input: one.input + other.input, output: one.output + other.output } };
}

function add(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : one + other;
}
