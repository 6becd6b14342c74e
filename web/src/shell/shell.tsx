import { useEffect } from 'preact/hooks';
import { identity, isOtherUser, loadIdentity } from '../api/identity.ts';
import { place } from '../router/address.ts';
import { Outlet } from '../router/outlet.tsx';
import { Bars } from './bars.tsx';
import { Header } from './header.tsx';
import './shell.css';

/** Everything around the views: who is here, where one can go, and what is wrong with the connection. */
export function Shell() {
  const project = place.value.params.project ?? null;
  const whose = isOtherUser.value;
  useEffect(() => void learnIdentity(project), [project, whose]);
  return (
    <>
      <a class="skip" href="#main" target="_self">
        Skip to content
      </a>
      <Header />
      <Bars />
      <main id="main" tabIndex={-1}>
        {identity.value !== null && <Outlet />}
      </main>
    </>
  );
}

/** Until it is known. The pause grows; it ends with the page. */
async function learnIdentity(project: string | null, pauseMs = 500): Promise<void> {
  if (await loadIdentity(project)) return;
  setTimeout(() => void learnIdentity(project, Math.min(pauseMs * 2, 10_000)), pauseMs);
}
