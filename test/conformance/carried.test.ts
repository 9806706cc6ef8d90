// Seals of recorded answers (thought signatures, signed thinking, encrypted reasoning) that reach their vendor again through a
// client of another protocol, who sends the answer back in the history as it came.
import { describe, expect, test } from "vitest";
import type { ChatResponse } from "../../src/core/chat.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { ModelFacts } from "../../src/core/provider.ts";
import { isObject, membersOf } from "../../src/protocols/shared/read.ts";
import { unknownFacts } from "../../src/providers/families/family.ts";
import { readRecordings, type Recording, recordingsMissing } from "../support/recordings.ts";
import { ears } from "./ears.test-support.ts";
import { addUp, readAnswer } from "./gather.test-support.ts";
import { type Four, fourProtocols, protocolsByApi } from "./protocols.test-support.ts";

/** A model that thinks, and takes all that it thought back. */
const facts: ModelFacts = {
  ...unknownFacts,
  signatures: true,
  reasoning: { style: "adaptive", efforts: ["low", "medium", "high"], off: true },
};
const apis = ["gemini-generate", "gemini-stream", "anthropic-messages", "openai-responses"];
const recordings = apis.flatMap((api) => readRecordings(api)).filter(({ response }) => response.status < 300);

/** The answer as one, however it came; null where it broke off. */
function answerOf(recording: Recording): ChatResponse | null {
  const heard = readAnswer(recording);
  if (heard.kind === "failure") return null;
  if (heard.kind === "whole") return heard.response;
  return addUp(heard.events, protocolsByApi[recording.api]!.name);
}

/** What the vendor must get back. Thoughts without anything after them are left out of a history. */
function sealsOf({ choices }: ChatResponse): string[] {
  const parts = choices[0]?.parts ?? [];
  return parts.flatMap((part) => {
    if (part.type !== "reasoning" && part.type !== "tool-call" && part.type !== "text") return [];
    const { state } = part;
    const value: Json = state?.value ?? null;
    if (typeof value === "string") return [value];
    const { signature, item } = membersOf(value);
    const sealed = signature ?? (isObject(item) && part.type === "reasoning" ? item["encrypted_content"] : undefined);
    return typeof sealed === "string" ? [sealed] : [];
  });
}

const callsOf = ({ choices }: ChatResponse): string[] =>
  (choices[0]?.parts ?? []).flatMap((part) => (part.type === "tool-call" ? [part.id] : []));

/** The next request of a client that sends back what it got. */
const histories: Readonly<Partial<Record<Four, (answer: JsonObject, calls: readonly string[]) => JsonObject>>> = {
  "openai-chat": (answer, calls) => {
    const [choice] = answer["choices"] as unknown as { message: JsonObject }[];
    const results = calls.map((id) => ({ role: "tool", tool_call_id: id, content: "done" }));
    const next = calls.length > 0 ? results : [{ role: "user", content: "Go on." }];
    return { model: "m", messages: [{ role: "user", content: "hi" }, choice?.message ?? {}, ...next] };
  },
  "openai-responses": (answer, calls) => {
    const results = calls.map((id) => ({ type: "function_call_output", call_id: id, output: "done" }));
    const next = calls.length > 0 ? results : [{ role: "user", content: "Go on." }];
    const output = answer["output"] as unknown as JsonObject[];
    return { model: "m", input: [{ role: "user", content: "hi" }, ...output, ...next] };
  },
};

const sealed = recordings.flatMap((recording) => {
  const response = answerOf(recording);
  const native = response === null ? [] : sealsOf(response);
  return response === null || native.length === 0 ? [] : [{ id: recording.id, api: recording.api, response, native }];
});

describe.skipIf(recordingsMissing !== "")(`sealed answers ${recordingsMissing}`, () => {
  test("there are some of every vendor", () => {
    const counts = apis.map((api) => sealed.filter((one) => one.api === api).length);
    expect(counts.every((count) => count >= 8)).toBe(true);
  });

  describe.each(Object.entries(histories))("through a client of %s", (name, historyOf) => {
    const client = name as Four;
    const foreign = sealed.filter(({ api }) => protocolsByApi[api]!.name !== client);

    test.each(foreign)("$id", ({ api, response, native }) => {
      const own = protocolsByApi[api]!;
      const told = fourProtocols[client].chat.response.encode(response, ears[client].options);
      const asked = fourProtocols[client].chat.request.decode(historyOf(told, callsOf(response)), {
        model: null,
        stream: false,
      });
      const { body } = own.chat.request.encode(asked, { model: "m", facts });
      const wire = JSON.stringify(body);
      expect(native.filter((seal) => !wire.includes(JSON.stringify(seal).slice(1, -1)))).toEqual([]);
    });
  });
});
