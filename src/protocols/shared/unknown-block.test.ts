// The text inside blocks that only one protocol knows.
import { describe, expect, test } from "vitest";
import type { ContentPart, ImagePart } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import { lostBlock, describeCitations, unknownBlock, unknownMembers } from "./unknown-block.ts";

const state = { protocol: "anthropic-messages", value: {} } as const;
const place = "messages[0].content[1]";
const image: ImagePart = {
  type: "image",
  source: { kind: "data", mediaType: "image/png", data: "AAAA" },
  detail: null,
};
const media = (block: JsonObject): ImagePart | null => (block["type"] === "image" ? image : null);

function glean(
  block: JsonObject,
  said = false,
): { instead: readonly ContentPart[] | null; lostPlaces: readonly string[] } {
  const { instead = null, lostPlaces = [] } = unknownBlock(state, block, { place, fromAssistant: said, media });
  return { instead, lostPlaces };
}

const text = (words: string): ContentPart => ({ type: "text", text: words });

describe("words", () => {
  test.each<[string, JsonObject, string]>([
    ["one text", { type: "note", text: "Hello" }, "Hello"],
    ["a name alone", { type: "tool_reference", tool_name: "WebFetch" }, "tool_name: WebFetch"],
    [
      "a found page, its title first",
      {
        type: "search_result",
        source: "https://x.test",
        title: "The sea",
        content: [
          { type: "text", text: "It is deep." },
          { type: "text", text: "And wide." },
        ],
      },
      "title: The sea\nsource: https://x.test\nIt is deep.\nAnd wide.",
    ],
    [
      "a document of blocks, with what is said of it",
      { type: "document", source: { type: "content", content: "Long." }, title: "T", context: "C" },
      "title: T\ncontext: C\nLong.",
    ],
    [
      "members deep down",
      { type: "card", forecast: { days: [{ high: 20, sky: "clear" }], sure: true } },
      "forecast.days.high: 20\nforecast.days.sky: clear\nforecast.sure: true",
    ],
    ["lists of words", { type: "tags", tags: ["a", "b"] }, "tags: a\ntags: b"],
    ["an address beside words", { type: "link", url: "https://x.test", text: "See" }, "url: https://x.test\nSee"],
  ])("%s", (_what, block, words) => {
    expect(glean(block)).toEqual({ instead: [text(words)], lostPlaces: [] });
  });

  test("images inside keep their place between the words", () => {
    const block = { type: "wrapper", content: [{ type: "text", text: "a" }, { type: "image" }, "b"] };
    expect(glean(block)).toEqual({ instead: [text("a"), image, text("b")], lostPlaces: [] });
  });

  test("what is no word is named, and the words are kept", () => {
    const block = {
      type: "wrapper",
      content: [
        { type: "text", text: "a" },
        { type: "hologram", source: { type: "base64", media_type: "model/x", data: "AAAA" } },
        { type: "page", encrypted_content: "Zm9v", preview: `data:image/png;base64,${"A".repeat(40)}` },
        { type: "blob", value: "A".repeat(200) },
      ],
    };
    const inside = `${place}.content`;
    const lost = [
      `${inside}[1].source.data`,
      `${inside}[2].encrypted_content`,
      `${inside}[2].preview`,
      `${inside}[3].value`,
    ];
    expect(glean(block)).toEqual({ instead: [text("a\nmedia_type: model/x")], lostPlaces: lost });
  });

  test("a wish for citations is named", () => {
    expect(glean({ type: "note", text: "a", citations: { enabled: true } }).lostPlaces).toEqual(["citations"]);
    expect(glean({ type: "note", text: "a", citations: { enabled: false } }).lostPlaces).toEqual([]);
  });
});

test.each<[string, JsonObject]>([
  ["nothing", { type: "mark" }],
  ["a number", { type: "novelty", a: 1 }],
  ["an address", { type: "input_video", video_url: "https://x.test/a.mp4" }],
  ["a pointer", { type: "container_upload", file_id: "file_1" }],
  ["bytes", { type: "hologram", data: "AAAA" }],
  ["bytes with a name", { type: "hologram", source: { media_type: "model/x", data: "AAAA", filename: "a.holo" } }],
  ["blanks", { type: "note", text: " " }],
])("no words: %s", (_what, block) => {
  expect(glean(block)).toEqual({ instead: null, lostPlaces: [place] });
});

