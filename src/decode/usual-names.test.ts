import { expect, test } from "vitest";
import { usualName } from "./usual-names.ts";

const nameIn = (text: string): string | undefined =>
  usualName(Buffer.from(` ${text} `), 1, 1 + Buffer.byteLength(text));

test.each(["model", "messages", "metadata", "stream", "generationConfig", "n"])("%s is known", (name) => {
  expect(nameIn(name)).toBe(name);
});

test.each(["", "modal", "Model", "messagés", "metadatA", "models", "toString", "m"])(
  "%j is read as any other text",
  (name) => {
    expect(nameIn(name)).toBeUndefined();
  },
);
