// The floor for a large body: buffered and forwarded, without parsing.
import { relayWhole, startFloor } from "./floor.ts";

startFloor(relayWhole);
