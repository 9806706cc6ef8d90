// A request on its way to another protocol: what only the caller's own protocol knows gives way to the words in it, and what
// cannot be carried is reported by its place. A call that has lost its question, its instructions or the result that it
// waits for is not asked: then the target is unfit. Never touches what the target's own protocol said.
import type {
  ChatRequest,
  ContentPart,
  FilePart,
  ForeignPart,
  Message,
  Part,
  ProtocolName,
  ToolResultPart,
} from "../core/chat.ts";
import { GatewayFailure } from "../core/failure.ts";
import { isObject } from "./read.ts";

export interface Carrier {
  /** The target's protocol. */
  readonly self: ProtocolName;
  /** Kinds of its own protocol's parts that the target does not know: they are put into words for it, too. */
  readonly foreign?: ((type: string) => boolean) | undefined;
  /** Whether it has a place for a document's name; where it has none, the name is said. */
  readonly namesFiles: boolean;
  /** Whether it has a place for what is said of a document. */
  readonly hasContext: boolean;
  readonly drop: (place: string) => void;
}

/** The same request where there is nothing to do. Throws GatewayFailure(`unsupported`, 400, param). */
export function carryWords(request: ChatRequest, carrier: Carrier): ChatRequest {
  const native = request.extras.protocol === carrier.self;
  if (!isConcerned(request, carrier, native)) return request;
  const needs = (part: Part): boolean => concerns(part, carrier, native);
  const now = request.messages.findLastIndex(({ role }) => role === "assistant");
  const messages = request.messages.map((message, index) => {
    if (!message.parts.some(needs)) return message;
    // What was said before has been answered. The operator's word holds for all that comes.
    const awaited = isOperators(message) || (index > now && !standsBesideResults(request, index));
    return carryMessage(message, { ...carrier, needs, awaited, place: `messages[${index}].content` });
  });
  return { ...request, messages: messages.filter((message) => message !== null) };
}

interface Carriage extends Carrier {
  readonly needs: (part: Part) => boolean;
  /** The answer depends on this very message. */
  readonly awaited: boolean;
  /** What is said to be lost where a part does not name its own place. */
  readonly place: string;
}

function isConcerned({ messages }: ChatRequest, carrier: Carrier, native: boolean): boolean {
  for (const { parts } of messages) for (const part of parts) if (concerns(part, carrier, native)) return true;
  return false;
}

function concerns(part: Part, carrier: Carrier, native: boolean): boolean {
  if (part.type === "foreign") return part.state.protocol !== carrier.self || isUnknownTo(part, carrier);
  if (part.type === "file") return !native && wordsOf(part, carrier) !== null;
  return part.type === "tool-result" && part.parts.some((inner) => concerns(inner, carrier, native));
}

function isUnknownTo({ state, instead, search }: ForeignPart, { foreign }: Carrier): boolean {
  if (foreign === undefined || instead?.length === 0 || search !== undefined) return false;
  const type = isObject(state.value) ? state.value["type"] : undefined;
  return typeof type !== "string" || foreign(type);
}

/** Where results stand in the user's turn, they are what the answer depends on. */
function standsBesideResults({ messages, extras }: ChatRequest, index: number): boolean {
  const inOneTurn = extras.protocol === "anthropic-messages" || extras.protocol === "gemini-generate";
  return inOneTurn && messages[index]?.role === "user" && messages[index - 1]?.role === "tool";
}

function isOperators({ role }: Message): boolean {
  return role === "system" || role === "developer";
}

/** Null for a turn of the assistant's of which nothing is left, and for a message that was no content at all. */
function carryMessage(message: Message, carriage: Carriage): Message | null {
  const parts = message.parts.flatMap((part): readonly Part[] =>
    part.type === "tool-result" ? [carryResult(part, carriage)] : carryPart(part, carriage),
  );
  if (parts.some(saysSomething)) return { ...message, parts };
  if (!message.parts.some(isContent)) return parts.length === 0 ? null : { ...message, parts };
  if (message.role === "assistant") return null;
  return { ...message, parts: [stub(message.parts, "message", carriage)] };
}

function saysSomething(part: Part): boolean {
  return part.type !== "text" || part.text.trim() !== "";
}

/** Members beside the content are none. */
function isContent(part: Part): boolean {
  return part.type !== "foreign" || part.instead?.length !== 0;
}

function carryResult(result: ToolResultPart, carriage: Carriage): ToolResultPart {
  if (!carriage.needs(result)) return result;
  const parts = result.parts.flatMap((part) => carryPart(part, carriage));
  return { ...result, parts: parts.some(saysSomething) ? parts : [stub(result.parts, "result", carriage)] };
}

function carryPart<One extends Part>(part: One, carriage: Carriage): readonly (One | ContentPart)[] {
  if (!carriage.needs(part)) return [part];
  if (part.type === "foreign") {
    for (const place of placesIn(part, carriage)) carriage.drop(place);
    return (part.instead ?? []).flatMap((one) => withWords(one, carriage));
  }
  return part.type === "file" ? withWords(part, carriage) : [part];
}

function placesIn({ lost, instead }: ForeignPart, { place }: Carriage): readonly string[] {
  return lost ?? (instead === undefined ? [place] : []);
}

function withWords<One extends Part>(part: One, carrier: Carrier): readonly (One | ContentPart)[] {
  const text = part.type === "file" ? wordsOf(part, carrier) : null;
  return text === null ? [part] : [{ type: "text", text }, part];
}

/** What is said of a document and has no place beside it. */
function wordsOf({ filename, context }: FilePart, { namesFiles, hasContext }: Carrier): string | null {
  const name = filename === null || namesFiles || saysNothing.test(filename) ? "" : `${filename}:`;
  const words = [name, hasContext ? "" : (context ?? "")];
  return words.filter((one) => one.trim() !== "").join("\n") || null;
}

/** As clients and codecs call a document where one has to have a name. */
const saysNothing = /^(?:document|file|attachment|upload)?(?:\.\w{1,5})?$/iu;

/** Stands where everything is lost, so that turns stay in order and nobody takes it for silence. */
function stub(lost: readonly Part[], what: "message" | "result", carriage: Carriage): ContentPart {
  if (carriage.awaited) {
    const [place = carriage.place] = lost.flatMap((part) => (part.type === "foreign" ? placesIn(part, carriage) : []));
    const why = `${place}: this target can be given nothing of this ${what}, and the answer depends on it`;
    throw new GatewayFailure(why, { code: "unsupported", status: 400, param: place });
  }
  return { type: "text", text: `[This ${what} cannot be shown here.]` };
}
