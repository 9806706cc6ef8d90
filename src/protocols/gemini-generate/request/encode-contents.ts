// Encodes the conversation as `contents`: two alternating roles, the user first and last, the results of a turn in one
// content of their own, and signatures on their own parts. Content that only another vendor can read is dropped and
// reported.
import { unsupported } from "../../shared/unsupported.ts";
import type {
  FilePart,
  ForeignPart,
  ImagePart,
  MediaSource,
  Message,
  Part,
  Stray,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../../core/chat.ts";
import type { Content } from "./content.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import { wantsCitations } from "../../shared/citations.ts";
import { settleHistory } from "../../shared/history.ts";
import { levelOfDetail } from "../../shared/image-detail.ts";
import { typeByBytes } from "../../shared/data-url.ts";
import { placeOfStray, withStrays } from "../../shared/member-shape.ts";
import { isObject } from "../../shared/read.ts";
import { reportThoughts } from "../../shared/thoughts.ts";
import { encodeSource, isOwnState, ownSignature } from "../features/own-state.ts";
import type { Report } from "../../shared/report.ts";
import { signCurrentTurn } from "../features/signatures.ts";
import { toolArgumentsAsObject, WRAP_CHANGE, wrapsText } from "../../shared/tool-arguments.ts";
import { encodeToolValue } from "./tool-values.ts";

export interface Conversation {
  readonly system: readonly JsonObject[];
  /** Its own callers' members beside the parts of the instructions. */
  readonly instructed: JsonObject;
  readonly contents: readonly Content[];
}

/** The target, and whether the request was written for this protocol. */
export interface Destination extends TargetFacts {
  readonly native: boolean;
  /** The detail of images without one of their own. */
  readonly detail?: string | null | undefined;
}

export function encodeContents(messages: readonly Message[], target: Destination, report: Report): Conversation {
  const firstTurn = messages.findIndex(({ role }) => role !== "system" && role !== "developer");
  const leading = firstTurn === -1 ? messages.length : firstTurn;
  const opening = messages.slice(0, leading);
  const system = opening.flatMap(({ parts }) => parts);
  if (messages.some(({ name, role }) => name !== null && role !== "tool")) report.drop("messages.name");
  const writer = new Writer(target, report);
  const instructions = system.flatMap((part) => writer.instruction(part));
  // Gemma has no separate instructions.
  const inline = /^(models\/)?gemma-[123]/i.test(target.model);
  if (inline) writer.push("user", ...instructions);
  for (const { message, at } of settleHistory(messages.slice(leading), report))
    writer.addMessage(message, `messages[${leading + at}]`);
  const instructed = opening.reduce(
    (others: JsonObject, message) => writer.withBeside(others, message, "messages"),
    {},
  );
  return { system: inline ? [] : instructions, instructed, contents: writer.finish() };
}

class Writer {
  readonly #target: Destination;
  readonly #report: Report;
  readonly #contents: Content[] = [];
  /** Contents with results only. */
  readonly #results = new Set<Content>();

  constructor(target: Destination, report: Report) {
    this.#target = target;
    this.#report = report;
  }

  push(role: Content["role"], ...parts: readonly JsonObject[]): void {
    if (parts.length === 0) return;
    const last = this.#contents.at(-1);
    if (last?.role === role && !this.#results.has(last)) last.parts.push(...parts);
    else this.#contents.push({ role, parts: [...parts] });
  }

  addMessage(message: Message, place: string): void {
    const before = this.#contents.length;
    this.#addParts(message, place);
    const content = this.#contents[before] ?? this.#contents.at(-1);
    if (message.strays === undefined || content === undefined) return;
    content.others = this.withBeside(content.others ?? {}, message, "messages");
  }

  #addParts({ role, parts }: Message, place: string): void {
    if (role === "tool") return this.#addResults(parts.filter((part) => part.type === "tool-result"));
    if (role === "system" || role === "developer") return this.#addLateSystem(parts, place);
    for (const part of parts) this.#addPart(part, role === "assistant" ? "model" : "user");
  }

  /** Moving it to the front would change the order, so it stays in its position, as the user's text. */
  #addLateSystem(parts: readonly Part[], place: string): void {
    for (const part of parts) {
      if (part.type === "text" && part.text !== "") this.push("user", { text: `<system>\n${part.text}\n</system>` });
      else if (part.type === "image" || part.type === "file") this.push("user", this.#media(part));
    }
    this.#report.adapt(`${place}.role`, "system", "user");
  }

  /**
   * Alone in their content: beside text or media, 3.5 answers nothing and 3.6 with 400. Source: the live test of
   * pydantic/pydantic-ai#4210, vellum-ai/vellum-assistant#39495.
   */
  #addResults(results: readonly ToolResultPart[]): void {
    const beside: JsonObject[] = [];
    const responses = results.map((result) => {
      const media = result.parts.flatMap((part) => {
        if (part.type === "text") return [];
        return part.type === "foreign" ? ownPart(part) : [this.#media(part)];
      });
      const response: MutableJson = { id: result.id, name: result.name ?? "", response: encodeToolValue(result) };
      // If they cannot be inside the response, they follow it.
      const { native, facts } = this.#target;
      const within = facts.mediaInResults ?? native;
      if (media.length > 0 && within) response["parts"] = media;
      else beside.push(...media);
      if (media.length > 0 && !within) this.#report.adapt("messages", "tool-media", "user");
      return this.withBeside({ functionResponse: response }, result);
    });
    const content: Content = { role: "user", parts: responses };
    this.#results.add(content);
    this.#contents.push(content);
    this.push("user", ...beside);
  }

  #addPart(part: Part, role: "user" | "model"): void {
    switch (part.type) {
      case "text":
        if (part.text !== "" || isOwnState(part.state))
          this.push(role, this.withBeside({ text: part.text, ...ownSignature(part.state) }, part));
        return;
      case "image":
      case "file":
        return this.push(role, { ...this.#media(part), ...ownSignature(part.state) });
      case "refusal":
        if (part.text === "") return;
        this.#report.adapt("messages.refusal", "refusal", "text");
        this.push(role, { text: part.text });
        return;
      case "reasoning":
        if (isOwnState(part.state))
          this.push(role, this.withBeside({ text: part.text, thought: true, ...ownSignature(part.state) }, part));
        else reportThoughts(part, this.#report, "reasoning_content");
        return;
      case "tool-call":
        return this.push(role, this.withBeside(this.#call(part), part));
      case "foreign":
        return this.push(role, ...ownPart(part));
      case "tool-result":
        return;
    }
  }

  #call({ id, name, arguments: text, state }: ToolCallPart): JsonObject {
    const args = toolArgumentsAsObject(text);
    if (wrapsText(args, text)) this.#report.adapt(...WRAP_CHANGE);
    return { functionCall: { id, name, args }, ...ownSignature(state) };
  }

  /** With its own callers' members beside it, such as the range of a video. */
  withBeside(written: JsonObject, { strays }: Pick<Message | TextPart, "strays">, place = "content"): JsonObject {
    if (strays === undefined || !this.#target.native) return written;
    const { mediaDetail } = this.#target.facts;
    const placedStrays = new Set<Stray>();
    const suitable = strays.filter(({ path }) => mediaDetail !== false || path[0] !== "mediaResolution");
    const whole = withStrays(written, suitable, (stray) => void placedStrays.add(stray));
    for (const stray of strays) if (!placedStrays.has(stray)) this.#report.drop(placeOfStray(place, stray));
    return whole;
  }

  /** Images and documents among instructions would be silently ignored. */
  instruction(part: Part): JsonObject[] {
    if (part.type === "foreign") return ownPart(part);
    if (part.type === "image" || part.type === "file")
      throw unsupported("messages", "this target accepts instructions as text only");
    return part.type === "text" && part.text !== "" ? [this.withBeside({ text: part.text }, part)] : [];
  }

  #media(part: ImagePart | FilePart): JsonObject {
    const { facts } = this.#target;
    if (part.type === "image") {
      if (facts.images === false) throw unsupported("image_url", "this model does not accept images");
    } else {
      const type = part.source.mediaType ?? "";
      if (wantsCitations(part)) this.#report.drop("citations");
      // It may know an address from a request in its own protocol: one of its own, or one that it can reach.
      if (part.source.kind === "url" && !this.#target.native)
        throw unsupported("file", "this target accepts files as data only, not by URL");
      if (office.test(type)) throw unsupported("file", `this target reads PDF and text files, not ${type}`);
      if (facts.pdf === false && type === "application/pdf")
        throw unsupported("file", "this model does not accept PDF files");
      if (facts.audio === false && type.startsWith("audio/"))
        throw unsupported("input_audio", "this model does not accept audio");
    }
    const name = this.#target.native && part.type === "file" ? part.filename : null;
    const detail = part.type === "image" ? this.#detail(part) : {};
    const source = this.#target.native ? part.source : byBytes(part.source);
    return this.withBeside({ ...encodeMedia(source, name), ...detail }, part);
  }

  /** Its own callers may set it per image; for all others it is set for the whole request. */
  #detail(part: ImagePart): JsonObject {
    const { native, facts } = this.#target;
    const level = native && facts.mediaDetail !== false ? levelOfDetail(part.detail) : null;
    return level === null || part.detail === this.#target.detail ? {} : { mediaResolution: { level } };
  }

  /** The first and the last content are the user's, and at least one has content. */
  finish(): readonly Content[] {
    const contents = this.#contents;
    if (contents[0]?.role !== "user") {
      contents.unshift({ role: "user", parts: [{ text: " " }] });
      this.#report.adapt("messages", "no user first", "blank user turn");
    }
    if (contents.at(-1)?.role === "model") {
      contents.push({ role: "user", parts: [{ text: " " }] });
      this.#report.adapt("messages", "assistant last", "blank user turn");
    }
    const first = contents[0];
    const wordless = contents.every(({ parts }) => parts.every((part) => "inlineData" in part || "fileData" in part));
    if (wordless && first !== undefined) {
      first.parts.push({ text: " " });
      this.#report.adapt("messages", "no text", "blank text");
    }
    if (this.#target.facts.signatures) signCurrentTurn(contents, this.#report);
    return contents;
  }
}

/** Parts of this protocol, unchanged. Sources of an answer are not part of the conversation. */
function ownPart({ state }: ForeignPart): JsonObject[] {
  return isOwnState(state) && isObject(state.value) && !("candidate" in state.value) ? [state.value] : [];
}

/** Answered with "Unsupported MIME type". */
const office = /^application\/(?:vnd\.(?:openxmlformats|ms-|oasis)|msword|epub|zip)/i;

/** Its own clients' types are those that the service accepted in recordings, even a PNG that is called a JPEG. */
function byBytes(source: MediaSource): MediaSource {
  return source.kind === "data" ? { ...source, mediaType: typeByBytes(source.mediaType, source.data) } : source;
}

/** A file at another vendor is unreachable here. */
function encodeMedia(source: MediaSource, name: string | null): JsonObject {
  if (source.kind !== "file-id" || source.protocol === "gemini-generate") return encodeSource(source, name);
  throw unsupported("file_id", "the file is stored at another vendor; send its bytes instead");
}
