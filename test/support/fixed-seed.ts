// Property tests draw the same cases on every machine, so that a red run is red for everybody and replays. Another seed
// is a variable away: UNDERSTUDY_TEST_SEED=random, or a number that a failure printed.
import fc from "fast-check";

const given = process.env["UNDERSTUDY_TEST_SEED"];
if (given !== "random") fc.configureGlobal({ seed: given === undefined ? 20_261_122 : Number(given) });
