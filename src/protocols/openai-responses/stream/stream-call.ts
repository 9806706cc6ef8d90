// Calls while they stream. A function's arguments are forwarded delta by delta. Free text (which the model sends as
// JSON) and client tools are sent in one piece at the call's end, when they are complete.
import type { ToolCallPart, VendorState } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import { inputOf } from "../../shared/free-text.ts";
import { formOf, idOf, encodeCallItem } from "../response/encode-call.ts";
import type { CallForms } from "../features/forms.ts";
import { type OpenItem, type Place, StreamOutputItem } from "./stream-output.ts";

export interface Called {
  readonly id: string;
  readonly name: string;
  readonly state?: VendorState | undefined;
}

export interface OpenCall extends OpenItem {
  add(text: string): void;
}

/** In the form in which the caller declared its tool. */
export function openStreamCall(place: Place, call: Called, forms: CallForms): OpenCall {
  switch (formOf(call, forms).kind) {
    case "function":
      return new FunctionCallItem(place, call, forms);
    case "free":
      return new FreeCallItem(place, call, forms);
    case "client":
      return new ClientCallItem(place, call, forms);
  }
}

function startOf(call: Called): ToolCallPart {
  return { type: "tool-call", arguments: "", ...call };
}

function firstItem(place: Place, call: Called, forms: CallForms): JsonObject & { readonly id: string } {
  const item = encodeCallItem(startOf(call), { ...place, status: "in_progress", forms });
  return { ...item, status: "in_progress", id: idOf(item, call.state, item["type"] !== "function_call") };
}

class FunctionCallItem extends StreamOutputItem implements OpenCall {
  #arguments = "";

  constructor(place: Place, call: Called, forms: CallForms) {
    super(place, firstItem(place, call, forms));
  }

  add(text: string): void {
    if (text !== "" && !this.closed) this.#write(text);
  }

  #write(text: string): void {
    this.#arguments += text;
    this.tell("response.function_call_arguments.delta", { delta: text });
  }

  protected finished(status: "completed" | "incomplete"): JsonObject {
    const name = this.item["name"] ?? "";
    // Clients parse them, and fail on an empty string.
    if (status === "completed" && this.#arguments === "") this.#write("{}");
    this.tell("response.function_call_arguments.done", { name, arguments: this.#arguments });
    return { ...this.item, status, arguments: this.#arguments };
  }
}

class FreeCallItem extends StreamOutputItem implements OpenCall {
  #arguments = "";

  constructor(place: Place, call: Called, forms: CallForms) {
    super(place, firstItem(place, call, forms));
  }

  add(text: string): void {
    if (!this.closed) this.#arguments += text;
  }

  protected finished(status: "completed" | "incomplete"): JsonObject {
    const input = inputOf(this.#arguments);
    if (input !== "") this.tell("response.custom_tool_call_input.delta", { delta: input });
    this.tell("response.custom_tool_call_input.done", { input });
    return { ...this.item, status, input };
  }
}

class ClientCallItem implements OpenCall {
  readonly #place: Place;
  readonly #call: Called;
  readonly #forms: CallForms;
  #arguments = "";
  #closed = false;
  item: JsonObject = {};

  constructor(place: Place, call: Called, forms: CallForms) {
    this.#place = place;
    this.#call = call;
    this.#forms = forms;
  }

  add(text: string): void {
    if (!this.#closed) this.#arguments += text;
  }

  close(status: "completed" | "incomplete"): void {
    if (this.#closed) return;
    this.#closed = true;
    const { index, emit } = this.#place;
    const part = { ...startOf(this.#call), arguments: this.#arguments };
    this.item = encodeCallItem(part, { ...this.#place, status, forms: this.#forms });
    emit("response.output_item.added", { output_index: index, item: { ...this.item, status: "in_progress" } });
    emit("response.output_item.done", { output_index: index, item: this.item });
  }
}
