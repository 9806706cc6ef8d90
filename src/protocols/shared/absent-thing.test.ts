import { expect, test } from "vitest";
import { decodeFailure as decodeAnthropic } from "../anthropic-messages/failure/decode.ts";
import { decodeErrorAnswer as decodeOpenai } from "./error-answer.ts";

const openai = (message: string): string =>
  decodeOpenai(404, {}, JSON.stringify({ error: { message, type: "invalid_request_error", param: "x", code: null } }))
    .verdict;

test.each([
  "Item with id 'rs_1' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.",
  "Item 'msg_0a1b' not found.",
])("an item of the history that the vendor does not have: %s", (message) => {
  expect(openai(message)).toBe("unsupported");
});

test.each([
  "Conversation with id 'conv_1' not found.",
  "Prompt with id 'pmpt_1' not found.",
  "Vector store with id [vs_1] not found.",
  "No such File object: file-abc",
  "Container with id 'cntr_1' not found.",
  "Previous response with id 'resp_1' not found.",
])("a thing that the vendor does not have: %s", (message) => {
  expect(openai(message)).toBe("bad_request");
});

test.each([
  "The model `gpt-9` does not exist or you do not have access to it.",
  'model "x" not found, try pulling it first',
  "The model file for x was not found",
  "Not Found",
  "404 page not found",
  "Invalid URL (POST /v1/response)",
])("about the model, or about nothing: %s", (message) => {
  expect(openai(message)).toBe("unknown_model");
});

test.each([
  ["File not found: file_011", "bad_request"],
  ["container_1: Container not found", "bad_request"],
  ["model: claude-9", "unknown_model"],
])("Anthropic's: %s", (message, verdict) => {
  const body = JSON.stringify({ type: "error", error: { type: "not_found_error", message } });
  expect(decodeAnthropic(404, {}, body).verdict).toBe(verdict);
});
