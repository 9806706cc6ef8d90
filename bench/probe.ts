// One request to each side before its measurement: a wrong answer must not count as fast.
import { fillerText } from "./bodies.ts";
import type { Side } from "./rows/row.ts";
import { judgeStream, wires } from "./wire.ts";

const beginningOfAnswer = fillerText(40);

/**
 * Posts one body and checks that the upstream's text comes back in the side's protocol. Throws with the actual answer.
 */
export async function probeCompletion(side: Side, body: string): Promise<void> {
  const text = await post(side, { body, stream: false });
  const content = wires[side.wire].textOf(JSON.parse(text));
  if (content === undefined || !content.startsWith(beginningOfAnswer))
    throw new Error(`${side.name} answered no completion of the upstream: ${text.slice(0, 400)}`);
}

/** Posts one body and checks that every event of the upstream comes back in a properly ended stream. */
export async function probeStream(side: Side, body: string, events: number): Promise<void> {
  const problem = judgeStream(wires[side.wire], await post(side, { body, stream: true }), events);
  if (problem !== undefined) throw new Error(`${side.name}: ${problem}`);
}

async function post(
  side: Side,
  { body, stream }: { readonly body: string; readonly stream: boolean },
): Promise<string> {
  const path = wires[side.wire].path({ model: side.model, stream });
  const response = await fetch(`http://127.0.0.1:${side.port}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...side.headers },
    body,
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${side.name} answered ${response.status}: ${text.slice(0, 400)}`);
  return text;
}
