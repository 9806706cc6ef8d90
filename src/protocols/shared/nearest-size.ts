// The sizes of pictures. One vendor names pixels, another an aspect ratio, and models have lists: the nearest ratio is
// chosen, and a picture that will not be exactly as wished is reported by the caller of these functions.
import type { ImageSize } from "../../core/image.ts";

/** `1536x1024`; null if it is not of that form. */
export function parsePixels(words: string): ImageSize | null {
  const [, width, height] = /^(\d{1,5})\s*[x×]\s*(\d{1,5})$/iu.exec(words.trim()) ?? [];
  return sizeOf({ width: Number(width), height: Number(height), words }, Math.max(Number(width), Number(height)));
}

/** `16:9`; null if it is not of that form. `longest`: pixels, if the caller named them. */
export function parseRatio(words: string, longest: number | null = null): ImageSize | null {
  const [, width, height] = /^(\d{1,3}(?:\.\d+)?)\s*:\s*(\d{1,3}(?:\.\d+)?)$/u.exec(words.trim()) ?? [];
  return sizeOf({ width: Number(width), height: Number(height), words }, longest);
}

function sizeOf(size: Omit<ImageSize, "longest">, longest: number | null): ImageSize | null {
  return size.width > 0 && size.height > 0 ? { ...size, longest } : null;
}

/** The entry whose ratio is nearest to the wish; `choices` are in either form, and not empty. */
export function nearestSize(wish: ImageSize, choices: readonly string[]): string {
  const ratio = ratioOf(wish);
  let [nearest = "", least] = [choices[0], Infinity];
  for (const choice of choices) {
    const size = parsePixels(choice) ?? parseRatio(choice);
    const distance = size === null ? Infinity : Math.abs(Math.log(ratioOf(size) / ratio));
    // Between two of the same ratio, the one whose length is nearer.
    const isNearer = distance < least - 1e-9;
    const isEqual = Math.abs(distance - least) <= 1e-9 && wish.longest !== null;
    if (isNearer || (isEqual && lengthOff(choice, wish.longest) < lengthOff(nearest, wish.longest))) nearest = choice;
    least = Math.min(least, distance);
  }
  return nearest;
}

function lengthOff(choice: string, longest: number | null): number {
  const length = parsePixels(choice)?.longest ?? null;
  return length === null || longest === null ? Infinity : Math.abs(Math.log(length / longest));
}

export function ratioOf({ width, height }: ImageSize): number {
  return width / height;
}

/** A model that draws any size takes multiples of this, in pixels. */
const STEP = 16;
/** The pixels of a picture whose length nobody named: those of 1024x1024. */
const USUAL = 1024;

/** A size in pixels with that ratio: its area is that of a square whose side is `longest`. */
export function pixelsFor(wish: ImageSize, most: { readonly longest: number; readonly shortest: number }): string {
  const side = wish.longest ?? USUAL;
  const ratio = Math.min(3, Math.max(1 / 3, ratioOf(wish)));
  const long = Math.max(ratio, 1 / ratio);
  const width = Math.min(most.longest, side * Math.sqrt(long), most.shortest * long);
  const [longer, shorter] = [toStep(width), toStep(width / long)];
  return ratio >= 1 ? `${longer}x${shorter}` : `${shorter}x${longer}`;
}

function toStep(pixels: number): number {
  return Math.max(STEP, Math.round(pixels / STEP) * STEP);
}
