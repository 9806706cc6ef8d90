// The rows of translation: a client of each protocol and a target of each other one, whole answers and streams. The
// floor translates nothing: it forwards OpenAI's chat.
import { type WireName, wires } from "../wire.ts";
import { requestRow } from "./requests.ts";
import type { Row } from "./row.ts";
import { streamRow } from "./streams.ts";

const names = Object.keys(wires) as WireName[];
const pairs = names.flatMap((client) =>
  names.filter((target) => target !== client).map((target) => ({ client, target })),
);

/** `translated-chat-gemini`, `translated-chat-gemini-stream`, and so on for each pair. */
export const translatedRows: readonly Row[] = pairs.flatMap(({ client, target }) => {
  const id = `translated-${client}-${target}`;
  const title = `${wires[client].title} client to a target of ${wires[target].title}`;
  const model = `to-${target}`;
  return [
    requestRow({
      id,
      title,
      target: { of: "ratio to floor", atMost: 2.5 },
      plan: ({ quick }) => ({
        model,
        wire: client,
        gateway: { openai: quick, gemini: quick },
        floor: { program: "forward", upstreams: [quick] },
      }),
    }),
    streamRow({
      id: `${id}-stream`,
      title: `stream, ${title}`,
      model,
      wire: client,
      withNginx: false,
      target: { of: "ratio to floor", atMost: 1.6 },
    }),
  ];
});
