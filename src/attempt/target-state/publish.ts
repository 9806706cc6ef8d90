// How the state of a target or a key is published to other gateways.
import type { News } from "../../core/shared-state.ts";

export type Tell = (news: News) => void;

/** Publishes nothing: this gateway is alone. */
export const tellNobody: Tell = () => {};
