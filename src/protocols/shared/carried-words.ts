// Prepares a request for another protocol: what only the caller's own protocol knows is replaced by its text, and what
// cannot be carried is reported by its path; a remark replaces a file at another vendor. If that would lose the
// question, the instructions or a result that the model waits for, the target is unfit. It must never change parts of
// the target's own protocol.
import type {
  ChatRequest,
  ContentPart,
  FilePart,
  ForeignPart,
  ImagePart,
  Message,
  Part,
  ProtocolName,
  ToolResultPart,
} from "../../core/chat.ts";
import { GatewayFailure } from "../../core/failure.ts";

export interface Carrier {
  /** The target's protocol. */
  readonly self: ProtocolName;
  /** Parts of its own protocol that the target does not know: they become text for it, too. */
  readonly foreign?: ((part: ForeignPart) => boolean) | undefined;
  /** Whether it has a field for a document's name; if not, the name becomes text. */
  readonly namesFiles: boolean;
  /** Whether it has a field for a document's description. */
  readonly hasContext: boolean;
  /** False if the target stands in for another vendor of its protocol: files uploaded there are not its own. */
  readonly readsOwn?: boolean | undefined;
  /** Protocols whose uploaded files it can read beside its own. */
  readonly reads?: { readonly images: readonly ProtocolName[]; readonly files: readonly ProtocolName[] } | undefined;
  readonly drop: (place: string) => void;
}

/** The same object if there is nothing to do. Throws GatewayFailure(`unsupported`, 400, param). */
export function carryWords(request: ChatRequest, carrier: Carrier): ChatRequest {
  const native = request.extras.protocol === carrier.self;
  if (!isConcerned(request, carrier, native)) return request;
  const needs = (part: Part): boolean => concerns(part, carrier, native);
  const now = request.messages.findLastIndex(({ role }) => role === "assistant");
  const messages = request.messages.map((message, index) => {
    if (!message.parts.some(needs)) return message;
    // Earlier user messages were answered already. The operator's instructions apply to everything that follows.
    const awaited = isOperators(message) || (index > now && !standsBesideResults(request, index));
    return carryMessage(message, { ...carrier, needs, awaited, place: `messages[${index}].content` });
  });
  return { ...request, messages: messages.filter((message) => message !== null) };
}

interface Carriage extends Carrier {
  readonly needs: (part: Part) => boolean;
  /** The answer depends on this message. */
  readonly awaited: boolean;
  /** The path to report if a part has none of its own. */
  readonly place: string;
}

function isConcerned({ messages }: ChatRequest, carrier: Carrier, native: boolean): boolean {
  for (const { parts } of messages) for (const part of parts) if (concerns(part, carrier, native)) return true;
  return false;
}

function concerns(part: Part, carrier: Carrier, native: boolean): boolean {
  if (part.type === "foreign") return part.state.protocol !== carrier.self || carrier.foreign?.(part) === true;
  if (part.type === "image") return lostFile(part, carrier) !== null;
  if (part.type === "file") return lostFile(part, carrier) !== null || (!native && wordsOf(part, carrier) !== null);
  return part.type === "tool-result" && part.parts.some((inner) => concerns(inner, carrier, native));
}

/** If results are in the user's turn, the answer depends on them. */
function standsBesideResults({ messages, extras }: ChatRequest, index: number): boolean {
  const inOneTurn = extras.protocol === "anthropic-messages" || extras.protocol === "gemini-generate";
  return inOneTurn && messages[index]?.role === "user" && messages[index - 1]?.role === "tool";
}

function isOperators({ role }: Message): boolean {
  return role === "system" || role === "developer";
}

/** The result for parts. */
interface Carried<One extends Part> {
  readonly parts: readonly (One | ContentPart)[];
  /** They contain more than remarks about losses. */
  readonly says: boolean;
  readonly lostPlaces: readonly string[];
}

/** Null for an assistant turn that becomes empty, and for a message without any content. */
function carryMessage(message: Message, carriage: Carriage): Message | null {
  const { parts, says, lostPlaces } = carryAll(message.parts, carriage);
  if (says) return { ...message, parts };
  if (!message.parts.some(isContent)) return parts.length === 0 ? null : { ...message, parts };
  if (message.role === "assistant") return null;
  return { ...message, parts: remarks(parts, { lostPlaces, what: "message", carriage }) };
}

function carryAll<One extends Part>(list: readonly One[], carriage: Carriage): Carried<One> {
  const each = list.map((part): Carried<One> => {
    if (!carriage.needs(part)) return { parts: [part], says: hasWords(part), lostPlaces: [] };
    if (part.type !== "tool-result") return carryPart(part, carriage);
    return { parts: [{ ...part, ...carryResult(part, carriage) }], says: true, lostPlaces: [] };
  });
  return joined(each);
}

