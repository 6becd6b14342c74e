import { HINT_KINDS, type Hint } from '../store.ts';

export const CHANNEL = 'epilogue';
/** The server takes less than 8,000 bytes. All is ASCII, so that characters are bytes. */
const MOST_BYTES = 7_900;

/** `origin kind id value kind id value …`, in as many notifications as it takes; a hint that is there twice is sent once. */
export function toPayloads(origin: string, hints: readonly Hint[]): readonly string[] {
  const words = new Set(hints.map(({ kind, id, value }) => ` ${kind} ${id} ${value}`));
  const payloads: string[] = [];
  for (const word of words) {
    const last = payloads.at(-1);
    if (last === undefined || last.length + word.length > MOST_BYTES) payloads.push(origin + word);
    else payloads[payloads.length - 1] = last + word;
  }
  return payloads;
}

/** Unknown kinds, of a newer replica, are left out. */
export function fromPayload(payload: string): { readonly origin: string; readonly hints: readonly Hint[] } {
  const [origin = '', ...words] = payload.split(' ');
  const hints: Hint[] = [];
  for (let at = 0; at + 2 < words.length; at += 3) {
    const kind = HINT_KINDS.find((known) => known === words[at]);
    if (kind !== undefined) hints.push({ kind, id: Number(words[at + 1]), value: Number(words[at + 2]) });
  }
  return { origin, hints };
}
