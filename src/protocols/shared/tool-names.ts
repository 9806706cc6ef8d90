// Tools' names that a target does not take, or that come twice, mapped to names that it does: one to one within a request,
// in definitions, history and choice alike, and back in the answer. A mapped name is made by hash from the name alone, so that a history
// that is sent again gets the same ones; two names never meet.
import type { ChatRequest, Message, Part, Tool, ToolChoice } from "../../core/chat.ts";
import { shortHash } from "./identifiers.ts";

/** What a target takes as the name of a tool. */
export interface NameShape {
  /** Characters. */
  readonly max: number;
  /** Without the `g` flag. */
  readonly pattern: RegExp;
  /** Names that mean something else there. */
  readonly reserved?: ReadonlySet<string>;
}

/** Letters, digits, `_` and `-`. Source: `FunctionObject.name` of OpenAI's description. */
export const plainNames: NameShape = { max: 64, pattern: /^[A-Za-z0-9_-]+$/ };

export interface FittedNames {
  readonly request: ChatRequest;
  /** The caller's names by those on the wire, where they differ; absent where none does. */
  readonly names?: ReadonlyMap<string, string> | undefined;
  /** As a report tells of them. */
  readonly adapted: readonly string[];
}

/** The request with names that fit, each of them once. The very same request where all of them do. */
export function fitToolNames(grouped: ChatRequest, shape: NameShape): FittedNames {
  const request = withoutGroups(grouped);
  const given = namesIn(request);
  if (given.size === 0) return asGiven(request);
  const wires = mapNames(given, shape);
  const { tools, repeated, adapted } = eachOnce(request.tools);
  if (wires.size === 0 && tools === request.tools) return asGiven(request);
  const wire = (name: string): string => wires.get(name) ?? name;
  const others = mapRepeated(repeated, { shape, taken: new Set([...given, ...wires.values()]) });
  const fitted = [...wires].map(([name, to]) => [to, name] as const);
  for (const [tool, to] of others) fitted.push([to, tool.name]);
  return {
    request: {
      ...request,
      tools: tools.map((tool): Tool => ({ ...tool, name: others.get(tool) ?? wire(tool.name) })),
      toolChoice: renameChoice(request.toolChoice, wire),
      messages: request.messages.map((message) => renameIn(message, wire)),
    },
    names: new Map(fitted),
    adapted: [...adapted, ...fitted.map(([to, name]) => `tools.${printable(name)}.name:given>${to}`)],
  };
}

/** What a group of tools says of itself goes before what its first tool says: here tools stand alone. */
function withoutGroups(request: ChatRequest): ChatRequest {
  if (!request.tools.some(({ group }) => group !== undefined)) return request;
  const tools = request.tools.map(({ group, ...tool }): Tool => {
    const words = [group ?? "", tool.description ?? ""].filter((text) => text !== "");
    return group === undefined ? tool : { ...tool, description: words.join("\n\n") };
  });
  return { ...request, tools };
}

interface Once {
  readonly tools: readonly Tool[];
  /** Those whose name another one before them has. */
  readonly repeated: readonly Tool[];
  readonly adapted: readonly string[];
}

/**
 * Without those that are there already. Two servers of tools may each have a `search`: both stay, and the second goes by
 * another name. Vendors refuse a name that comes twice (`Tool names must be unique.`, `Duplicate function declaration found`).
 */
function eachOnce(given: readonly Tool[]): Once {
  if (new Set(given.map(({ name }) => name)).size === given.length) return { tools: given, repeated: [], adapted: [] };
  const known = new Map<string, Set<string>>();
  const [tools, repeated]: [Tool[], Tool[]] = [[], []];
  const adapted = new Set<string>();
  for (const tool of given) {
    const { name, description, parameters, strict } = tool;
    const contents = known.get(name) ?? new Set<string>();
    const content = JSON.stringify([description, parameters, strict]);
    if (contents.has(content)) {
      adapted.add(`tools.${printable(name)}:repeated>once`);
      continue;
    }
    if (contents.size > 0) repeated.push(tool);
    tools.push(tool);
    known.set(name, contents.add(content));
  }
  return { tools, repeated, adapted: [...adapted] };
}

