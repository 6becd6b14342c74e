import type { ComponentType, VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { identity } from '../api/identity.ts';
import { Notice } from '../parts/notice.tsx';
import { address } from './address.ts';
import type { Entry, ViewProps } from './entry.ts';
import { place } from './place.ts';

interface Loaded {
  readonly entry: Entry;
  /** Null: its file is gone, the coordinator is of another version than this page. */
  readonly view: ComponentType<ViewProps<string>> | null;
}

/** The view of the present address. The one before stays until the next is there, so that nothing flickers. */
export function Outlet() {
  const { entry, params } = place.value;
  const { query, hash } = address.value;
  const loaded = useView(entry);
  const shown = useRef<VNode | null>(null);
  if (entry === null) return <Notice isWhole title="There is no such page" action={<a href="/">All projects</a>} />;
  if (loaded?.entry !== entry) return shown.current;
  const { view: View } = loaded;
  if (View === null) {
    const reload = (
      <button type="button" onClick={() => location.reload()}>
        Load it
      </button>
    );
    return <Notice isWhole title="A newer version of this page is there" action={reload} />;
  }
  // Nothing that one was shown stays for who signs in after, in this tab or in another.
  const who = identity.value?.user?.id ?? 0;
  shown.current = <View key={`${who} ${JSON.stringify(params)}`} params={params} query={query} hash={hash} />;
  return shown.current;
}

function useView(entry: Entry | null): Loaded | null {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  useEffect(() => {
    if (entry === null) return;
    let isCurrent = true;
    entry.load().then(
      ({ default: view }) => isCurrent && setLoaded({ entry, view }),
      () => isCurrent && setLoaded({ entry, view: null }),
    );
    return () => {
      isCurrent = false;
    };
  }, [entry]);
  return loaded;
}
