// Gemini's checks of a request for pictures or speech: which model answers with what, its settings, its voices. The words on
// modalities are recorded (BerriAI/litellm#11118, danielmiessler/Fabric#1607); the list of voices is that of the vendor's guide.
import { asList, asNumber, asRecord, asText, eitherCase, type JsonRecord } from "../json-record.ts";
import { Complaint, unknownName, violation } from "./envelope.ts";
import type { ModelTraits } from "./models.ts";

const ratios: readonly string[] = ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"];
const voices: readonly string[] =
  "achernar achird algenib algieba alnilam aoede autonoe callirrhoe charon despina enceladus erinome fenrir gacrux iapetus kore laomedeia leda orus puck pulcherrima rasalgethi sadachbia sadaltager schedar sulafat umbriel vindemiatrix zephyr zubenelgenubi".split(
    " ",
  );
const invalid = "Request contains an invalid argument.";

/** What each kind of model answers with, and the combinations that it takes; the first is the usual one. */
const combinations: Readonly<Record<ModelTraits["answers"], readonly string[]>> = {
  text: ["TEXT"],
  image: ["TEXT, IMAGE", "IMAGE"],
  speech: ["AUDIO"],
};

export function checkMedia(body: JsonRecord, traits: ModelTraits): void {
  const config = asRecord(eitherCase(body, "generationConfig")) ?? {};
  checkModalities(config, traits);
  const image = asRecord(eitherCase(config, "imageConfig"));
  const speech = asRecord(eitherCase(config, "speechConfig"));
  refuseStrangers(image, ["aspectRatio", "imageSize"], "generation_config.image_config");
  refuseStrangers(
    speech,
    ["voiceConfig", "multiSpeakerVoiceConfig", "languageCode"],
    "generation_config.speech_config",
  );
  if (traits.answers === "text") return;
  if ((asNumber(eitherCase(config, "candidateCount")) ?? 1) > 1)
    throw new Complaint(`Multiple candidates is not enabled for models/${traits.name}`);
  if (eitherCase(body, "tools") !== undefined)
    throw new Complaint(`Function calling is not enabled for models/${traits.name}`);
  if (traits.answers === "image") checkImage(image ?? {}, traits);
  else checkSpeech(body, speech ?? {}, traits);
}

function checkModalities(config: JsonRecord, { answers, name }: ModelTraits): void {
  const modalities = (asList(eitherCase(config, "responseModalities")) ?? []).map((one) => String(one).toUpperCase());
  const takes = combinations[answers];
  const words = modalities.toSorted((one, other) => other.localeCompare(one)).join(", ");
  // Speech has no usual combination: without one, text is wanted.
  if (words === "" ? answers !== "speech" : takes.includes(words)) return;
  const list = takes.map((one) => `* ${one}\n`).join("");
  throw new Complaint(
    `The requested combination of response modalities (${words || "TEXT"}) is not supported by the model. models/${name} accepts the following combination of response modalities:\n${list}`,
  );
}

function checkImage(image: JsonRecord, { generation }: ModelTraits): void {
  const ratio = eitherCase(image, "aspectRatio");
  if (ratio !== undefined && !ratios.includes(asText(ratio) ?? "")) throw new Complaint(invalid);
  const size = eitherCase(image, "imageSize");
  if (size !== undefined && (generation < 3 || !["1K", "2K", "4K"].includes(asText(size) ?? "")))
    throw new Complaint(invalid);
}

function checkSpeech(body: JsonRecord, speech: JsonRecord, { name }: ModelTraits): void {
  if (eitherCase(body, "systemInstruction") !== undefined)
    throw new Complaint(`Developer instruction is not enabled for models/${name}`);
  const config = asRecord(eitherCase(speech, "voiceConfig"));
  if (config === undefined) return;
  const voice = asText(eitherCase(asRecord(eitherCase(config, "prebuiltVoiceConfig")) ?? {}, "voiceName")) ?? "";
  if (voices.includes(voice.toLowerCase())) return;
  throw new Complaint(`Voice name ${voice} is not supported. Allowed voice names are: ${voices.join(", ")}`);
}

/** Throws a complaint that names each. */
export function refuseStrangers(record: JsonRecord | undefined, members: readonly string[], place: string): void {
  const strangers = Object.keys(record ?? {}).filter((name) => !members.some((one) => eitherCase({ [name]: 1 }, one)));
  if (strangers.length === 0) return;
  const unknown = strangers.map((name) => unknownName(name, place));
  throw new Complaint(unknown.join("\n"), { details: [violation(...unknown)] });
}