/** The second of a name is always called the same, whatever else there is. */
function mapRepeated(
  repeated: readonly Tool[],
  { shape, taken }: { readonly shape: NameShape; readonly taken: Set<string> },
): ReadonlyMap<Tool, string> {
  const turns = new Map<string, number>();
  const wires = new Map<Tool, string>();
  for (const tool of repeated) {
    let turn = turns.get(tool.name) ?? 1;
    let fitted = fitName(tool.name, shape, turn);
    for (; taken.has(fitted); fitted = fitName(tool.name, shape, turn)) turn += 1;
    turns.set(tool.name, turn + 1);
    taken.add(fitted);
    wires.set(tool, fitted);
  }
  return wires;
}

/** Where the names are the caller's own matter: both sides speak the same protocol. */
export function asGiven(request: ChatRequest): FittedNames {
  return { request, adapted: NOTHING };
}

const NOTHING: readonly string[] = [];

/** Those that do not fit, with what stands for them. The order in which names come changes nothing. */
export function mapNames(names: ReadonlySet<string>, shape: NameShape): ReadonlyMap<string, string> {
  const strangers: string[] = [];
  for (const name of names) if (!fits(name, shape)) strangers.push(name);
  const wires = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of strangers.toSorted()) {
    let fitted = fitName(name, shape, 0);
    for (let turn = 1; names.has(fitted) || taken.has(fitted); turn++) fitted = fitName(name, shape, turn);
    taken.add(fitted);
    wires.set(name, fitted);
  }
  return wires;
}

function fits(name: string, { max, pattern, reserved }: NameShape): boolean {
  return name.length > 0 && name.length <= max && pattern.test(name) && reserved?.has(name) !== true;
}

/** As much of the name as can be read, and a hash of all of it. A letter comes first, which everybody takes. */
function fitName(name: string, { max }: NameShape, turn: number): string {
  const hash = shortHash(turn === 0 ? name : `${name}\n${turn}`, 8);
  const read = name.replaceAll(/[^A-Za-z0-9_-]+/g, "_").replace(/^[^A-Za-z_]/, "_$&");
  return `${read.slice(0, max - hash.length - 1) || "_"}_${hash}`;
}

function namesIn({ tools, toolChoice, messages }: ChatRequest): ReadonlySet<string> {
  const names = new Set(tools.map((tool) => tool.name));
  if (toolChoice?.kind === "tool") names.add(toolChoice.name);
  if (toolChoice?.kind === "subset") for (const name of toolChoice.names) names.add(name);
  for (const { parts } of messages)
    for (const part of parts) {
      if (part.type === "tool-call" || (part.type === "tool-result" && part.name !== null)) names.add(part.name ?? "");
    }
  return names;
}

function renameChoice(choice: ToolChoice | null, wire: (name: string) => string): ToolChoice | null {
  if (choice?.kind === "tool") return { ...choice, name: wire(choice.name) };
  if (choice?.kind === "subset") return { ...choice, names: choice.names.map(wire) };
  return choice;
}

function renameIn(message: Message, wire: (name: string) => string): Message {
  const named = (part: Part): boolean => part.type === "tool-call" || part.type === "tool-result";
  if (!message.parts.some(named)) return message;
  const parts = message.parts.map((part): Part => {
    if (part.type === "tool-call") return { ...part, name: wire(part.name) };
    return part.type === "tool-result" && part.name !== null ? { ...part, name: wire(part.name) } : part;
  });
  return { ...message, parts };
}

/** Headers hold ASCII without blanks. */
function printable(name: string): string {
  return name.slice(0, 40).replaceAll(/[^\x21-\x7e]|[,;]/g, "?");
}
