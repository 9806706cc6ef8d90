// A WAV file from raw samples: a header in front of them. Its format: "Multimedia Programming Interface and Data Specifications 1.0", RIFF WAVE, format 1 (PCM).

const HEADER = 44;
/** Mono, 16 bit. */
const BYTES_PER_SAMPLE = 2;

/** A WAV file of mono samples of 16 bit, little-endian. `rate`: samples per second. */
export function wavOf(samples: Uint8Array, rate: number): Uint8Array {
  const header = Buffer.alloc(HEADER);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(HEADER - 8 + samples.byteLength, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * BYTES_PER_SAMPLE, 28);
  header.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  header.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, samples]);
}
