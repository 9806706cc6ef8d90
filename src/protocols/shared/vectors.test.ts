import { expect, test } from "vitest";
import { vectorsInBase64, inNumbers } from "./vectors.ts";

const numbers = [0.5, -0.25, 0.125];
const base64 = "AAAAPwAAgL4AAAA+";

test("numbers and base64 are one vector, little end first", () => {
  expect(vectorsInBase64(numbers)).toBe(base64);
  expect(inNumbers(base64)).toEqual(numbers);
});

test("what is in the wanted form is left alone", () => {
  expect(vectorsInBase64(base64)).toBe(base64);
  expect(inNumbers(numbers)).toBe(numbers);
});
