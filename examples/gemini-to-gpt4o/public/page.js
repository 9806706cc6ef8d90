/**
 * The chat: sends the conversation, writes the answer as it comes, and says how it ended.
 * A piece of an answer is never passed off as a whole one: what broke off is marked, with the reason and a way to try again.
 */
import { streamAnswer } from "./answer-stream.js";
import { createCast } from "./cast.js";
import { element, sayDuration } from "./elements.js";
import { drawMarkdown } from "./markdown.js";
import { createTimeline } from "./timeline.js";

const find = (id) => document.getElementById(id);
const [transcript, composer, prompt, send, stop] = ["transcript", "composer", "prompt", "send", "stop"].map(find);

const cast = createCast({ root: find("vendors"), hint: find("vendors-hint"), banner: find("banner") });
const timeline = createTimeline(find("timeline"), () => cast.vendors);
const longWait = 2500; // ms without a word, after which the page says that somebody else will be asked
const conversation = [];
let running = null;
let piece = ""; // what was said of the last answer, whole or not

async function submit(text) {
  const question = text.trim();
  if (question === "" || running) return;
  find("overture")?.remove();
  settle();
  prompt.value = "";
  conversation.push({ role: "user", content: question });
  transcript.append(element("article.message.user", { testid: "message-user" }, element("p", {}, question)));
  await answer(question);
}

/** The conversation goes on: a piece of an answer counts as said, and a question without any answer is taken back. */
function settle() {
  for (const button of transcript.querySelectorAll(".again")) button.remove();
  if (conversation.at(-1)?.role !== "user") return;
  if (piece === "") conversation.pop();
  else conversation.push({ role: "assistant", content: piece });
}

async function answer(question) {
  const message = drawMessage();
  const entry = timeline.begin(question);
  setRunning(new AbortController());
  find("timeline-hint").hidden = true;
  showWaiting();
  const said = { text: "" };
  const outcome = await play(message, entry, said).catch((error) => ({
    phase: running.signal.aborted ? "stopped" : said.text === "" ? "failed" : "interrupted",
    error,
  }));
  const state = entry.end(outcome.phase, outcome.error);
  piece = said.text;
  if (said.text && outcome.phase === "done") conversation.push({ role: "assistant", content: said.text });
  finish(message, { ...outcome, ...said, ...state, question });
  setRunning(null);
  void cast.refresh();
}

/** Plays one answer into the message and into `said`; resolves with how it ended: `done`, `interrupted` or `failed`. */
async function play(message, entry, said) {
  for await (const { event, data } of streamAnswer(conversation, running.signal)) {
    if (event === "start") {
      entry.start(data);
      showService(message, data);
    } else if (event === "continued") {
      entry.continued(data);
      showTakeover(message, data);
    } else if (event === "text") {
      entry.word();
      drawText(message, (said.text += data));
    } else if (event === "error") {
      return { phase: said.text === "" ? "failed" : "interrupted", error: data };
    } else if (event === "done") {
      return { phase: "done", finishReason: data.finishReason };
    }
  }
}

function drawMessage() {
  const message = element("article.message.assistant", { testid: "message-assistant", "data-state": "waiting" });
  message.append(element("div.text", { testid: "message-text" }), element("footer"));
  const waiting = element("p.waiting", {}, "asking…");
  message.querySelector(".text").append(waiting);
  setTimeout(() => (waiting.textContent = "no word yet; the gateway soon asks the next one…"), longWait);
  transcript.append(message);
  stayAtEnd(true);
  return message;
}

function drawText(message, text) {
  const atEnd = isAtEnd();
  message.dataset.state = "streaming";
  drawMarkdown(message.querySelector(".text"), text);
  stayAtEnd(atEnd);
}

/** Before the first word nobody knows who will answer: the first vendor is being asked. */
function showWaiting() {
  for (const [index, { target }] of cast.vendors.entries()) cast.show(target, index === 0 ? "asked" : "idle");
}

function showService(message, { servedBy, attempts, skipped }) {
  const vendor = cast.vendors.find(({ target }) => target === servedBy);
  message.dataset.role = vendor?.role ?? "";
  for (const { target } of cast.vendors) cast.show(target, "idle");
  for (const { target, verdict } of attempts) cast.show(target, verdict === "ok" ? "answering" : "failed");
  showCooldowns(skipped);
  const lost = attempts.filter(({ verdict }) => verdict !== "ok");
  const served = element(
    "span.served-by",
    { testid: "served-by", "data-target": servedBy },
    vendor?.name ?? servedBy ?? "unknown",
  );
  const footer = message.querySelector("footer");
  footer.replaceChildren(served);
  const reason = [sayPassed(skipped, attempts), sayLost(lost)].filter(Boolean).join(", ");
  if (reason && attempts.at(-1)?.target !== cast.vendors[0]?.target)
    footer.append(element("span", { testid: "stood-in" }, `stood in: ${reason}`));
}

