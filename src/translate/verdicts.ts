// Caches yes-or-no facts about request members by their bytes: an agent sends the same tools with every request, and
// checking their schemas costs more than everything else about a pass-through request. It stores only these answers,
// within a limit of bytes.
const mostBytes = 8 * 1024 * 1024;
/** Smaller members are checked as quickly as they are found here. */
const fewestBytes = 512;
const mostEntries = 256;

interface KnownVerdict {
  readonly question: string;
  readonly bytes: Uint8Array;
  readonly verdict: boolean;
}

export class Verdicts {
  /** The most recently used entry is last. */
  readonly #entries = new Set<KnownVerdict>();
  /** By question and length; different members rarely share both. */
  readonly #places = new Map<string, KnownVerdict[]>();
  #bytes = 0;

  of(question: string, bytes: Uint8Array, find: () => boolean): boolean {
    if (bytes.length < fewestBytes || bytes.length > mostBytes / 4) return find();
    const place = `${question} ${bytes.length}`;
    const knownEntry = this.#places.get(place)?.find((entry) => Buffer.compare(entry.bytes, bytes) === 0);
    if (knownEntry !== undefined) {
      this.#entries.delete(knownEntry);
      this.#entries.add(knownEntry);
      return knownEntry.verdict;
    }
    const verdict = find();
    this.#keep(place, { question, bytes: Uint8Array.from(bytes), verdict });
    return verdict;
  }

  #keep(place: string, entry: KnownVerdict): void {
    this.#entries.add(entry);
    this.#places.set(place, [...(this.#places.get(place) ?? []), entry]);
    this.#bytes += entry.bytes.length;
    for (const oldest of this.#entries) {
      if (this.#bytes <= mostBytes && this.#entries.size <= mostEntries) return;
      this.#forget(oldest);
    }
  }

  #forget(entry: KnownVerdict): void {
    this.#entries.delete(entry);
    this.#bytes -= entry.bytes.length;
    const place = `${entry.question} ${entry.bytes.length}`;
    const others = (this.#places.get(place) ?? []).filter((one) => one !== entry);
    if (others.length === 0) this.#places.delete(place);
    else this.#places.set(place, others);
  }
}
