import { useEffect, useState } from 'preact/hooks';

/** Keystrokes this close together are one change. */
const PAUSE_MS = 300;

/** As it was when it last stood still for a moment: for what the server is asked about, which is not to be asked at every key. */
export function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const pause = setTimeout(() => setRested(value), PAUSE_MS);
    return () => clearTimeout(pause);
  }, [value]);
  return rested;
}