const units = { ms: 1, s: 1000, min: 60_000 };

/** A reason ends in the time that is left, such as `6.2 s left`. Who is asked again cools down no more. */
function showCooldowns(skipped) {
  for (const { target } of cast.vendors) {
    const reason = skipped.find((one) => one.target === target)?.reason ?? "";
    const [, amount, unit] = /([\d.]+) (ms|s|min) left/u.exec(reason) ?? [];
    cast.coolDown(target, amount === undefined ? 0 : Number(amount) * units[unit]);
  }
}

/** One vendor broke off, and another one goes on with its answer. */
function showTakeover(message, { by, after, words }) {
  cast.show(after, "failed");
  cast.show(by, "answering");
  const told = { testid: "continued-by", "data-target": by };
  message
    .querySelector("footer")
    .append(
      element("span.continued-by", told, `continued by ${nameOf(by)}`),
      element("span", {}, `${nameOf(after)} ${words}`),
    );
}

function nameOf(target) {
  return cast.vendors.find((vendor) => vendor.target === target)?.name ?? target;
}

function sayPassed(skipped, attempts) {
  const passed = skipped.filter(({ target }) => attempts.every((attempt) => attempt.target !== target));
  return passed.map(({ target, reason }) => `${nameOf(target)} not asked (${reason})`).join(", ");
}

function sayLost(lost) {
  const sentences = lost.map(
    ({ target, words, status }) => `${nameOf(target)} ${words}${status >= 400 ? ` (${status})` : ""}`,
  );
  return [...new Set(sentences)].join(", ");
}

function finish(message, { phase, error, text, finishReason, first, total, question, servedBy, takeovers }) {
  message.dataset.state = phase;
  const footer = message.querySelector("footer");
  for (const { target } of cast.vendors) cast.show(target, "idle");
  if (!text) message.querySelector(".text").replaceChildren();
  if (phase === "done") {
    footer.append(
      element("span.times", {}, `first word ${sayDuration(first ?? total)}, all of it ${sayDuration(total)}`),
    );
    const finished = [...footer.querySelectorAll(".continued-by")].at(-1);
    if (finished) finished.textContent = `finished by ${nameOf(takeovers.at(-1).by)}`;
    if (finishReason === "length") footer.append(element("span", {}, "stopped at the length limit"));
    const finisher = takeovers.length === 0 ? "" : `, finished by ${nameOf(takeovers.at(-1).by)}`;
    announce(`${nameOf(servedBy ?? "The assistant")} answered${finisher}: ${text}`);
    return;
  }
  const atEnd = isAtEnd();
  const title = { interrupted: "Interrupted", failed: "No answer", stopped: "Stopped" }[phase];
  const reason = phase === "stopped" ? "You stopped this answer." : error.message;
  const again = element("button.again", { type: "button", testid: "try-again" }, "Try again");
  again.addEventListener("click", () => tryAgain(message, question));
  message.append(
    element("div.ending", { testid: "answer-error" }, element("strong", {}, title), element("p", {}, reason), again),
  );
  announce(`${title}. ${reason}`);
  stayAtEnd(atEnd);
}

function tryAgain(message, question) {
  if (running) return;
  message.remove();
  prompt.focus();
  void answer(question);
}

function setRunning(controller) {
  running = controller;
  send.hidden = controller !== null;
  stop.hidden = controller === null;
  transcript.setAttribute("aria-busy", String(controller !== null));
}

function announce(words) {
  find("announcer").textContent = words;
}

function isAtEnd() {
  return transcript.scrollHeight - transcript.scrollTop - transcript.clientHeight < 80;
}

function stayAtEnd(atEnd) {
  if (atEnd) transcript.scrollTop = transcript.scrollHeight;
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  void submit(prompt.value);
});
prompt.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});
stop.addEventListener("click", () => running?.abort());
transcript.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-testid=suggestion]")) void submit(target.textContent);
});
document.addEventListener("visibilitychange", () => document.hidden || void cast.refresh());
await cast.refresh();
