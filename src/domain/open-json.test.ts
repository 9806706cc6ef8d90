import { expect, test } from "vitest";
import { OpenJson, isOpenJson } from "./open-json.ts";

const text = '{"a":[1,{"b":"x \\" } ] \\\\"}],"c":"é🙂"}';

test("each beginning of an object is open, and the whole is not, in pieces of any size", () => {
  for (let end = 1; end < text.length; end += 1) expect([end, isOpenJson(text.slice(0, end))]).toEqual([end, true]);
  expect(isOpenJson(text)).toBe(false);
  for (let size = 1; size < 9; size += 1) {
    const json = new OpenJson();
    for (let at = 0; at < text.length; at += size) json.push(text.slice(at, at + size));
    expect(json.isOpen).toBe(false);
  }
});

test("what is wrong, and not cut, is not open", () => {
  for (const wrong of ["", " ", "null", "{}}", "{'a':1}", "{a:1}", '{"a":1,}', '"text"', "}{"])
    expect([wrong, isOpenJson(wrong)]).toEqual([wrong, false]);
});
