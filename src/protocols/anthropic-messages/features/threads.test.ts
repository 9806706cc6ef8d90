// Threads in requests and errors: a history stored at the vendor is never treated as incomplete, and the caller gets an
// error about a thread.
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import { claudeFacts } from "../../../providers/facts.ts";
import { membersOf } from "../../shared/raw-members.test-support.ts";
import { anthropicMessages } from "../protocol.ts";
import { threadRules } from "./threads.ts";

const thread = { type: "continue", previous_message_id: "msg_1" };
const result = { type: "tool_result", tool_use_id: "toolu_1", content: "a chair" };

function encode(body: JsonObject): ReturnType<typeof anthropicMessages.chat.request.encode> {
  const model = "claude-haiku-4-5";
  const request = anthropicMessages.chat.request.decode(
    { model, max_tokens: 100, ...body },
    { model: null, stream: false },
  );
  return anthropicMessages.chat.request.encode(request, { model, facts: claudeFacts(model) });
}

describe("a request that goes on", () => {
  test("keeps its results, though their calls are not in it", () => {
    const { body, dropped } = encode({ thread, messages: [{ role: "user", content: [result] }] });
    expect([body["messages"], body["thread"], dropped]).toEqual([[{ role: "user", content: [result] }], thread, []]);
  });

  test("may say nothing new, or an instruction alone, which never becomes the system prompt", () => {
    expect(encode({ thread, messages: [] }).body).toEqual({
      model: "claude-haiku-4-5",
      max_tokens: 100,
      messages: [],
      thread,
    });
    const told = encode({ thread, messages: [{ role: "system", content: "Be brief." }] }).body;
    expect([told["system"], told["messages"]]).toEqual([
      undefined,
      [{ role: "user", content: "<system>\nBe brief.\n</system>" }],
    ]);
  });

  test.each<[JsonObject, string | null]>([
    [{ thread }, "msg_1"],
    [{ thread: { type: "create" } }, null],
    [{ thread: null }, null],
    [{}, null],
  ])("%j names its answer: %s", (body, id) => {
    expect(threadRules.previousIn(membersOf(body))).toBe(id);
  });
});

describe("an error about a thread", () => {
  const decode = (status: number, error: JsonObject): ReturnType<typeof anthropicMessages.failure.decode> =>
    anthropicMessages.failure.decode(status, {}, JSON.stringify({ type: "error", error }));

  test.each([
    [404, "thread_not_found"],
    [400, "thread_already_continued"],
    [409, "thread_continue_in_flight"],
    [400, "thread_fingerprint_mismatch"],
    [400, "thread_unsupported_request"],
  ])("%i %s is the caller's", (status, code) => {
    const details = { error_code: code, unsupported: ["hipaa"] };
    const failure = decode(status, { type: "invalid_request_error", message: "No.", details });
    expect(failure).toMatchObject({ verdict: "bad_request", status, code, vendorError: { members: { details } } });
  });

  test("said in words alone gets the code by which clients know it", () => {
    const message = "No thread state was found for the requested previous_message_id.";
    expect(decode(404, { type: "not_found_error", message })).toMatchObject({
      verdict: "bad_request",
      code: "thread_not_found",
      vendorError: { members: { details: { error_code: "thread_not_found" } } },
    });
    expect(decode(404, { type: "not_found_error", message: "model: claude-x" }).verdict).toBe("unknown_model");
  });
});
