/** Bytes that only grow, readable from any offset. */
export interface ScriptedLog {
  readonly size: number;
  append(bytes: Uint8Array): void;
  /** As `Place.cutLog`. */
  cut(sizeBytes: number): number;
  /** As `Place.readLog`. */
  read(offset: number, into: Uint8Array): number;
}

export function createScriptedLog(): ScriptedLog {
  let bytes = new Uint8Array(256);
  let size = 0;
  return {
    get size() {
      return size;
    },
    append(more) {
      if (size + more.length > bytes.length) {
        const larger = new Uint8Array(2 * (size + more.length));
        larger.set(bytes.subarray(0, size));
        bytes = larger;
      }
      bytes.set(more, size);
      size += more.length;
    },
    cut(sizeBytes) {
      const surplus = Math.max(0, size - sizeBytes);
      size -= surplus;
      return surplus;
    },
    read(offset, into) {
      const part = bytes.subarray(Math.min(offset, size), Math.min(offset + into.length, size));
      into.set(part);
      return part.length;
    },
  };
}
