import fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../../test/support/fixed-seed.ts";
import { reasoningState as anthropic } from "../protocols/anthropic-messages/features/reasoning-state.ts";
import { reasoningState as responses } from "../protocols/openai-responses/features/reasoning-state.ts";
import type { ChatRequest, ChatResponse, Part, VendorState } from "../core/chat.ts";
import { createStateCollector } from "./state-collector.ts";
import type { CallStateMemory, Piece } from "./state-memory.ts";
import { replayState, stripState } from "./state-replay.ts";

const origin = { protocol: "anthropic-messages", vendor: "v", model: "m", account: "a" } as const;
const sealed = (signature: string): VendorState => ({
  protocol: "anthropic-messages",
  value: { type: "thinking", signature },
});
const thought = (text: string, signature = text): Part => ({ type: "reasoning", text, state: sealed(signature) });
const text = (said: string): Part => ({ type: "text", text: said });
const call = (id: string, name = "f"): Part => ({ type: "tool-call", id, name, arguments: "{}" });

function requestOf(parts: readonly Part[]): ChatRequest {
  const messages = [
    { role: "user", parts: [text("q")], name: null },
    { role: "assistant", parts, name: null },
  ];
  return { messages } as unknown as ChatRequest;
}

function turnOf(request: ChatRequest): readonly Part[] | undefined {
  return request.messages[1]?.parts;
}

function memory(before: readonly Piece[], state: VendorState | null = null, name = "f"): CallStateMemory {
  return { origin, name, state, before };
}

const piece = (at: number, said: string): Piece => ({ kind: "reasoning", at, text: said, state: sealed(said) });

describe("replaying", () => {
  test("thoughts go in front of the text that they preceded", () => {
    const request = requestOf([text("Let me see."), call("c1")]);
    const known = new Map([["c1", memory([piece(0, "hm")])]]);
    expect(turnOf(replayState(request, known))).toEqual([thought("hm"), text("Let me see."), call("c1")]);
  });

  test("thoughts in the midst of what is one text now stand there again", () => {
    const request = requestOf([text("Hello there."), call("c1")]);
    const known = new Map([["c1", memory([piece(0, "a"), piece(6, "b"), piece(12, "c")])]]);
    expect(turnOf(replayState(request, known))).toEqual([
      thought("a"),
      text("Hello "),
      thought("b"),
      text("there."),
      thought("c"),
      call("c1"),
    ]);
  });

  test("each call has its own", () => {
    const request = requestOf([text("Hi."), call("c1"), call("c2"), call("c3")]);
    const known = new Map([
      ["c1", memory([piece(0, "a")])],
      ["c3", memory([piece(3, "b")])],
    ]);
    expect(turnOf(replayState(request, known))).toEqual([
      thought("a"),
      text("Hi."),
      call("c1"),
      call("c2"),
      thought("b"),
      call("c3"),
    ]);
  });

  test("what lost its seal is not told twice", () => {
    const loose: Part = { type: "reasoning", text: "hm", state: { protocol: "openai-chat", value: { field: "x" } } };
    const known = new Map([["c1", memory([piece(0, "hm")])]]);
    expect(turnOf(replayState(requestOf([loose, call("c1")]), known))).toEqual([thought("hm"), call("c1")]);
  });

  test("what the caller sent wins", () => {
    const mine = { ...call("c1"), state: sealed("mine") } as Part;
    const request = requestOf([thought("kept"), mine]);
    const known = new Map([["c1", memory([piece(0, "other")], sealed("other"))]]);
    expect(replayState(request, known)).toBe(request);
  });

  test("a seal goes onto the call, and onto the text that it ended", () => {
    const signed: VendorState = { protocol: "gemini-generate", value: "T" };
    const request = requestOf([text("Hi."), call("c1")]);
    const known = new Map([["c1", memory([{ kind: "text", at: 3, text: "", state: signed }], signed)]]);
    expect(turnOf(replayState(request, known))).toEqual([
      { ...text("Hi."), state: signed },
      { ...call("c1"), state: signed },
    ]);
  });

  test("a seal goes onto a call of which the client's own protocol says more", () => {
    const own: VendorState = { protocol: "openai-responses", value: { item: { id: "fc_1", status: "completed" } } };
    const request = requestOf([{ ...call("c1"), state: own } as Part]);
    const known = new Map([["c1", memory([], sealed("s"))]]);
    expect(turnOf(replayState(request, known))).toEqual([{ ...call("c1"), state: sealed("s") }]);
  });

  test("a call by another name is another one", () => {
    const request = requestOf([call("c1", "g")]);
    expect(replayState(request, new Map([["c1", memory([piece(0, "a")], sealed("s"))]]))).toBe(request);
    expect(replayState(request, new Map())).toBe(request);
  });

  test("any answer whose state was dropped is whole again", () => {
    const part = fc.oneof(
      fc.string({ minLength: 1, maxLength: 4 }).map(text),
      fc.string({ maxLength: 4 }).map((said) => thought(said, `${said}!`)),
      fc.constant("call" as const),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 9 }), (drawn) => {
        // Ends with a call; adjacent texts are one.
        const parts: Part[] = [];
        for (const [index, one] of [...drawn, "call" as const].entries()) {
          const [last, next] = [parts.at(-1), one === "call" ? call(`c${index}`) : one];
          if (last?.type === "text" && next.type === "text") parts[parts.length - 1] = text(last.text + next.text);
          else parts.push(next);
        }
        const collector = createStateCollector(anthropic, null);
        collector.takeWhole({ choices: [{ index: 0, parts }] } as unknown as ChatResponse);
        const known = new Map(collector.gather().calls.map(({ id, ...rest }) => [id, { origin, ...rest }]));
        const bare: Part[] = [];
        for (const one of parts) {
          const last = bare.at(-1);
          if (one.type === "text" && last?.type === "text") bare[bare.length - 1] = text(last.text + one.text);
          else if (one.type !== "reasoning") bare.push(one);
        }
        expect(turnOf(replayState(requestOf(bare), known))).toEqual(parts);
      }),
    );
  });
});

describe("stripping", () => {
  test("takes out what belongs elsewhere, and nothing else", () => {
    const request = requestOf([thought("a"), text("Hi."), thought("b"), call("c1")]);
    const foreign = (state: VendorState): boolean => JSON.stringify(state).includes('"a"');
    expect(turnOf(stripState(request, foreign, anthropic))).toEqual([text("Hi."), thought("b"), call("c1")]);
    expect(stripState(request, () => false, anthropic)).toBe(request);
  });

  test("a turn of which nothing is left goes too", () => {
    expect(stripState(requestOf([thought("a")]), () => true, anthropic).messages).toHaveLength(1);
  });

  test("trap 30: what followed sealed reasoning is not called by its id without it", () => {
    const own = (item: object): VendorState => ({ protocol: "openai-responses", value: { item } as never });
    const reasoning: Part = { type: "reasoning", text: "", state: own({ id: "rs_1", encrypted_content: "E" }) };
    const said: Part = {
      type: "text",
      text: "Hi",
      state: own({ id: "msg_1", phase: "commentary", status: "completed" }),
    };
    const asked: Part = { ...call("c1"), state: own({ id: "fc_1", status: "completed" }) } as Part;
    const request = requestOf([reasoning, said, asked]);
    const foreign = (state: VendorState): boolean => responses.sealOf(state) === "E";
    expect(turnOf(stripState(request, foreign, responses))).toEqual([
      { type: "text", text: "Hi", state: own({ phase: "commentary" }) },
      { ...call("c1"), state: own({}) },
    ]);
  });
});
