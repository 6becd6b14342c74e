import { identity, isOtherVersion } from '../api/identity.ts';
import { monotonicMs, second } from '../state/clock.ts';
import { link, lostAtMs } from '../state/stream.ts';

/** What is to be known about all of the page: that it is not live, or not of the coordinator's version. */
export function Bars() {
  return (
    <div role="status">
      <LostBar />
      {isOtherVersion.value && (
        <p class="bar" data-hue="busy">
          A newer version of this page is there.
          <button type="button" class="bare" onClick={() => location.reload()}>
            Load it
          </button>
        </p>
      )}
    </div>
  );
}

function LostBar() {
  const { value } = link;
  if (value.kind === 'refused')
    return (
      <p class="bar" data-hue="warn">
        Not live: the coordinator refuses to tell.
      </p>
    );
  second.value;
  // A coordinator that starts anew, or sends everybody away to be asked again, is back before that.
  if (value.kind !== 'lost' || monotonicMs() - (lostAtMs.value ?? 0) < 2_000) return null;
  return (
    <p class="bar" data-hue="warn">
      Not live since {new Date(value.since).toLocaleTimeString()}, trying again.
      {identity.value === null && ' Nothing has been heard yet.'}
    </p>
  );
}
