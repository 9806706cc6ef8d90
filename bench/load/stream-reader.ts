// Reads streamed answers from raw bytes, counts events by their mark and checks how each stream ended. It does not
// parse JSON on purpose: the load must cost far less than the server. The probe before each row has checked the JSON.
import { eventMark } from "../bodies.ts";

const markByte = eventMark.charCodeAt(0);
const bodyEnd = "\r\n0\r\n\r\n";
const tailLength = 400;

/** The result of one streamed answer: undefined if complete, otherwise the error. */
export type StreamProblem = string | undefined;

/**
 * The state of one connection's answers. `expected`: the number of marks in a complete stream; `ending`: its last text.
 */
export class StreamReader {
  readonly #expected: number;
  readonly #ending: string;
  #head = "";
  #inBody = false;
  #tail = "";
  #events = 0;

  constructor(expected: number, ending: string) {
    this.#expected = expected;
    this.#ending = ending;
  }

  /** Events of the current answer so far. */
  get events(): number {
    return this.#events;
  }

  /** True between the first byte of an answer and its last. */
  get reading(): boolean {
    return this.#inBody || this.#head !== "";
  }

  /** Takes the bytes of a read. `ended`: the answer is over; `problem`: why it counts as broken. */
  read(bytes: Buffer): { readonly events: number; readonly ended: boolean; readonly problem: StreamProblem } {
    let body = bytes;
    if (!this.#inBody) {
      this.#head += bytes.toString("latin1");
      const headEnd = this.#head.indexOf("\r\n\r\n");
      if (headEnd < 0) return { events: 0, ended: false, problem: undefined };
      if (!this.#head.startsWith("HTTP/1.1 200 ")) return this.#end(`answered ${this.#head.slice(0, 400)}`);
      body = Buffer.from(this.#head.slice(headEnd + 4), "latin1");
      this.#inBody = true;
    }
    const events = countMarks(body);
    this.#events += events;
    this.#tail = (this.#tail + body.toString("latin1", Math.max(0, body.length - tailLength))).slice(-tailLength);
    if (!this.#tail.endsWith(bodyEnd)) return { events, ended: false, problem: undefined };
    return { ...this.#end(this.#judge()), events };
  }

  #judge(): StreamProblem {
    if (this.#events !== this.#expected) return `a stream ended after ${this.#events} of ${this.#expected} events`;
    return this.#tail.includes(this.#ending) ? undefined : `a stream ended without ${this.#ending}: ...${this.#tail}`;
  }

  #end(problem: StreamProblem): { events: number; ended: true; problem: StreamProblem } {
    this.#head = "";
    this.#inBody = false;
    this.#tail = "";
    this.#events = 0;
    return { events: 0, ended: true, problem };
  }
}

function countMarks(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(markByte); at >= 0; at = bytes.indexOf(markByte, at + 1)) count += 1;
  return count;
}
