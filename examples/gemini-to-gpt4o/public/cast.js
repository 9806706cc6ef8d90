/**
 * The two vendor cards: who plays the primary and who stands in, how each is right now, and its switch.
 * With real vendors the switches are shown but cannot be used; this page never pretends to break a real one.
 */
import { element } from "./elements.js";

const switches = [
  { fault: "healthy", label: "Healthy", effect: "Answers as it should." },
  { fault: "down", label: "Down", effect: "Answers every request with 503." },
  { fault: "rate-limited", label: "Rate limited", effect: "Answers 429: come back in 8 seconds." },
  { fault: "silent", label: "Silent", effect: "Takes the connection and never says a word." },
  { fault: "dies-mid-answer", label: "Dies mid‑answer", effect: "Begins well, then the line goes dead." },
];

const nowInWords = { asked: "asked first…", answering: "is answering", failed: "could not", idle: "" };

/**
 * @param {{ root: Element, hint: Element, banner: Element }} places where the cards, the hint and the banner are drawn
 * @returns the cast: its vendors by target, `show(target, state)` for the live state, `coolDown(target, ms)` for a countdown,
 *   `refresh()` to read it anew
 */
export function createCast({ root, hint, banner }) {
  const cast = { vendors: [], refresh, show, coolDown };
  const countdowns = new Map();
  let drawn = "";
  let latest = 0;

  async function refresh() {
    const turn = ++latest;
    try {
      const response = await fetch("/api/vendors");
      const state = await response.json();
      if (turn !== latest) return; // A newer question is under way, and its answer is the truer one.
      if (!response.ok) throw new Error(state.error?.message);
      draw(state);
    } catch (error) {
      drawn = "";
      drawBanner(banner, "trouble", ["No word from backstage", sayTrouble(error)]);
    }
  }

  function draw(state) {
    if (drawn === JSON.stringify(state)) return;
    drawn = JSON.stringify(state);
    cast.vendors = state.vendors;
    drawHint(state, { hint, banner });
    if (root.childElementCount === 0) root.append(...state.vendors.map((vendor) => drawCard(vendor, setFault)));
    for (const vendor of state.vendors) markFault(root, vendor, state.simulated);
  }

  async function setFault(vendor, fault) {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ fault });
    await fetch(`/api/vendors/${vendor}/fault`, { method: "POST", headers, body }).catch(() => undefined);
    drawn = ""; // Whatever came of it, show what the vendor's state is now rather than what was wished.
    await refresh();
  }

  /** `state` is one of `asked`, `answering`, `failed` or `idle`; it colours the card of `target`. */
  function show(target, state) {
    const card = root.querySelector(`[data-target="${CSS.escape(target)}"]`);
    if (!card) return;
    card.dataset.live = state;
    card.querySelector(".now").textContent = nowInWords[state];
  }

  /** Counts down on the card of `target` how long the gateway does not ask it; 0 ends a countdown. */
  function coolDown(target, milliseconds) {
    const card = root.querySelector(`[data-target="${CSS.escape(target)}"]`);
    if (!card) return;
    const until = performance.now() + milliseconds;
    clearTimeout(countdowns.get(card));
    const words = card.querySelector(".cooldown");
    const tick = () => {
      const left = until - performance.now();
      words.textContent = left > 0 ? `The gateway asks it again in ${Math.ceil(left / 1000)} s.` : "";
      if (left > 0) countdowns.set(card, setTimeout(tick, left % 1000 || 1000));
    };
    tick();
  }

  return cast;
}

/** A browser's own words for a server that is gone ("Failed to fetch") help nobody. */
function sayTrouble(error) {
  return error instanceof TypeError ? "the application does not answer; is it still running?" : error.message;
}

function drawCard(vendor, setFault) {
  const group = element("fieldset.switch", {}, element("legend.unseen", {}, `How ${vendor.name} behaves`));
  for (const { fault, label } of switches) {
    const testid = `vendor-${vendor.vendor}-fault-${fault}`;
    const input = element("input", { type: "radio", name: `fault-${vendor.vendor}`, value: fault, testid });
    input.addEventListener("change", () => void setFault(vendor.vendor, fault));
    group.append(element("label", { "data-fault": fault }, input, element("span", { "data-label": label }, label)));
  }
  const effect = element("p.effect", { testid: `vendor-${vendor.vendor}-state`, role: "status" });
  const heading = element("h3", {}, element("span.lamp", { "aria-hidden": "true" }), vendor.name, element("em.now"));
  const role = element("span.role", {}, vendor.role);
  const attributes = { testid: `vendor-${vendor.vendor}`, "data-target": vendor.target, "data-role": vendor.role };
  const cooldown = element("p.cooldown", { testid: `vendor-${vendor.vendor}-cooldown` });
  return element("article.vendor", { ...attributes, "data-live": "idle" }, heading, role, effect, cooldown, group);
}

function markFault(root, { vendor, fault }, simulated) {
  const card = root.querySelector(`[data-testid="vendor-${vendor}"]`);
  card.dataset.fault = fault;
  for (const input of card.querySelectorAll("input")) {
    input.checked = simulated && input.value === fault;
    input.disabled = !simulated;
  }
  const known = switches.find((entry) => entry.fault === fault);
  const effect = known?.effect ?? `Playing “${fault}”, set from outside this page.`;
  card.querySelector(".effect").textContent = simulated ? effect : "The real service.";
}

function drawHint({ simulated, sdk }, { hint, banner }) {
  document.body.dataset.mode = simulated ? "simulated" : "real";
  if (simulated) {
    drawBanner(banner, "simulated", ["Simulated vendors", "no keys found; real HTTP in real wire formats"]);
    hint.textContent = "Flip a switch, then ask again.";
  } else {
    drawBanner(banner, "real", ["Real vendors", "answers come from Google and OpenAI"]);
    hint.textContent = "Real vendors cannot be broken from here. To play outages, start without keys.";
  }
  banner.title = `The application talks to the gateway through the ${sdk} SDK.`;
}

function drawBanner(banner, mode, [title, detail]) {
  banner.dataset.mode = mode;
  banner.replaceChildren(element("strong", {}, title), element("span", {}, detail));
}
