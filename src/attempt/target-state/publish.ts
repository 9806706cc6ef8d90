// How a change in the state of a target or a key is published: to the recorder and to other gateways.
import type { StateChange } from "../../core/recorder.ts";

export type Publish = (change: StateChange) => void;

/** Publishes nothing. */
export const publishToNobody: Publish = () => {};
