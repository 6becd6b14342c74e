import { gitFailure } from '../process/git-failure.ts';

/** Of git's protocol: four hex digits of length, themselves included, then the data. null: a flush (or another mark without data). */
export type Packet = Buffer | null;

export const FLUSH = Buffer.from('0000');

/** The most that fits into one packet. */
export const MAX_DATA_BYTES = 65516;

export function packet(data: Uint8Array | string): Buffer {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}

/** `data` in as many packets of one band as it takes. */
export function bandPackets(band: 1 | 2, data: Buffer): Buffer {
  const packets: Buffer[] = [];
  for (let at = 0; at < data.length; at += MAX_DATA_BYTES - 1) {
    packets.push(packet(Buffer.concat([Buffer.from([band]), data.subarray(at, at + MAX_DATA_BYTES - 1)])));
  }
  return Buffer.concat(packets);
}

/** Splits what comes in chunks of any size. */
export interface PacketReader {
  /** The next packet, or undefined when more bytes are needed. @throws Failure `bad_request` for what is no packet. */
  next(): Packet | undefined;
  push(chunk: Uint8Array): void;
  /** What has not been read. */
  rest(): Buffer;
}

export function createPacketReader(): PacketReader {
  let bytes: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      bytes = bytes.length === 0 ? Buffer.from(chunk) : Buffer.concat([bytes, chunk]);
    },
    rest: () => bytes,
    next() {
      if (bytes.length < 4) return undefined;
      const digits = bytes.toString('latin1', 0, 4);
      const length = /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : -1;
      if (length < 0 || length === 3)
        throw gitFailure('bad_request', `no packet of git's protocol: ${JSON.stringify(digits)}`);
      if (length < 4) {
        bytes = bytes.subarray(4);
        return null;
      }
      if (bytes.length < length) return undefined;
      const data = bytes.subarray(4, length);
      bytes = bytes.subarray(length);
      return data;
    },
  };
}
