import { expect, test } from "vitest";
import { isBareSearch } from "./search-tool.ts";

test.each([
  [{ googleSearch: {} }, true],
  [{ google_search: {} }, true],
  [{ googleSearchRetrieval: {} }, true],
  [{ google_search_retrieval: { dynamic_retrieval_config: { mode: "MODE_DYNAMIC" } } }, true],
  [{ googleSearch: { timeRangeFilter: {} } }, false],
  [{ googleSearchRetrieval: null }, false],
  [{ googleSearch: {}, codeExecution: {} }, false],
  [{ urlContext: {} }, false],
  [{}, false],
])("%j is a search that every vendor can be asked for: %s", (tool, expected) => {
  expect(isBareSearch(tool)).toBe(expected);
});
