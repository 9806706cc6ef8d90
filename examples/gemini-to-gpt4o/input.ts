/**
 * Reads what a browser or curl sent, and refuses the rest with words that say what to send instead.
 * It exists so that a mistake is named here, in the application's own terms, before any vendor is asked.
 */

/** One turn of the conversation, as the page keeps it. */
export interface Turn {
  role: "system" | "user" | "assistant";
  content: string;
}

const roles: readonly unknown[] = ["system", "user", "assistant"];

/** The `question` of `POST /api/ask`; anything but a text with something in it throws a 400. */
export function readQuestion(body: unknown): string {
  const question = (body as { question?: unknown } | undefined)?.question;
  if (typeof question === "string" && question.trim() !== "") return question;
  throw badRequest('Send JSON with a question: { "question": "..." }.');
}

/** The `messages` of `POST /api/chat`; an empty list or a turn of another shape throws a 400 that names the turn. */
export function readMessages(body: unknown): Turn[] {
  const messages = (body as { messages?: unknown } | undefined)?.messages;
  if (!Array.isArray(messages) || messages.length === 0) {
    throw badRequest('Send JSON with the conversation: { "messages": [{ "role": "user", "content": "..." }] }.');
  }
  return messages.map((turn: Partial<Turn> | null, index) => {
    const { role, content } = turn ?? {};
    if (role && roles.includes(role) && typeof content === "string") return { role, content };
    throw badRequest(`messages[${index}] needs a role (${roles.join(", ")}) and a content that is a text.`);
  });
}

function badRequest(message: string): Error {
  return Object.assign(new Error(message), { status: 400, code: "bad_request" });
}
