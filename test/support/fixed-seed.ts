// Property tests draw the same cases on every machine, so that a failure is the same for everyone and replays.
// UNDERSTUDY_TEST_SEED sets another seed: `random`, or a number from a failure.
import fc from "fast-check";

const given = process.env["UNDERSTUDY_TEST_SEED"];
if (given !== "random") fc.configureGlobal({ seed: given === undefined ? 20_261_122 : Number(given) });
