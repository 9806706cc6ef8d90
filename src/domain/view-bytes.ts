// Bytes as the platform's own kind, which has the quick searches. A body arrives as that kind nearly always, and a second view
// of it costs several times as much as the question. It never copies.

export function viewBytes(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
