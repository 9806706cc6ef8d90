// The translation's stop: one request to one target in its protocol, and its answer in neutral form (or its bytes, if
// both sides speak the same protocol). It sends once and classifies the result; whether to retry is decided elsewhere.
import { rememberMasks } from "../domain/secret-masks.ts";
import type { Answer, Ask, Asking } from "../core/exchange.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import { askForChat } from "./ask-for-chat.ts";
import { canPass } from "./can-pass.ts";
import { askChatAsOperation } from "./chat-as-operation.ts";
import { askForPassthrough } from "./ask-for-passthrough.ts";
import { askForSession } from "./ask-for-session.ts";
import { askForOperation } from "./ask-for-operation.ts";
import { rememberFactsIn } from "./choose-protocol.ts";
import { fromGatewayFailure, fromTransport } from "./failures.ts";
import { rememberAddresses } from "./outbound.ts";
import { rememberOwnQuirks } from "./own-quirks.ts";
import { rememberStandIns } from "./stand-ins.ts";
import type { Tools, TranslateParts } from "./translate-parts.ts";
import { Verdicts } from "./verdicts.ts";
import { withRemedy } from "./with-remedy.ts";

export function translate(parts: TranslateParts): Ask {
  const tools: Tools = {
    ...parts,
    addressOf: rememberAddresses(),
    standsInFor: rememberStandIns(),
    quirksOf: rememberOwnQuirks(),
    factsIn: rememberFactsIn(),
    masksOf: rememberMasks(),
    verdicts: new Verdicts(),
  };
  const ask = (asking: Asking): Promise<Answer | WireFailure> => {
    const { passed, operation, task } = asking.call;
    if (passed?.place.session !== undefined) return askForSession(tools, asking, passed.place);
    if (passed !== undefined)
      return operation === undefined || canPass(tools, asking)
        ? askForPassthrough(tools, asking, passed)
        : askForOperation(tools, asking, operation);
    if (task === "chat") return askChatAsOperation(tools, asking) ?? askForChat(tools, asking);
    if (operation === undefined) throw new Error(`${task} was not decoded`);
    return askForOperation(tools, asking, operation);
  };
  return (asking) =>
    ask(asking)
      .catch((error: unknown) =>
        error instanceof GatewayFailure ? fromGatewayFailure(error, asking.call) : fromTransport(error),
      )
      .then((result) => ("verdict" in result ? withRemedy(result, asking.target.provider) : result));
}
