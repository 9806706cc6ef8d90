// Maps tool names that a target does not take, or that are duplicates, to names that it takes: one to one within a
// request, in definitions, history and choice, and back in the answer. A mapped name is a hash of the name alone, so
// that a repeated history gets the same names; two names never collide.
import type { ChatRequest, Message, Part, Tool, ToolChoice } from "../../core/chat.ts";
import { hashIdentifier } from "./identifiers.ts";

/** The tool names that a target takes. */
export interface NameShape {
  /** Characters. */
  readonly max: number;
  /** Without the `g` flag. */
  readonly pattern: RegExp;
  /** Names with a special meaning there. */
  readonly reserved?: ReadonlySet<string>;
}

/** Letters, digits, `_` and `-`. Source: `FunctionObject.name` of OpenAI's description. */
export const plainNames: NameShape = { max: 64, pattern: /^[A-Za-z0-9_-]+$/ };

export interface FittedNames {
  readonly request: ChatRequest;
  /** From the names on the wire to the caller's, if they differ; absent if none does. */
  readonly names?: ReadonlyMap<string, string> | undefined;
  /** The entries for the report. */
  readonly adapted: readonly string[];
}

/** The request with valid, unique names. The same object if all are. */
export function fitToolNames(grouped: ChatRequest, shape: NameShape): FittedNames {
  const request = withoutGroups(grouped);
  const names = namesIn(request);
  if (names.size === 0) return asGiven(request);
  const wires = mapNames(names, shape);
  const { tools, repeated, adapted } = eachOnce(request.tools);
  if (wires.size === 0 && tools === request.tools) return asGiven(request);
  const wire = (name: string): string => wires.get(name) ?? name;
  const others = mapRepeated(repeated, { shape, takenNames: new Set([...names, ...wires.values()]) });
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

/** A group's description goes before that of its first tool, because here tools have no groups. */
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
  /** Tools with a name that an earlier one has. */
  readonly repeated: readonly Tool[];
  readonly adapted: readonly string[];
}

/**
 * Removes exact duplicates. Two tool servers may each have a `search`: both stay, and the second gets another name.
 * Vendors refuse a repeated name (`Tool names must be unique.`, `Duplicate function declaration found`).
 */
function eachOnce(list: readonly Tool[]): Once {
  if (new Set(list.map(({ name }) => name)).size === list.length) return { tools: list, repeated: [], adapted: [] };
  const contentsByName = new Map<string, Set<string>>();
  const [tools, repeated]: [Tool[], Tool[]] = [[], []];
  const adapted = new Set<string>();
  for (const tool of list) {
    const { name, description, parameters, strict } = tool;
    const contents = contentsByName.get(name) ?? new Set<string>();
    const content = JSON.stringify([description, parameters, strict]);
    if (contents.has(content)) {
      adapted.add(`tools.${printable(name)}:repeated>once`);
      continue;
    }
    if (contents.size > 0) repeated.push(tool);
    tools.push(tool);
    contentsByName.set(name, contents.add(content));
  }
  return { tools, repeated, adapted: [...adapted] };
}

/** The second tool with a name always gets the same new name, whatever other tools there are. */
function mapRepeated(
  repeated: readonly Tool[],
  { shape, takenNames }: { readonly shape: NameShape; readonly takenNames: Set<string> },
): ReadonlyMap<Tool, string> {
  const turns = new Map<string, number>();
  const wires = new Map<Tool, string>();
  for (const tool of repeated) {
    let turn = turns.get(tool.name) ?? 1;
    let fitted = fitName(tool.name, shape, turn);
    for (; takenNames.has(fitted); fitted = fitName(tool.name, shape, turn)) turn += 1;
    turns.set(tool.name, turn + 1);
    takenNames.add(fitted);
    wires.set(tool, fitted);
  }
  return wires;
}

/** If both sides speak the same protocol, names are the caller's own matter. */
export function asGiven(request: ChatRequest): FittedNames {
  return { request, adapted: NOTHING };
}

const NOTHING: readonly string[] = [];

/** The names that do not fit, with their replacements. The order of names does not matter. */
export function mapNames(names: ReadonlySet<string>, shape: NameShape): ReadonlyMap<string, string> {
  const strangers: string[] = [];
  for (const name of names) if (!fits(name, shape)) strangers.push(name);
  const wires = new Map<string, string>();
  const takenNames = new Set<string>();
  for (const name of strangers.toSorted()) {
    let fitted = fitName(name, shape, 0);
    for (let turn = 1; names.has(fitted) || takenNames.has(fitted); turn++) fitted = fitName(name, shape, turn);
    takenNames.add(fitted);
    wires.set(name, fitted);
  }
  return wires;
}

function fits(name: string, { max, pattern, reserved }: NameShape): boolean {
  return name.length > 0 && name.length <= max && pattern.test(name) && reserved?.has(name) !== true;
}

/** The readable beginning of the name, and a hash of all of it. It starts with a letter, which every vendor takes. */
function fitName(name: string, { max }: NameShape, turn: number): string {
  const hash = hashIdentifier(turn === 0 ? name : `${name}\n${turn}`, 8);
  const read = name.replaceAll(/[^A-Za-z0-9_-]+/g, "_").replace(/^[^A-Za-z_]/, "_$&");
  return `${read.slice(0, max - hash.length - 1) || "_"}_${hash}`;
}

const NO_NAMES: ReadonlySet<string> = new Set();

function namesIn({ tools, toolChoice, messages }: ChatRequest): ReadonlySet<string> {
  if (tools.length === 0 && toolChoice === null && isTalk(messages)) return NO_NAMES;
  const names = new Set(tools.map((tool) => tool.name));
  if (toolChoice?.kind === "tool") names.add(toolChoice.name);
  if (toolChoice?.kind === "subset") for (const name of toolChoice.names) names.add(name);
  for (const { parts } of messages)
    for (const part of parts) {
      if (part.type === "tool-call" || (part.type === "tool-result" && part.name !== null)) names.add(part.name ?? "");
    }
  return names;
}

function isTalk(messages: readonly Message[]): boolean {
  for (const { parts } of messages)
    for (const { type } of parts) if (type === "tool-call" || type === "tool-result") return false;
  return true;
}

function renameChoice(choice: ToolChoice | null, wire: (name: string) => string): ToolChoice | null {
  if (choice?.kind === "tool") return { ...choice, name: wire(choice.name) };
  if (choice?.kind === "subset") return { ...choice, names: choice.names.map(wire) };
  return choice;
}

function renameIn(message: Message, wire: (name: string) => string): Message {
  const isNamed = (part: Part): boolean => part.type === "tool-call" || part.type === "tool-result";
  if (!message.parts.some(isNamed)) return message;
  const parts = message.parts.map((part): Part => {
    if (part.type === "tool-call") return { ...part, name: wire(part.name) };
    return part.type === "tool-result" && part.name !== null ? { ...part, name: wire(part.name) } : part;
  });
  return { ...message, parts };
}

/** Headers contain ASCII without whitespace. */
function printable(name: string): string {
  return name.slice(0, 40).replaceAll(/[^\x21-\x7e]|[,;]/g, "?");
}
