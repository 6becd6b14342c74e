import { identity, isOtherVersion } from '../api/identity.ts';
import { link } from '../state/stream.ts';

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
  if (value.kind !== 'lost') return null;
  return (
    <p class="bar" data-hue="warn">
      Not live since {new Date(value.since).toLocaleTimeString()}, trying again.
      {identity.value === null && ' Nothing has been heard yet.'}
    </p>
  );
}
