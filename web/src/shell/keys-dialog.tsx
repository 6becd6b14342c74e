import { useEffect, useRef } from 'preact/hooks';
import { areKeysOn, areKeysShown } from '../state/keys.ts';
import './keys-dialog.css';

const WORDS = [
  ['j k', 'next and previous row'],
  ['Enter', 'open it'],
  ['/', 'to the filter; find in a log'],
  ['c', 'to Cancel; Enter presses it'],
  ['r', 'to Retry; Enter presses it'],
  ['f', 'follow the log'],
  ['[ ]', 'previous and next section of the log'],
  ['n', 'to where it failed'],
  ['w', 'wrap long lines'],
  ['?', 'this list'],
] as const;

/** What the keys do, and the switch that turns those of one letter off. */
export function KeysDialog() {
  const isShown = areKeysShown.value;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isShown) dialog.current?.showModal();
  }, [isShown]);
  if (!isShown) return null;
  const close = (): void => {
    areKeysShown.value = false;
  };
  return (
    <dialog ref={dialog} class="keys-dialog" aria-labelledby="keys-title" onClose={close}>
      <h2 id="keys-title">Keys</h2>
      <dl>
        {WORDS.map(([keys, words]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <label>
        <input
          type="checkbox"
          checked={areKeysOn.value}
          onChange={({ currentTarget }) => {
            areKeysOn.value = currentTarget.checked;
          }}
        />
        Keys of one letter
      </label>
      <footer>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </footer>
    </dialog>
  );
}
