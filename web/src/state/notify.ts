import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { withoutTurns } from '../words/plain-text.ts';
import { readChoice, writeChoice } from './choice.ts';

const KEY = 'epilogue-notify';

/**
 * `insecure`: the browser has notifications only over HTTPS or on the machine itself. `unsupported`: it has none for pages at all.
 * `denied`: whoever sits there has said no to it once.
 */
type Notifying = 'insecure' | 'unsupported' | 'denied' | 'off' | 'on';

export const notifying = signal<Notifying>(readNotifying(readChoice(KEY) === 'on'));

/** Turns it on or off; the browser asks for its permission where it has not yet. */
export async function setNotifying(isOn: boolean): Promise<void> {
  if (isOn && isThere() && Notification.permission === 'default') await Notification.requestPermission();
  notifying.value = readNotifying(isOn);
  writeChoice(KEY, notifying.value);
}

function readNotifying(isWanted: boolean): Notifying {
  if (!isSecureContext) return 'insecure';
  if (!isThere()) return 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  return isWanted && Notification.permission === 'granted' ? 'on' : 'off';
}

function isThere(): boolean {
  return isSecureContext && 'Notification' in window;
}

/** Says once that something has ended, if one wants to be told, when `isOver` turns true before the eyes of the page. */
export function useEndNotice(isOver: boolean | null, headline: string, body: string): void {
  const was = useRef<boolean | null>(null);
  useEffect(() => {
    const hasEnded = was.current === false && isOver === true;
    was.current = isOver;
    if (hasEnded && notifying.peek() === 'on') notify(headline, body);
  }, [isOver]);
}

function notify(headline: string, body: string): void {
  try {
    const notification = new Notification(withoutTurns(headline), { body: withoutTurns(body), tag: headline });
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
  } catch {
    // Phones have them only for pages that are installed.
    notifying.value = 'unsupported';
  }
}
