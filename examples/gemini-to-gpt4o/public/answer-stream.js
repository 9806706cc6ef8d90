/**
 * Asks the application and yields its server-sent events as `{ event, data }`.
 * An answer has exactly one ending, `done` or `error`: a connection that just stops becomes an `error` here.
 */

/**
 * @param {{ role: string, content: string }[]} messages the conversation so far
 * @param {AbortSignal} signal aborting it leaves the answer, which cancels it at the vendor too
 */
export async function* streamAnswer(messages, signal) {
  const response = await ask(messages, signal);
  if (!response.ok) {
    const body = await response.json().catch(() => ({}));
    yield fail(body.error ?? { message: `The application answered ${response.status}.` });
    return;
  }
  let ended = false;
  try {
    for await (const event of readEvents(response.body)) {
      ended ||= event.event === "done" || event.event === "error";
      yield event;
    }
  } catch (error) {
    if (signal.aborted) throw error;
  }
  if (!ended) yield fail({ message: "The connection to the application broke off in mid-answer." });
}

async function ask(messages, signal) {
  const headers = { "content-type": "application/json" };
  try {
    return await fetch("/api/chat", { method: "POST", headers, body: JSON.stringify({ messages }), signal });
  } catch (error) {
    if (signal.aborted) throw error;
    return Response.json(
      { error: { message: "The application does not answer. Is it still running?" } },
      { status: 502 },
    );
  }
}

async function* readEvents(body) {
  let rest = "";
  for await (const piece of readPieces(body.pipeThrough(new TextDecoderStream()))) {
    const frames = (rest + piece).split("\n\n");
    rest = frames.pop();
    for (const frame of frames) yield parseFrame(frame);
  }
}

// A reader rather than `for await` over the stream, which not every browser has.
async function* readPieces(stream) {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parseFrame(frame) {
  const [event, data] = frame.split("\n").map((line) => line.slice(line.indexOf(": ") + 2));
  return { event, data: JSON.parse(data) };
}

function fail(data) {
  return { event: "error", data: { attempts: [], skipped: [], code: "failed", ...data } };
}
