// How much memory a gateway takes while many clients upload at a time: the gateway in a process of its own, the vendor and the
// clients in this one, none of which holds a body.
import { fork } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { giveJson, openUploadVendor } from "./upload-vendor.ts";

export interface UploadMemory {
  /** Megabytes of resident memory. */
  readonly idle: number;
  readonly peak: number;
  /** Bytes that reached the vendor. */
  readonly received: number;
  readonly statuses: readonly number[];
}

const MB = 1024 * 1024;
const program = join(import.meta.dirname, "..", "processes", "passing-gateway.ts");

export async function measureUploads(uploads: number, megabytes: number): Promise<UploadMemory> {
  await using vendor = await openUploadVendor((upload, response) =>
    giveJson(response, { id: "file-1", bytes: upload.bytes }),
  );
  const child = fork(program, [vendor.baseUrl], { execArgv: ["--expose-gc"], stdio: "inherit" });
  const ask = async (question: string): Promise<number> => {
    child.send(question);
    const [answer] = (await once(child, "message")) as [number];
    return answer / MB;
  };
  try {
    const [url] = (await once(child, "message")) as [string];
    // The code is compiled, and the pools are filled.
    await Promise.all(Array.from({ length: uploads }, () => upload(url, 2)));
    const idle = await ask("idle");
    const before = vendor.uploads.length;
    const statuses = await Promise.all(Array.from({ length: uploads }, () => upload(url, megabytes)));
    const received = vendor.uploads.slice(before).reduce((sum, { bytes }) => sum + bytes, 0);
    return { idle, peak: await ask("peak"), received, statuses };
  } finally {
    child.disconnect();
    await once(child, "exit");
  }
}

const piece = Buffer.alloc(MB, "sound");
const start =
  '--b\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n';
const end = "\r\n--b--\r\n";

/** The status. */
async function upload(url: string, megabytes: number): Promise<number> {
  const headers = {
    "content-type": "multipart/form-data; boundary=b",
    "content-length": start.length + megabytes * MB + end.length,
  };
  const sending = request(`${url}/v1/files`, { method: "POST", headers, agent: false });
  const answered = once(sending, "response");
  sending.write(start);
  let goOn = (): void => {};
  let isAnswered = false;
  sending.on("drain", () => goOn());
  void answered.then(() => {
    isAnswered = true;
    goOn();
  });
  for (let count = 0; count < megabytes && !isAnswered; count += 1)
    if (!sending.write(piece)) await new Promise<void>((resolve) => (goOn = resolve));
  sending.end(end);
  const [response] = (await answered) as [IncomingMessage];
  response.resume();
  await once(response, "end");
  return response.statusCode ?? 0;
}
