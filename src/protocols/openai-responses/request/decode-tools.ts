// Decodes the tools of a request and the tool choice: functions, free text, namespaces, and tools that the client runs
// by a known schema. Tools that only the vendor can run stay unchanged. Each tool keeps this protocol's own fields, so
// that it goes back unchanged.
import type { Tool, ToolChoice } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { markNames, readCacheMarks } from "../../shared/cache-marks.ts";
import { formatOf, freeTextParameters } from "../../shared/free-text.ts";
import {
  arrayOr,
  asObject,
  isObject,
  membersOf,
  objectOr,
  optionalArray,
  optionalBoolean,
  optionalObject,
  optionalString,
  requiredArray,
  requiredString,
  stringOr,
  wrongKind,
} from "../../shared/read.ts";
import type { AddedTools } from "./decode-input.ts";
import { clientToolOf } from "../features/client-tools.ts";
import { ownMembers, ownState, without } from "../features/own-state.ts";
import type { NameOf } from "../features/tool-space.ts";

/** This protocol's own fields of a tool; all are optional. */
export interface OwnTool {
  /** Members of a function without a neutral form. */
  readonly rest?: JsonObject;
  /** The whole tool, if it is not a function. */
  readonly whole?: JsonObject;
  /** Its own name, and the name and description of its namespace. */
  readonly name?: string;
  readonly namespace?: JsonObject;
  /** It was in the input, and still is. */
  readonly added?: true;
}

interface Place {
  readonly place: string;
  readonly nameOf: NameOf;
  readonly namespace: JsonObject | null;
  readonly added: boolean;
}

export interface DecodedTools {
  readonly tools: readonly Tool[];
  /** Tools that only the vendor runs: those of the request, then those from the input. */
  readonly others: readonly Json[];
  /** How many of the others came from the input. */
  readonly added: number;
}

const NO_TOOLS: DecodedTools = { tools: [], others: [], added: 0 };

export function decodeTools(body: JsonObject, added: readonly AddedTools[], nameOf: NameOf): DecodedTools {
  if (body["tools"] === undefined && added.length === 0) return NO_TOOLS;
  const tools: Tool[] = [];
  const own: Json[] = [];
  const late: Json[] = [];
  for (const { original, tool } of decodeList(optionalArray(body, "tools", "") ?? [], { place: "tools", nameOf })) {
    if (tool === null) own.push(original);
    else tools.push(tool);
  }
  own.push(...withoutClashes(tools));
  const declared = new Set(tools.map((tool) => tool.name));
  const places = new Map<string, number>();
  for (const { place, tools: list } of added) {
    for (const { original, tool } of decodeList(list, { place: `${place}.tools`, nameOf, added: true })) {
      if (tool === null) late.push(original);
      else if (!declared.has(tool.name)) put(tool, tools, places);
    }
  }
  return { tools, others: [...own, ...late], added: late.length };
}

/** Removes tools that the client runs if another tool has the same name; returns them unchanged. */
function withoutClashes(tools: Tool[]): JsonObject[] {
  const isClients = (tool: Tool): boolean =>
    tool.freeText === undefined && ownMembers(tool.state)["whole"] !== undefined;
  const takenNames = new Set(tools.filter((tool) => !isClients(tool)).map((tool) => tool.name));
  const clashes = (tool: Tool): boolean => isClients(tool) && takenNames.has(tool.name);
  const clashing = tools.filter(clashes);
  if (clashing.length > 0) tools.splice(0, tools.length, ...tools.filter((tool) => !clashes(tool)));
  return clashing.map((tool) => membersOf(ownMembers(tool.state)["whole"]));
}

/** The last definition of a tool wins. */
function put(tool: Tool, tools: Tool[], places: Map<string, number>): void {
  const at = places.get(tool.name) ?? tools.length;
  places.set(tool.name, at);
  tools[at] = tool;
}

function decodeList(
  list: readonly Json[],
  { place, nameOf, added = false }: { readonly place: string; readonly nameOf: NameOf; readonly added?: boolean },
): Decoded[] {
  return list.flatMap((value, index) => {
    const at = `${place}[${index}]`;
    return decodeTool(asObject(value, at), { place: at, nameOf, namespace: null, added });
  });
}

interface Decoded {
  readonly original: JsonObject;
  /** Null if only the vendor can run it. */
  readonly tool: Tool | null;
}

function decodeTool(original: JsonObject, place: Place): Decoded[] {
  const type = requiredString(original, "type", place.place);
  if (type === "function") return [{ original, tool: decodeFunction(original, place) }];
  if (type === "custom") return [{ original, tool: decodeFree(original, place) }];
  if (type === "namespace" && place.namespace === null) return decodeNamespace(original, place);
  const client = place.namespace === null ? clientToolOf(original) : null;
  if (client === null) return [{ original: within(place.namespace, original), tool: null }];
  return [
    {
      original,
      tool: { name: client.type, ...client.describe(original), strict: null, ...keep({ whole: original }, place) },
    },
  ];
}