describe("what a vendor's own tools did in the model's turn", () => {
  test("is not put into its mouth, what it said is", () => {
    for (const type of ["server_tool_use", "code_execution_tool_result", "web_search_call", "mcp_list_tools"]) {
      const block = { type, text: "a" };
      const told = { kind: type, text: "a", lostPlaces: [] };
      expect(unknownBlock(state, block, { place, fromAssistant: true })).toEqual({
        type: "foreign",
        state,
        lostPlaces: [place],
        textFallback: told,
      });
    }
    expect(glean({ type: "compaction", content: "So far: a." }, true).instead).toEqual([text("So far: a.")]);
  });

  test.each<[string, JsonObject, string, readonly string[]]>([
    [
      "what a program printed, and the file that it wrote",
      {
        type: "code_execution_tool_result",
        tool_use_id: "srvtoolu_1",
        content: {
          type: "code_execution_result",
          stdout: "a\nb",
          stderr: "",
          return_code: 0,
          content: [{ type: "code_execution_output", file_id: "file_1" }],
        },
      },
      "stdout: a\nb\nreturn_code: 0",
      [".content.content[0].file_id"],
    ],
    [
      "a page that was fetched",
      {
        type: "web_fetch_tool_result",
        content: {
          type: "web_fetch_result",
          url: "https://x.test",
          content: { type: "document", source: { type: "text", media_type: "text/plain", data: "Long." }, title: "T" },
        },
      },
      "url: https://x.test\ntitle: T\nLong.",
      [],
    ],
    [
      "tools, but for their forms",
      {
        type: "mcp_list_tools",
        id: "mcpl_1",
        server_label: "s",
        tools: [{ name: "look", description: "Looks.", input_schema: { type: "object" } }],
      },
      "server_label: s\ntools.name: look\ntools.description: Looks.",
      [".tools[0].input_schema"],
    ],
    [
      "what was done to a screen",
      { type: "computer_call", call_id: "c", status: "incomplete", action: { type: "click", x: 3, y: 4 } },
      "status: incomplete\naction.type: click\naction.x: 3\naction.y: 4",
      [],
    ],
    [
      "an image that was drawn",
      { type: "image_generation_call", id: "ig_1", status: "completed", result: "AAAA", revised_prompt: "A sea" },
      "revised_prompt: A sea",
      [".result"],
    ],
  ])("%s", (...[, block, words, lost]) => {
    const told = { kind: block["type"], text: words, lostPlaces: lost.map((one) => `${place}${one}`) };
    expect(unknownBlock(state, block, { place, fromAssistant: true })).toEqual({
      type: "foreign",
      state,
      lostPlaces: [place],
      textFallback: told,
    });
  });

  test("without words is lost", () => {
    const block = { type: "server_tool_use", id: "srvtoolu_1", input: {} };
    expect(unknownBlock(state, block, { place, fromAssistant: true })).toEqual(lostBlock(state, place));
  });
});

test("citations are a line each, without the places in the text, and the same one is said once", () => {
  const page = {
    type: "url_citation",
    url_citation: { start_index: 0, end_index: 4, title: "T", url: "https://x.test" },
  };
  const again = { ...page, url_citation: { ...page.url_citation, start_index: 9 } };
  const quote = {
    type: "char_location",
    cited_text: "a\nb",
    document_title: "D",
    document_index: 0,
    file_id: "file_1",
  };
  expect(describeCitations([page, again, quote], "messages[1].annotations")).toEqual({
    textFallback: {
      kind: "citations",
      text: "title: T; url: https://x.test\ncited_text: a; b; document_title: D",
      lostPlaces: ["messages[1].annotations[2].file_id"],
    },
  });
  for (const none of [undefined, null, [], "a", { enabled: true }]) expect(describeCitations(none, "x")).toEqual({});
});

test("members beside the content are named, but for those that only their vendor has a use for", () => {
  const members = { id: "msg_1", status: "completed", phase: "commentary", annotations: [], prefix: true };
  expect(unknownMembers(state, members, "input[2]")).toEqual({
    type: "foreign",
    state,
    instead: [],
    lostPlaces: ["input[2].prefix"],
  });
  expect(unknownMembers(state, { id: "msg_1" }, "input[2]")).toEqual({ type: "foreign", state, instead: [] });
  expect(lostBlock(state, place)).toEqual({ type: "foreign", state, lostPlaces: [place] });
});
