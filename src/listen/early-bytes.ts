// What a client sends before its WebSocket is open. Reading it shows that the client has left; beyond a few bytes its socket
// is paused, so that nobody fills the memory of a gateway that is still asking its targets.
import type { Socket } from "node:net";

const MOST = 64 * 1024;

export class EarlyBytes {
  readonly #socket: Socket;
  readonly #chunks: Buffer[];
  readonly #onEnd: () => void;
  #size: number;

  /** `head`: what came with the request. `onEnd`: the client will send nothing more. */
  constructor(socket: Socket, head: Buffer, onEnd: () => void) {
    this.#socket = socket;
    this.#chunks = [head];
    this.#size = head.byteLength;
    this.#onEnd = onEnd;
    socket.on("data", this.#onData);
    socket.once("end", onEnd);
  }

  /** Somebody else reads the socket from here on, and these bytes before it. */
  handOver(): Buffer {
    this.#socket.off("data", this.#onData);
    this.#socket.off("end", this.#onEnd);
    return Buffer.concat(this.#chunks);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#size += chunk.byteLength;
    if (this.#size > MOST) this.#socket.pause();
  };
}
