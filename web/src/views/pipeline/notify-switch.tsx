import { notifying, setNotifying } from '../../state/notify.ts';

const WHY_NOT = {
  insecure: 'the browser does that only over HTTPS',
  unsupported: 'this browser cannot do that for a page',
  denied: 'the browser was told not to, see its settings of this site',
} as const;

/** Whether the browser is to say so when a pipeline ends. */
export function NotifySwitch() {
  const { value } = notifying;
  const why = value === 'on' || value === 'off' ? null : WHY_NOT[value];
  return (
    <label class="notify">
      <input
        type="checkbox"
        checked={value === 'on'}
        disabled={why !== null}
        onChange={async ({ currentTarget }) => {
          await setNotifying(currentTarget.checked);
          // The browser's question may have been dismissed, which changes nothing that is drawn.
          currentTarget.checked = notifying.peek() === 'on';
        }}
      />
      Notify me when it ends{why !== null && <span class="soft">: {why}</span>}
    </label>
  );
}
