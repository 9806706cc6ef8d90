// Plays streams whose pieces have every size around the limits of the writer, all of them at hand at once, through a
// listener and through the library's fetch, and names each answer that did not arrive byte for byte.
// It runs by itself (`node piece-order.ts`), so that every supported Node can be asked. It must not use what Node 22 lacks.
import { createListener } from "../../src/listen/listener.ts";
import { createFetch } from "../../src/listen/fetch.ts";
import type { ListenOptions } from "../../src/listen/options.ts";
import { createSystemClock } from "../../src/system-clock.ts";

type PieceOfText = Uint8Array | string;

const EDGE = 16 * 1024;
const sizes: readonly number[] = [1, 100, EDGE - 1, EDGE, EDGE + 1, 2 * EDGE, 4 * EDGE - 1, 4 * EDGE + 1, 100_000];
const RANDOM_ANSWERS = 60;

/** Each size before each other one, as bytes and as text; then random mixtures with empty pieces among them. */
export function answersOfManySizes(seed: number): PieceOfText[][] {
  const random = generator(seed);
  const answers: PieceOfText[][] = [];
  for (const first of sizes)
    for (const second of sizes)
      for (const kinds of ["bytes", "text"] as const)
        answers.push([
          piece("a", 10, kinds),
          piece("b", first, kinds),
          piece("c", second, kinds),
          piece("z", 30, kinds),
        ]);
  for (let answer = 0; answer < RANDOM_ANSWERS; answer += 1) {
    const count = 2 + Math.floor(random() * 12);
    answers.push(
      Array.from({ length: count }, (_, index) => {
        const size = random() < 0.1 ? 0 : (sizes[Math.floor(random() * sizes.length)] ?? 1);
        return piece(String.fromCharCode(97 + index), size, random() < 0.5 ? "bytes" : "text");
      }),
    );
  }
  return answers;
}

/** With a sign of more than one byte in it, so that characters are not counted for bytes. */
function piece(letter: string, size: number, kind: "bytes" | "text"): PieceOfText {
  const text = size > 3 ? `é${letter.repeat(size - 2)}` : letter.repeat(size);
  return kind === "text" ? text : new Uint8Array(Buffer.from(text));
}

/** The same numbers for the same seed, on every Node. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Complaints; none is good. */
export async function playPieceOrder(seed: number = 1): Promise<readonly string[]> {
  const answers = answersOfManySizes(seed);
  const options: ListenOptions = {
    handle: (request) => {
      const pieces = answers[Number(request.query)] ?? [];
      let at = 0;
      const body = {
        next: (): Promise<PieceOfText | null> => Promise.resolve(pieces[at++] ?? null),
        cancel: (): void => {},
      };
      return Promise.resolve({ status: 200, headers: { "content-type": "text/plain" }, body });
    },
    maxBody: () => 1_000,
    clock: createSystemClock(),
    grace: () => 1_000,
    refuse: (failure) => ({ status: failure.status, headers: {}, body: failure.message }),
  };
  const listener = createListener(options);
  const { url } = await listener.listen({ host: "127.0.0.1", port: 0 });
  const inProcess = createFetch(options.handle, options);
  const complaints: string[] = [];
  try {
    for (const [index, pieces] of answers.entries()) {
      const expected = Buffer.concat(pieces.map((one) => Buffer.from(one)));
      for (const [way, ask] of [["HTTP", fetch] as const, ["in process", inProcess] as const]) {
        const response = await ask(`${url}/?${index}`);
        const received = Buffer.from(await response.arrayBuffer());
        if (!received.equals(expected)) complaints.push(`${way}: ${pieces.map((one) => one.length).join(", ")}`);
      }
    }
  } finally {
    await listener.drain();
  }
  return complaints;
}

if (process.argv[1] === import.meta.filename) {
  const complaints = await playPieceOrder();
  process.stdout.write(`${JSON.stringify({ node: process.version, complaints })}\n`);
}
