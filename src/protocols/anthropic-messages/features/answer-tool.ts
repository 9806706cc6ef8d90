// The synthetic tool that makes a model without native JSON schemas answer in one: the model is forced to call it, and
// the call's input is the answer. Decoders recognize it by its name, so no tool of a caller may have that name.
export const answerTool = "final_json_answer";

export const answerToolDescription =
  "Give your final answer to the user by calling this tool. Its input is the whole answer; write nothing else.";
