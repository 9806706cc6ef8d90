// The caller of streams: keeps many connections streaming at once, counts every event, and reads the server's CPU time
// and memory at the same instants as its counts. Its own process on the load's core; it prints one line of JSON.
// Usage: streams.ts --port P --pid SERVER --body FILE --connections N --events N [--wire chat] [--model M] [--header "name: value"]...
//   --warmup S --seconds S    streams back to back, measured for S seconds after the warm-up
//   --once --ramp S           each connection streams once; measured while all of them are live
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { parseArgs } from "node:util";
import { readCpuMicros, readResidentBytes } from "../proc-stat.ts";
import { type WireName, wires } from "../wire.ts";
import { StreamReader } from "./stream-reader.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "" },
    pid: { type: "string", default: "" },
    body: { type: "string", default: "" },
    wire: { type: "string", default: "chat" },
    model: { type: "string", default: "" },
    header: { type: "string", multiple: true, default: [] },
    connections: { type: "string", default: "200" },
    events: { type: "string", default: "100" },
    warmup: { type: "string", default: "3" },
    seconds: { type: "string", default: "6" },
    once: { type: "boolean", default: false },
    ramp: { type: "string", default: "2" },
  },
});
const port = Number(values.port);
const pid = Number(values.pid);
const connections = Number(values.connections);
const eventsPerStream = Number(values.events);
const wire = wires[values.wire as WireName];
const body = readFileSync(values.body);
const head =
  `POST ${wire.path({ model: values.model, stream: true })} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\n` +
  `content-length: ${body.length}\r\n${values.header.map((line) => `${line}\r\n`).join("")}\r\n`;
const request = Buffer.concat([Buffer.from(head, "latin1"), body]);

// The counters of the whole run; the connections below add to them.
let events = 0;
let complete = 0;
let broken = 0;
let opened = 0;
let live = 0;
let stopping = false;
let firstProblem: string | undefined;
let wake: () => void = () => {};

function fail(problem: string): void {
  broken += 1;
  firstProblem ??= problem;
}

function openStream(): void {
  const reader = new StreamReader(eventsPerStream * wire.repeats, wire.ending);
  const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => socket.write(request));
  let begun = false;
  live += 1;
  const leave = (): void => {
    live -= 1;
    socket.removeAllListeners("close");
    socket.destroy();
    wake();
  };
  socket.on("data", (bytes: Buffer) => {
    if (!begun) {
      begun = true;
      opened += 1;
      wake();
    }
    const read = reader.read(bytes);
    events += read.events / wire.repeats;
    if (!read.ended) return;
    if (read.problem === undefined) complete += 1;
    else fail(read.problem);
    if (stopping || values.once || read.problem !== undefined) leave();
    else socket.write(request);
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    // A server may close between two answers; inside one it has lost events.
    live -= 1;
    if (reader.reading || !begun)
      fail(`a connection closed after ${reader.events / wire.repeats} of ${eventsPerStream} events`);
    else if (!stopping && !values.once) openStream();
    wake();
  });
}

const sleep = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

async function until(condition: () => boolean, seconds: number): Promise<boolean> {
  const deadline = performance.now() + seconds * 1_000;
  while (!condition() && performance.now() < deadline)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 100);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  return condition();
}

async function openAll(seconds: number): Promise<void> {
  const began = performance.now();
  for (let count = 0; count < connections;) {
    const due = Math.min(connections, Math.ceil(((performance.now() - began) / (seconds * 1_000)) * connections));
    for (; count < due; count++) openStream();
    await sleep(0.005);
  }
}

const snapshot = (): { events: number; streams: number; cpu: number; at: number } => ({
  events,
  streams: complete,
  cpu: readCpuMicros(pid),
  at: performance.now(),
});

function difference(from: ReturnType<typeof snapshot>, to: ReturnType<typeof snapshot>): object {
  return {
    events: to.events - from.events,
    streams: to.streams - from.streams,
    cpuMicros: to.cpu - from.cpu,
    seconds: (to.at - from.at) / 1_000,
  };
}

async function measureBackToBack(): Promise<object> {
  const warmup = Number(values.warmup);
  const opening = openAll(Math.min(2, warmup));
  await sleep(warmup);
  await opening;
  const from = snapshot();
  await sleep(Number(values.seconds));
  const to = snapshot();
  stopping = true;
  if (!(await until(() => live === 0, 30))) fail(`${live} streams had not ended 30 s after the measurement`);
  return difference(from, to);
}

async function measureAllLive(): Promise<object> {
  const residentBefore = readResidentBytes(pid);
  await openAll(Number(values.ramp));
  if (!(await until(() => opened === connections, 30))) fail(`${opened} of ${connections} streams began`);
  const from = snapshot();
  const liveAtOnce = live;
  if (complete > 0) fail(`${complete} streams were over before the last one began: the ramp is too slow`);
  const residentLive = readResidentBytes(pid);
  await until(() => complete + broken > 0, 120);
  const to = snapshot();
  if (!(await until(() => live === 0, 120))) fail(`${live} streams never ended`);
  return { ...difference(from, to), residentBefore, residentLive, liveAtOnce };
}

const measured = await (values.once ? measureAllLive() : measureBackToBack());
console.log(JSON.stringify({ ...measured, complete, broken, problem: firstProblem ?? null }));
process.exit(0);