function joined<One extends Part>(each: readonly Carried<One>[]): Carried<One> {
  return {
    parts: each.flatMap(({ parts }) => parts),
    says: each.some(({ says }) => says),
    lostPlaces: each.flatMap(({ lostPlaces }) => lostPlaces),
  };
}

function hasWords(part: Part): boolean {
  return part.type !== "text" || part.text.trim() !== "";
}

/** Members beside the content do not count. */
function isContent(part: Part): boolean {
  return part.type !== "foreign" || part.instead?.length !== 0;
}

function carryResult(result: ToolResultPart, carriage: Carriage): Pick<ToolResultPart, "parts"> {
  const { parts, says, lostPlaces } = carryAll(result.parts, carriage);
  return { parts: says ? parts : remarks(parts, { lostPlaces, what: "result", carriage }) };
}

function carryPart<One extends Part>(part: One, carriage: Carriage): Carried<One> {
  if (part.type === "foreign") {
    const lostPlaces = placesIn(part, carriage);
    for (const place of lostPlaces) carriage.drop(place);
    const inside = (part.instead ?? []).map((one): Carried<One> => ({ ...carryMedia(one, carriage) }));
    return joined<One>([{ parts: [], says: false, lostPlaces }, ...inside]);
  }
  return part.type === "file" || part.type === "image"
    ? carryMedia(part, carriage)
    : { parts: [part], says: hasWords(part), lostPlaces: [] };
}

function carryMedia<One extends Part>(part: One, carriage: Carriage): Carried<One> {
  const missingFile = part.type === "file" || part.type === "image" ? lostFile(part, carriage) : null;
  if (missingFile === null) return { parts: withWords(part, carriage), says: hasWords(part), lostPlaces: [] };
  const place = missingFile.source.place ?? carriage.place;
  carriage.drop(place);
  return { parts: remarkOn(missingFile), says: false, lostPlaces: [place] };
}

function placesIn({ lostPlaces, instead }: ForeignPart, { place }: Carriage): readonly string[] {
  return lostPlaces ?? (instead === undefined ? [place] : []);
}

type LostFile = (ImagePart | FilePart) & { readonly source: { readonly kind: "file-id" } };

/** The part, if it is a file at a vendor from which this target cannot get it. */
function lostFile(part: ImagePart | FilePart, { self, readsOwn = true, reads }: Carrier): LostFile | null {
  const { source } = part;
  if (source.kind !== "file-id" || (readsOwn && source.protocol === self)) return null;
  const others = part.type === "image" ? reads?.images : reads?.files;
  return others?.includes(source.protocol) === true ? null : { ...part, source };
}

/** So the model can say that it does not see the file. */
function remarkOn(part: LostFile): readonly ContentPart[] {
  const fileWords = part.type === "file" && part.filename !== null ? `The file "${part.filename}"` : "A file";
  const text = `[${part.type === "image" ? "An image" : fileWords} cannot be shown here.]`;
  const context = part.type === "file" ? (part.context ?? "") : "";
  const words = context.trim() === "" ? text : `${context}\n${text}`;
  return [{ type: "text", text: words, ...(part.marks === undefined ? {} : { marks: part.marks }) }];
}

function withWords<One extends Part>(part: One, carrier: Carrier): readonly (One | ContentPart)[] {
  const text = part.type === "file" ? wordsOf(part, carrier) : null;
  return text === null ? [part] : [{ type: "text", text }, part];
}

/** The name and description of a document that have no field of their own. */
function wordsOf({ filename, context }: FilePart, { namesFiles, hasContext }: Carrier): string | null {
  const name = filename === null || namesFiles || saysNothing.test(filename) ? "" : `${filename}:`;
  const words = [name, hasContext ? "" : (context ?? "")];
  return words.filter((one) => one.trim() !== "").join("\n") || null;
}

/** Names that clients and codecs give a document only because a name is required. */
const saysNothing = /^(?:document|file|attachment|upload)?(?:\.\w{1,5})?$/iu;

interface Emptied {
  readonly lostPlaces: readonly string[];
  readonly what: "message" | "result";
  readonly carriage: Carriage;
}

/** Replaces content that is completely lost, so that turns stay in order and are not empty. */
function remarks<One extends Part>(
  parts: readonly One[],
  { lostPlaces, what, carriage }: Emptied,
): readonly (One | ContentPart)[] {
  if (carriage.awaited) {
    const [place = carriage.place] = lostPlaces;
    const why = `${place}: this target cannot read this ${what}, and the answer depends on it`;
    throw new GatewayFailure(why, { code: "unsupported", status: 400, param: place });
  }
  if (parts.some(hasWords)) return parts;
  return [{ type: "text", text: `[This ${what} cannot be shown here.]` }];
}
