import fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../../../test/support/fixed-seed.ts";
import type { ChatRequest, Message, Part } from "../../core/chat.ts";
import { fitToolNames, mapNames, type NameShape, plainNames } from "./tool-names.ts";

const dotted: NameShape = { max: 128, pattern: /^[A-Za-z_][A-Za-z0-9_.:-]*$/, reserved: new Set(["json_answer"]) };
const shapes = fc.constantFrom(plainNames, dotted, { ...plainNames, max: 12 });
const anyNames = fc.uniqueArray(
  fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.stringMatching(/^[a-z._:/ -]{1,80}$/),
    fc.constantFrom("json_answer", "a b", "a_b", "a/b", "1st", "über", "get_weather", "", "x".repeat(300)),
  ),
  { maxLength: 12 },
);

function requestOf(more: Partial<ChatRequest>): ChatRequest {
  return { messages: [], tools: [], toolChoice: null, ...more } as unknown as ChatRequest;
}

function tool(name: string): ChatRequest["tools"][number] {
  return { name, description: null, parameters: null, strict: null };
}

function turn(role: Message["role"], ...parts: Part[]): Message {
  return { role, parts, name: null };
}

function fits(name: string, { max, pattern, reserved }: NameShape): boolean {
  return name.length <= max && pattern.test(name) && reserved?.has(name) !== true;
}

describe("any names", () => {
  test("are mapped one to one, fit, and those that fit stay", () => {
    fc.assert(
      fc.property(anyNames, shapes, (given, shape) => {
        const wires = mapNames(new Set(given), shape);
        const sent = given.map((name) => wires.get(name) ?? name);
        expect(new Set(sent).size).toBe(given.length);
        for (const [index, wire] of sent.entries()) {
          expect(fits(wire, shape)).toBe(true);
          if (fits(given[index] ?? "", shape)) expect(wire).toBe(given[index]);
        }
      }),
    );
  });

  test("map alike in whatever order and company they come", () => {
    fc.assert(
      fc.property(anyNames, anyNames, shapes, (given, others, shape) => {
        const alone = mapNames(new Set(given), shape);
        expect(mapNames(new Set(given.toReversed()), shape)).toEqual(alone);
        const together = mapNames(new Set([...others, ...given]), shape);
        for (const [name, wire] of alone) if (!others.includes(wire)) expect(together.get(name)).toBe(wire);
      }),
    );
  });

  test("come back from the answer", () => {
    fc.assert(
      fc.property(anyNames, shapes, (given, shape) => {
        const { request, names } = fitToolNames(requestOf({ tools: given.map(tool) }), shape);
        expect(request.tools.map(({ name }) => names?.get(name) ?? name)).toEqual(given);
      }),
    );
  });
});

test("a name that is taken by another tool is passed over", () => {
  const first = mapNames(new Set(["a b"]), plainNames).get("a b") ?? "";
  const wires = mapNames(new Set(["a b", first]), plainNames);
  expect(wires.get("a b")).not.toBe(first);
  expect(wires.has(first)).toBe(false);
});

test("names can be read: their words, and a hash", () => {
  const wires = mapNames(new Set(["files/read all", "9 lives", "x".repeat(90)]), plainNames);
  expect([...wires.values()]).toEqual([
    expect.stringMatching(/^_9_lives_[0-9A-Za-z]{8}$/),
    expect.stringMatching(/^files_read_all_[0-9A-Za-z]{8}$/),
    expect.stringMatching(/^x{55}_[0-9A-Za-z]{8}$/),
  ]);
});

test("definitions, history, results and choice go by the same name", () => {
  const call: Part = { type: "tool-call", id: "c1", name: "files.read", arguments: "{}" };
  const result: Part = { type: "tool-result", id: "c1", name: "files.read", parts: [], isError: false };
  const given = requestOf({
    tools: [tool("files.read"), tool("look")],
    toolChoice: { kind: "subset", mode: "auto", names: ["files.read", "look"] },
    messages: [turn("user", { type: "text", text: "files.read" }), turn("assistant", call), turn("tool", result)],
  });
  const { request, names, adapted } = fitToolNames(given, plainNames);
  const [[wire = "", name] = []] = names ?? [];
  expect(name).toBe("files.read");
  expect(JSON.stringify(request).split(`"${wire}"`)).toHaveLength(5);
  expect(request.messages[0]).toBe(given.messages[0]);
  expect(request.tools[1]).toEqual(tool("look"));
  expect(adapted).toEqual([`tools.files.read.name:given>${wire}`]);
  const named = fitToolNames({ ...given, toolChoice: { kind: "tool", name: "files.read" } }, plainNames).request;
  expect(named.toolChoice).toEqual({ kind: "tool", name: wire });
});

test("a request whose names all fit is left as it is", () => {
  const given = requestOf({ tools: [tool("look")], toolChoice: { kind: "required" } });
  expect(fitToolNames(given, plainNames)).toEqual({ request: given, adapted: [] });
  expect(fitToolNames(given, plainNames).request).toBe(given);
});

describe("a name that comes twice", () => {
  const search = { ...tool("search"), description: "the web" };
  const other = { ...tool("search"), description: "the files" };

  test("for the same tool is left out", () => {
    const { request, names, adapted } = fitToolNames(
      requestOf({ tools: [search, tool("x"), { ...search }] }),
      plainNames,
    );
    expect(request.tools).toEqual([search, tool("x")]);
    expect([...(names ?? [])]).toEqual([]);
    expect(adapted).toEqual(["tools.search:repeated>once"]);
  });

  test("for another tool goes by another name, and comes back", () => {
    const tools = [search, other, { ...other, description: "the mail" }];
    const { request, names, adapted } = fitToolNames(requestOf({ tools }), plainNames);
    const [first, ...others] = request.tools.map(({ name }) => name);
    expect(first).toBe("search");
    for (const name of others) {
      expect(name).toMatch(/^search_[0-9A-Za-z]{8}$/);
      expect(names?.get(name)).toBe("search");
      expect(adapted).toContain(`tools.search.name:given>${name}`);
    }
    expect(new Set(others).size).toBe(2);
    expect(fitToolNames(requestOf({ tools: tools.slice(0, 2) }), plainNames).request.tools[1]?.name).toBe(others[0]);
  });

  test("any tools: each name once on the wire, each of them back as it was", () => {
    const drawn = fc.array(fc.tuple(fc.constantFrom("a", "b c", "json_answer"), fc.constantFrom("x", "y", "z")));
    fc.assert(
      fc.property(drawn, shapes, (pairs, shape) => {
        const tools = pairs.map(([name, description]) => ({ ...tool(name), description }));
        const { request, names } = fitToolNames(requestOf({ tools }), shape);
        expect(new Set(request.tools.map(({ name }) => name)).size).toBe(request.tools.length);
        const back = request.tools.map((one) => `${names?.get(one.name) ?? one.name}:${one.description}`);
        expect(back).toEqual([...new Set(tools.map((one) => `${one.name}:${one.description}`))]);
      }),
    );
  });
});

test("what a group of tools says of itself goes before what its first tool says", () => {
  const tools = [
    { name: "crm__find", description: "Finds.", parameters: null, strict: null, group: "The customers' book." },
    { name: "crm__note", description: null, parameters: null, strict: null },
  ];
  const request = { tools, messages: [], toolChoice: null } as unknown as ChatRequest;
  const { request: fitted, adapted } = fitToolNames(request, plainNames);
  expect(fitted.tools.map(({ description }) => description)).toEqual(["The customers' book.\n\nFinds.", null]);
  expect(adapted).toEqual([]);
});
