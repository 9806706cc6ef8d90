// Another vendor's search in a streamed answer: its steps as OpenAI sends them, from the call to the results. It is
// closed once, with everything known by then.
import type { JsonObject } from "../../../core/json.ts";
import type { Search } from "../../shared/searches.ts";
import { searchItem, searchType } from "../features/searches.ts";
import { type Place, StreamOutputItem } from "./stream-output.ts";

export class StreamSearchItem extends StreamOutputItem {
  readonly #written: { readonly response: string; readonly index: number; readonly sources: boolean };
  #search: Search;

  /** `sources`: the client asks for the pages. */
  constructor(place: Place, search: Search, sources: boolean) {
    const written = { ...place, sources };
    super(place, { ...searchItem(search, { ...written, sources: false }), status: "in_progress" });
    this.#written = written;
    this.#search = search;
    for (const step of ["in_progress", "searching"]) this.tell(`response.${searchType}.${step}`, {});
  }

  learn(search: Search): void {
    this.#search = search;
  }

  protected finished(): JsonObject {
    this.tell(`response.${searchType}.completed`, {});
    return searchItem(this.#search, this.#written);
  }
}
