import type { LookupAddress } from "node:dns";
import { describe, expect, test } from "vitest";
import { guardedLookup, isPublicAddress, refuseForbiddenHost } from "./guard.ts";
import { answerText, ask, failureOf, openTransport, openVendor, textOf } from "./raw-vendor.test-support.ts";

const nobody: ReadonlySet<string> = new Set();

describe("addresses", () => {
  test.each([
    "1.1.1.1",
    "8.8.8.8",
    "172.15.255.255",
    "172.32.0.1",
    "192.167.1.1",
    "100.63.255.255",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80b::200e",
  ])("%s is public", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each([
    "0.0.0.0",
    "0.1.2.3",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:7f00:1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%lo",
    "2606:4700::1%eth0",
    "fec0::1",
    "ff02::1",
    "",
    "localhost",
    "1.1.1",
    "01.1.1.1",
    "1.1.1.1 ",
  ])("%j is not", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("hosts that are addresses", () => {
  test.each([
    "http://127.0.0.1",
    "http://127.0.0.1:8080",
    "http://127.0.0.1.",
    "http://127.1",
    "http://0",
    "http://2130706433",
    "http://017700000001",
    "http://0177.0.0.1",
    "http://0x7f000001",
    "http://0x7f.1",
    "http://①②⑦.0.0.1",
    "http://127%2e0%2e0%2e1",
    "http://169.254.169.254",
    "http://[::1]",
    "http://[::]",
    "http://[::ffff:127.0.0.1]",
    "http://[::ffff:7f00:1]",
    "http://[0:0:0:0:0:ffff:a00:1]",
    "http://[64:ff9b::169.254.169.254]",
    "http://[fd00:ec2::254]",
    "http://public.example@127.0.0.1",
    "http://public.example:80@[::1]",
    "http://127.0.0.1#@public.example",
    "http://127.0.0.1\\@public.example",
    "http:127.0.0.1",
    "http://[::ffff:8.8.8.8]",
  ])("%s is refused", (origin) => {
    expect(refuseForbiddenHost(origin, nobody)).toMatch(/^the host .* is not a public address$/u);
  });

  test.each(["http://1.1.1.1", "https://[2606:4700:4700::1111]", "https://vendor.example", "http://127.0.0.1.example"])(
    "%s may be asked for",
    (origin) => {
      expect(refuseForbiddenHost(origin, nobody)).toBe(null);
    },
  );

  test("may be trusted by name", () => {
    expect(refuseForbiddenHost("http://127.0.0.1:11434", new Set(["127.0.0.1"]))).toBe(null);
    expect(refuseForbiddenHost("http://[::1]", new Set(["::1"]))).toBe(null);
    expect(refuseForbiddenHost("http://127.0.0.2", new Set(["127.0.0.1"]))).not.toBe(null);
  });
});

describe("a guarded request", () => {
  /** A resolver that returns the next list with each lookup. */
  const resolving = (...answers: string[][]): { resolve: never; names: string[] } => {
    const names: string[] = [];
    const resolve = (name: string, _: object, answer: (error: Error | null, found: LookupAddress[]) => void): void => {
      names.push(name);
      const addresses = answers.shift() ?? [];
      answer(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      );
    };
    return { resolve: resolve as never, names };
  };

  test("to an address inside is refused before anything is opened", async () => {
    const vendor = await openVendor(() => {});
    const transport = openTransport();
    const wire = await failureOf(transport.send(ask(vendor.origin, { guarded: true })));
    expect(wire).toMatchObject({ phase: "connect", code: "forbidden-address" });
    expect(vendor.sockets).toHaveLength(0);
  });

  test.each([
    ["inside", ["127.0.0.1"]],
    ["inside, mapped", ["::ffff:127.0.0.1"]],
    ["inside among others", ["1.1.1.1", "10.0.0.1"]],
    ["nowhere", []],
  ])("to a name that leads %s is refused", async (_, addresses) => {
    const { resolve, names } = resolving(addresses);
    const vendor = await openVendor(() => {});
    const transport = openTransport({ resolve });
    const wire = await failureOf(transport.send(ask(`http://inside.test:${vendor.port}`, { guarded: true })));
    expect(wire).toMatchObject({ phase: "connect", code: "forbidden-address" });
    expect(wire.message).not.toContain("127.0.0.1");
    expect(names).toEqual(["inside.test"]);
    expect(vendor.sockets).toHaveLength(0);
  });

  test("to a name that has no address fails as any other", async () => {
    const resolve = (_: string, __: object, answer: (error: Error) => void): void =>
      answer(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }));
    const transport = openTransport({ resolve: resolve as never });
    const wire = await failureOf(transport.send(ask("http://nobody.test", { guarded: true })));
    expect(wire).toMatchObject({ phase: "connect", code: "ENOTFOUND" });
  });

  test.each([
    [
      true,
      [
        [
          { address: "1.1.1.1", family: 4 },
          { address: "2606:4700::1", family: 6 },
        ],
      ],
    ],
    [false, ["1.1.1.1", 4]],
  ])("is given the very addresses that were checked, after one look-up (all: %j)", (all, expected) => {
    // A second lookup would return the private address.
    const { resolve, names } = resolving(["1.1.1.1", "2606:4700::1"], ["127.0.0.1"]);
    const given: unknown[] = [];
    guardedLookup(nobody, resolve)("rebinding.test", { all }, (error, ...found) => given.push(error, ...found));
    expect(given).toEqual([null, ...expected]);
    expect(names).toEqual(["rebinding.test"]);
  });

  test("to a trusted name goes inside, over connections that others do not share", async () => {
    const vendor = await openVendor((socket) => void socket.write(answerText("ok")));
    const { resolve, names } = resolving(["127.0.0.1"], ["127.0.0.1"]);
    const transport = openTransport({ resolve, trustedHosts: new Set(["ollama.local"]) });
    const origin = `http://OLLAMA.local:${vendor.port}`;
    expect(await textOf((await transport.send(ask(origin, { guarded: true }))).body)).toBe("ok");
    expect(await textOf((await transport.send(ask(origin, { guarded: false }))).body)).toBe("ok");
    expect(vendor.sockets).toHaveLength(2);
    expect(names).toEqual(["ollama.local", "ollama.local"]);
  });
});
