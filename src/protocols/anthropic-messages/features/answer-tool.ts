// The synthetic tool by which a model without native JSON schemas is made to answer in one: it is forced to call it, and
// the call's input is the answer. Decoders know it by its name alone, so no tool of a caller's may have that name.
export const answerTool = "final_json_answer";

export const answerToolDescription =
  "Give your final answer to the user by calling this tool. Its input is the whole answer; write nothing else.";
