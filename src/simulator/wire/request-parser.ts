// A small HTTP/1.1 request parser over raw bytes: keep-alive, pipelining, content-length and chunked bodies, and
// Expect: 100-continue. It is a plain state machine: bytes in, requests out; it touches no socket.

export interface RawRequest {
  readonly method: string;
  /** Path with query, as on the request line. */
  readonly target: string;
  /** Names in lower case; repeated headers are joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly keepAlive: boolean;
}

export type ParserOutput =
  | { readonly kind: "request"; readonly request: RawRequest }
  | { readonly kind: "continue" }
  | { readonly kind: "broken"; readonly status: 400 | 413 | 431; readonly reason: string };

interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly headers: Record<string, string>;
  readonly keepAlive: boolean;
}

type State = "head" | "fixed-body" | "chunk-size" | "chunk-data" | "chunk-end" | "trailers" | "broken";

const maximumHead = 64 * 1024;
const maximumBody = 128 * 1024 * 1024;
const headEnd = Buffer.from("\r\n\r\n");
const lineEnd = Buffer.from("\r\n");
const nothing = Buffer.alloc(0);

export class RequestParser {
  #state: State = "head";
  /** Bytes that are not consumed yet; kept as pieces, so that a large body is joined only once. */
  #pieces: Buffer[] = [];
  #size = 0;
  #head: RequestHead | undefined;
  #missing = 0;
  #chunks: Buffer[] = [];
  #bodySize = 0;

  /** True between requests: nothing is half read. */
  get isIdle(): boolean {
    return this.#state === "head" && this.#size === 0;
  }

  push(bytes: Buffer): ParserOutput[] {
    if (this.#state === "broken") return [];
    this.#pieces.push(bytes);
    this.#size += bytes.length;
    const outputs: ParserOutput[] = [];
    while (this.#step(outputs)) {
      // each step consumes bytes or changes the state
    }
    return outputs;
  }

  #step(outputs: ParserOutput[]): boolean {
    switch (this.#state) {
      case "head":
        return this.#readHead(outputs);
      case "fixed-body":
        return this.#readFixedBody(outputs);
      case "chunk-size":
        return this.#readChunkSize(outputs);
      case "chunk-data":
        return this.#readChunkData();
      case "chunk-end":
        return this.#readChunkEnd(outputs);
      case "trailers":
        return this.#readTrailers(outputs);
      case "broken":
        return false;
    }
  }

  #readHead(outputs: ParserOutput[]): boolean {
    if (this.#size === 0) return false;
    const bytes = this.#all();
    const start = bytes.subarray(0, 2).equals(lineEnd) ? 2 : 0; // a stray line end after a body is allowed
    const end = bytes.indexOf(headEnd, start);
    if (end < 0) {
      if (bytes.length > maximumHead) return this.#break(outputs, 431, "the request head is longer than 64 KiB");
      return false;
    }
    const head = parseHead(bytes.toString("latin1", start, end));
    if (typeof head === "string") return this.#break(outputs, 400, head);
    this.#use(end + headEnd.length);
    this.#head = head;
    this.#chunks = [];
    this.#bodySize = 0;
    if (head.headers["expect"]?.toLowerCase() === "100-continue") outputs.push({ kind: "continue" });
    return this.#beginBody(head.headers, outputs);
  }

  #beginBody(headers: Record<string, string>, outputs: ParserOutput[]): boolean {
    if (headers["transfer-encoding"]?.toLowerCase().includes("chunked") === true) {
      this.#state = "chunk-size";
      return true;
    }
    const announced = headers["content-length"] ?? "0";
    if (!/^\d+$/.test(announced)) return this.#break(outputs, 400, `content-length is not a number: ${announced}`);
    this.#missing = Number(announced);
    if (this.#missing > maximumBody) return this.#break(outputs, 413, "the body is larger than 128 MiB");
    this.#state = "fixed-body";
    return true;
  }

  #readFixedBody(outputs: ParserOutput[]): boolean {
    if (this.#size < this.#missing) return false;
    this.#chunks = [this.#take(this.#missing)];
    return this.#complete(outputs);
  }

  #readChunkSize(outputs: ParserOutput[]): boolean {
    const line = this.#line();
    if (line === undefined) return false;
    const size = /^[0-9a-f]+/i.exec(line)?.[0];
    if (size === undefined) return this.#break(outputs, 400, `not a chunk size: ${line.slice(0, 20)}`);
    this.#missing = Number.parseInt(size, 16);
    this.#bodySize += this.#missing;
    if (this.#bodySize > maximumBody) return this.#break(outputs, 413, "the body is larger than 128 MiB");
    this.#state = this.#missing === 0 ? "trailers" : "chunk-data";
    return true;
  }

  #readChunkData(): boolean {
    if (this.#size < this.#missing) return false;
    this.#chunks.push(this.#take(this.#missing));
    this.#state = "chunk-end";
    return true;
  }

  #readChunkEnd(outputs: ParserOutput[]): boolean {
    const line = this.#line();
    if (line === undefined) return false;
    if (line !== "") return this.#break(outputs, 400, "a chunk is longer than its size");
    this.#state = "chunk-size";
    return true;
  }

  #readTrailers(outputs: ParserOutput[]): boolean {
    const line = this.#line();
    if (line === undefined) return false;
    return line === "" ? this.#complete(outputs) : true;
  }

  #complete(outputs: ParserOutput[]): boolean {
    const head = this.#head;
    if (head !== undefined) {
      const body = this.#chunks.length === 1 ? (this.#chunks[0] ?? nothing) : Buffer.concat(this.#chunks);
      outputs.push({ kind: "request", request: { ...head, body } });
    }
    this.#head = undefined;
    this.#chunks = [];
    this.#state = "head";
    return true;
  }

  #break(outputs: ParserOutput[], status: 400 | 413 | 431, reason: string): false {
    this.#state = "broken";
    outputs.push({ kind: "broken", status, reason });
    return false;
  }

  #all(): Buffer {
    if (this.#pieces.length !== 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0] ?? nothing;
  }

  #use(count: number): void {
    const rest = this.#all().subarray(count);
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
  }

  #take(count: number): Buffer {
    const bytes = this.#all().subarray(0, count);
    this.#use(count);
    return bytes;
  }

  #line(): string | undefined {
    const bytes = this.#all();
    const end = bytes.indexOf(lineEnd);
    if (end < 0) return undefined;
    const line = bytes.toString("latin1", 0, end);
    this.#use(end + lineEnd.length);
    return line;
  }
}

function parseHead(text: string): RequestHead | string {
  const [requestLine = "", ...headerLines] = text.split("\r\n");
  const [, method, target, version] = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/.exec(requestLine) ?? [];
  if (method === undefined || target === undefined) return `not an HTTP/1.1 request line: ${requestLine.slice(0, 60)}`;
  const headers: Record<string, string> = {};
  for (const line of headerLines) {
    const colon = line.indexOf(":");
    if (colon <= 0) return `not a header line: ${line.slice(0, 60)}`;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  const wish = headers["connection"]?.toLowerCase() ?? "";
  const keepAlive = version === "1" ? !wish.includes("close") : wish.includes("keep-alive");
  return { method, target, headers, keepAlive };
}
