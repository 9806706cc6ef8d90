// How the processor's time for some work grows when its input grows fourfold: 4 is linear, 16 the square. Not a test.

/** Between linear growth (4) and the square (16). */
export const MOST_GROWTH = 9;
const TIMES = 4;
/** Milliseconds: less is noise. */
const LEAST = 40;
const TRIES = 3;

export interface GrowingWork {
  /** The smaller input. */
  readonly size: number;
  /** Makes the input, which does not count. */
  readonly prepare: (count: number) => void;
  readonly work: () => Promise<void>;
}

/** 0: too little to measure. Other work on the machine only adds time, so the best try counts. */
export async function growthOf({ size, prepare, work }: GrowingWork): Promise<number> {
  const cost = async (count: number): Promise<number> => {
    prepare(count);
    const begun = process.cpuUsage();
    await work();
    return process.cpuUsage(begun).user / 1_000;
  };
  await cost(100);
  let growth = Infinity;
  for (let tries = 0; tries < TRIES && growth > MOST_GROWTH; tries += 1) {
    const short = await cost(size);
    const long = await cost(size * TIMES);
    growth = long < LEAST ? 0 : Math.min(growth, long / short);
  }
  return growth;
}
