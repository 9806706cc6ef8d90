// A test's own vendor for uploads, on a free port: it reads bodies of any size without holding them, and records their size,
// their hash and their beginning.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Upload {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  bytes: number;
  sha256: string;
  /** The first 64 KiB, as text. */
  start: string;
  /** The client has left before the end. */
  wasCut: boolean;
}

export interface UploadVendor extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/v1` */
  readonly baseUrl: string;
  readonly uploads: Upload[];
}

/** `answer` runs at the end of the body; `onHead` before it: true if it has answered. */
export async function openUploadVendor(
  answer: (upload: Upload, response: ServerResponse) => void,
  onHead: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<UploadVendor> {
  const uploads: Upload[] = [];
  const server = createServer((request, response) => {
    const upload: Upload = {
      path: request.url ?? "",
      headers: request.headers,
      bytes: 0,
      sha256: "",
      start: "",
      wasCut: false,
    };
    uploads.push(upload);
    if (onHead(request, response)) return;
    const hash = createHash("sha256");
    request.on("data", (chunk: Buffer) => {
      upload.bytes += chunk.byteLength;
      if (upload.start.length < 65_536) upload.start += chunk.toString("latin1").slice(0, 65_536);
      hash.update(chunk);
    });
    request.on("end", () => {
      upload.sha256 = hash.digest("hex");
      answer(upload, response);
    });
    request.on("close", () => (upload.wasCut = !request.complete));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    uploads,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function giveJson(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