function within(namespace: JsonObject | null, original: JsonObject): JsonObject {
  return namespace === null ? original : { ...namespace, type: "namespace", tools: [original] };
}

/** An empty one offers nothing, and stays unchanged. */
function decodeNamespace(original: JsonObject, place: Place): Decoded[] {
  const list = arrayOr<readonly Json[]>(original["tools"], []);
  if (list.length === 0) return [{ original, tool: null }];
  const namespace: JsonObject = without(original, namespaceMembers);
  const decoded = list.flatMap((value, index) => {
    const inner = `${place.place}.tools[${index}]`;
    return decodeTool(asObject(value, inner), { ...place, place: inner, namespace });
  });
  return withGroup(decoded, stringOr(original["description"], ""));
}

/** Codex puts the description of a tool server there. */
function withGroup(decoded: Decoded[], group: string): Decoded[] {
  const first = group.trim() === "" ? undefined : decoded.find(({ tool }) => tool !== null);
  return decoded.map((one) => (one === first && one.tool !== null ? { ...one, tool: { ...one.tool, group } } : one));
}

const namespaceMembers: ReadonlySet<string> = new Set(["type", "tools"]);
const toolMembers: ReadonlySet<string> = new Set(["type", "name", "description", "parameters", "strict", ...markNames]);

function decodeFunction(original: JsonObject, place: Place): Tool {
  const name = requiredString(original, "name", place.place);
  const rest = without(original, toolMembers);
  return {
    name: uniqueName(name, place),
    description: optionalString(original, "description", place.place),
    parameters: optionalObject(original, "parameters", place.place),
    strict: optionalBoolean(original, "strict", place.place),
    ...readCacheMarks(original),
    ...keep({ name, ...(Object.keys(rest).length === 0 ? {} : { rest }) }, place),
  };
}

function decodeFree(original: JsonObject, place: Place): Tool {
  const name = requiredString(original, "name", place.place);
  return {
    name: uniqueName(name, place),
    description: optionalString(original, "description", place.place),
    parameters: freeTextParameters,
    strict: null,
    freeText: formatOf(objectOr(original["format"], null) ?? {}),
    ...readCacheMarks(original),
    ...keep({ name, whole: without(original, markNames) }, place),
  };
}

function uniqueName(name: string, { namespace, nameOf }: Place): string {
  return nameOf(namespace === null ? null : stringOr(namespace["name"], ""), name);
}

/** Empty if there is nothing to keep. */
function keep(own: OwnTool, { namespace, added }: Place): Pick<Tool, "state"> {
  const { name, ...others } = own;
  const members: MutableJson = { ...others };
  if (namespace !== null) Object.assign(members, { name, namespace });
  if (added) members["added"] = true;
  return Object.keys(members).length === 0 ? {} : { state: ownState(members) };
}

/** A name that exists only in a namespace means the tool there. */
export function resolveChoice(choice: ToolChoice | null, tools: readonly Tool[]): ToolChoice | null {
  if (choice?.kind !== "tool" || tools.some((tool) => tool.name === choice.name)) return choice;
  const matches = tools.filter((tool) => ownMembers(tool.state)["name"] === choice.name);
  const [only] = matches;
  return only !== undefined && matches.length === 1 ? { kind: "tool", name: only.name } : choice;
}

/** Null for a choice without a neutral form: it stays in the extras. */
export function decodeToolChoice(choice: Json | undefined, nameOf: NameOf): ToolChoice | null {
  if (choice === undefined || choice === null) return null;
  if (choice === "auto" || choice === "none" || choice === "required") return { kind: choice };
  if (!isObject(choice)) throw wrongKind("tool_choice", '"auto", "none", "required" or an object', choice);
  if (choice["type"] !== "allowed_tools") {
    const name = chosenName(choice, nameOf);
    if (name === null && choice["type"] === "function") requiredString(choice, "name", "tool_choice");
    return name === null ? null : { kind: "tool", name };
  }
  const names: string[] = [];
  for (const tool of requiredArray(choice, "tools", "tool_choice")) {
    const name = isObject(tool) ? chosenName(tool, nameOf) : null;
    if (name === null) return null;
    names.push(name);
  }
  const mode = requiredString(choice, "mode", "tool_choice") === "required" ? "required" : "auto";
  return { kind: "subset", mode, names };
}

function chosenName(tool: JsonObject, nameOf: NameOf): string | null {
  const { type, name, namespace } = tool;
  if (type !== "function" && type !== "custom") return clientToolOf(tool)?.type ?? null;
  return typeof name === "string" ? nameOf(stringOr(namespace, null), name) : null;
}
