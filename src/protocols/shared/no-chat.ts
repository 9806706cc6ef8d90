// The conversations of a protocol that has operations only. None of its paths leads to one, and no row names it for chats;
// what arrives here all the same is refused.
import type { ProtocolName } from "../../core/chat.ts";
import { GatewayFailure } from "../../core/failure.ts";
import type { ChatCodec } from "../../core/protocol.ts";

function refuse(): never {
  throw new GatewayFailure("This API has no conversations.", { code: "unsupported", status: 400 });
}

export function noChat(protocol: ProtocolName): ChatCodec {
  return {
    request: { decode: refuse, encode: refuse },
    response: { decode: refuse, encode: refuse },
    stream: { decoder: refuse, encoder: refuse, endMark: "", signOfLife: "" },
    endings: {
      protocol,
      member: "",
      emptyStop: "never",
      own: new Map(),
      words: new Map(),
      explainsEmpty: () => false,
    },
  };
}
