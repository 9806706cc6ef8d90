// The protocols with a fault in one function of one codec: its n-th call throws. Not a test.
import type { Protocol, StreamDecoder, StreamEncoder } from "../../src/core/protocol.ts";

export interface Fault {
  /** `openai-chat stream.encoder.step`. */
  readonly where: string;
  /** Which call of it throws, from 1. */
  readonly call: number;
  /** So do all later ones. */
  readonly forever: boolean;
}

export interface PlantedCodecs<Name extends string> {
  readonly protocols: Record<Name, Protocol>;
  /** How often the fault has thrown. */
  readonly thrown: () => number;
}

const facets = {
  request: ["decode", "encode", "peek", "fits", "askUsage", "placeParams"],
  response: ["decode", "encode", "mend", "repeats"],
  stream: ["decoder", "encoder"],
  decoder: ["step", "mend", "end"],
  encoder: ["step", "end", "fail", "resume", "handOver"],
  failure: ["decode", "encode", "frame"],
} as const;

/** The functions of its codecs that a client's protocol needs, and those that a target's needs. */
export const plantable: { readonly client: readonly string[]; readonly target: readonly string[] } = {
  client: [
    "request.decode",
    "request.peek",
    "response.encode",
    "response.repeats",
    "stream.encoder",
    ...facets.encoder.map((name) => `stream.encoder.${name}`),
    "failure.encode",
    "failure.frame",
  ],
  target: [
    "request.encode",
    "request.fits",
    "request.askUsage",
    "request.placeParams",
    "response.decode",
    "response.mend",
    "stream.decoder",
    ...facets.decoder.map((name) => `stream.decoder.${name}`),
    "failure.decode",
  ],
};

export function plantFault<Name extends string>(
  protocols: Record<Name, Protocol>,
  { where, call, forever }: Fault,
): PlantedCodecs<Name> {
  let calls = 0;
  let thrown = 0;
  const maybeThrow = (name: string): void => {
    if (name !== where) return;
    calls += 1;
    if (calls !== call && !(forever && calls > call)) return;
    thrown += 1;
    throw new Error(`planted in ${name}`);
  };
  /** The same object with these functions wrapped; private fields and `this` stay those of the original. */
  function wrap<T extends object>(inner: T, names: readonly string[], path: string): T {
    return new Proxy(inner, {
      get(on, member) {
        const value: unknown = Reflect.get(on, member, on);
        if (typeof value !== "function") return value;
        return (...given: unknown[]): unknown => {
          if (typeof member === "string" && names.includes(member)) maybeThrow(`${path}.${member}`);
          return Reflect.apply(value, on, given);
        };
      },
    });
  }
  const plant = (protocol: Protocol): Protocol => {
    const { name, chat, failure } = protocol;
    const stream = wrap(chat.stream, facets.stream, `${name} stream`);
    return {
      ...protocol,
      chat: {
        ...chat,
        request: wrap(chat.request, facets.request, `${name} request`),
        response: wrap(chat.response, facets.response, `${name} response`),
        stream: {
          ...chat.stream,
          decoder: (): StreamDecoder => wrap(stream.decoder(), facets.decoder, `${name} stream.decoder`),
          encoder: (options): StreamEncoder => wrap(stream.encoder(options), facets.encoder, `${name} stream.encoder`),
        },
      },
      failure: wrap(failure, facets.failure, `${name} failure`),
    };
  };
  const entries = Object.entries<Protocol>(protocols).map(([name, protocol]) => [name, plant(protocol)] as const);
  return { protocols: Object.fromEntries(entries) as Record<Name, Protocol>, thrown: () => thrown };
}
