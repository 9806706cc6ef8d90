// The known members of each object in a chat request. A member anywhere else travels as a stray beside the part made of
// its object, so that an unknown member is carried, or its loss reported, without a list of names. Every member that is
// read must be here, and no other.
import type { Shape } from "../../../core/member-shape.ts";
import { kindsBy, shape } from "../../../domain/member-table.ts";

/** The members that `cache-marks.ts` reads. */
const marks = { cache_control: shape("type ttl"), prompt_cache_breakpoint: shape("mode") };
const link = shape("url");

/** A part of another kind is kept as a whole. */
export const readPartMembers: Shape = kindsBy("type", {
  text: shape("type text", marks),
  image_url: shape("type", { ...marks, image_url: shape("url detail") }),
  input_audio: shape("type", { ...marks, input_audio: shape("data format") }),
  file: shape("type", { ...marks, file: shape("filename file_data file_id") }),
  video_url: shape("type document_name", { video_url: link }),
  document_url: shape("type document_name", { document_url: link }),
  refusal: shape("type refusal"),
});

/** Another host's seal may be beside a known one. */
const sealed = { extra_content: shape("understudy", { google: shape("thought_signature") }) };

/** `index`: the position of a call in a stream, which its order shows as well. */
const called = { ...marks, function: shape("name arguments", marks), custom: shape("name input", marks) };
export const readCall: Shape = shape("id index type", { ...sealed, ...called });
/** Its seal is of an unknown kind: it goes back as a whole. */
export const readOwnCall: Shape = shape("id index type extra_content", called);
export const readFunctionCall: Shape = shape("", { function_call: shape("name arguments") });

const declared = "name description parameters strict";
export const readFunction: Shape = shape(declared, marks);
export const readFlatFunction: Shape = shape(`type ${declared}`, marks);
const free = "name description format";
export const readTool: Shape = shape("type", { ...marks, function: readFunction, custom: shape(free, marks) });
export const readFlatFree: Shape = shape(`type ${free}`, marks);

/** A result is a message of its own. */
export const readResult: Shape = shape("role content name tool_call_id", marks);

/** In an answer that a later turn continues; other members of the message are kept with it. */
export const readSealed: Shape = shape("", sealed);

const chosen = shape("name");
const allowedTools = shape("type name", { function: chosen, custom: chosen });
const allowed = shape("mode", { tools: allowedTools });

/** At the top of a request, the objects that are read there. */
export const readTop: Shape = shape("", {
  function_call: chosen,
  tool_choice: kindsBy("type", {
    function: shape("type name", { function: chosen }),
    custom: shape("type name", { custom: chosen }),
    allowed_tools: shape("type mode", { allowed_tools: allowed, tools: allowedTools }),
  }),
  response_format: kindsBy("type", {
    text: shape("type"),
    // `schema`: see how the answer's format is decoded.
    json_object: shape("type schema"),
    json_schema: shape("type name description schema strict", { json_schema: shape("name description schema strict") }),
  }),
});
