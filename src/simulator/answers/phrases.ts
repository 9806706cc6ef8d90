// The simulated models' sentences, by topic. Data, without logic except the choice of a topic.

export type Topic = "weather" | "places" | "code" | "food" | "time" | "science" | "greeting" | "anything";

export const openings: readonly string[] = [
  "You asked about {quoted}.",
  "Good question about {quoted} — here is a short answer.",
  "On {quoted}, a few things are worth knowing.",
  "Regarding {quoted}: let’s take it step by step.",
];

export const closings: readonly string[] = [
  "Let me know if you’d like more detail.",
  "I hope that helps!",
  "Would you like me to go on?",
  "That is the gist of it.",
];

const cues: readonly (readonly [Topic, RegExp])[] = [
  ["weather", /\b(weather|rain|sunny|forecast|temperature|snow|wind)/i],
  ["places", /\b(capital|city|country|travel|france|paris|london|tokyo|berlin|trip|visit)/i],
  ["code", /\b(code|function|typescript|javascript|python|bug|compile|api|regex|sql|program)/i],
  ["food", /\b(recipe|cook|food|eat|dinner|bread|soup|restaurant)/i],
  ["time", /\b(time|date|today|tomorrow|calendar|schedule|meeting|year)/i],
  ["science", /\b(why|how does|physics|biology|planet|star|light|ocean|tide|energy)/i],
  ["greeting", /^\s*(hi|hello|hey|good (morning|evening)|ping|test)\b/i],
];

const sentences: Readonly<Record<Topic, readonly string[]>> = {
  weather: [
    "It is mild for the season, around 17 °C in the afternoon.",
    "Some clouds come in from the west, with a light breeze.",
    "Take a jacket for the evening; it cools down quickly.",
    "Rain is unlikely before the weekend.",
    "The air is clear and the view reaches far.",
  ],
  places: [
    "The old town is best seen on foot, café by café.",
    "Paris is the capital of France and lies on the Seine.",
    "Trains are frequent, and the central station is close to everything.",
    "Most museums are closed on Mondays.",
    "Spring and early autumn are the quietest times to go.",
  ],
  code: [
    "Start with the smallest input that shows the problem.",
    "A pure function with one clear name is easier to test than a clever one.",
    "Check the edge cases: the empty list, the last element, the missing key.",
    "Handle the error where you know what to do about it, not earlier.",
    "Run it twice; the second run often tells more than the first.",
  ],
  food: [
    "Soften an onion slowly in good oil before anything else goes in.",
    "Salt early, taste often, and add acid at the end.",
    "Crème fraîche rounds it off nicely.",
    "Let the dough rest overnight; the flavour is worth the wait.",
    "Serve it warm, with bread on the side.",
  ],
  time: [
    "The week begins on Monday in most of Europe.",
    "A quarter of an hour is usually enough for a short meeting.",
    "Mind the time zones when you write to someone abroad.",
    "Put it in the calendar now, and it will not be forgotten.",
  ],
  science: [
    "Tides follow the Moon, and a little the Sun.",
    "Light takes about eight minutes from the Sun to us.",
    "Energy is never lost; it only changes its form.",
    "Measure first, then explain — in that order.",
    "The effect is small, but it adds up over the years.",
  ],
  greeting: ["Hello! How can I help you today?", "It’s good to hear from you.", "I’m ready when you are."],
  anything: [
    "The short answer is yes, with one condition.",
    "Two things matter most: clarity and time.",
    "It depends on what you want to achieve, so let’s name that first.",
    "In most cases the simplest approach wins.",
    "There are exceptions, but they are rare.",
    "A naïve first attempt often shows where the difficulty lies.",
  ],
};

export function topicOf(text: string): Topic {
  const start = text.slice(0, 2000);
  return cues.find(([, cue]) => cue.test(start))?.[0] ?? "anything";
}

export function phrasesOn(topic: Topic): readonly string[] {
  return sentences[topic];
}
