// Bytes as a Buffer, which has the fast searches. A body almost always is one already; a second view of it costs
// several times as much as the check. It never copies.

export function viewBytes(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
