// A vendor's error as a verdict. OpenAI and its copies answer both protocols with the same errors, so the reading is
// shared.
export { decodeErrorAnswer as decodeFailure } from "../../shared/error-answer.ts";
