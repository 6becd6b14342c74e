import { useEffect, useState } from 'preact/hooks';
import { askedAbout, identity, isOtherUser, loadIdentity } from '../api/identity.ts';
import { Notice } from '../parts/notice.tsx';
import { Outlet } from '../router/outlet.tsx';
import { place } from '../router/place.ts';
import { live } from '../state/stream.ts';
import { Bars } from './bars.tsx';
import { Header } from './header.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { SignIn } from './sign-in.tsx';
import './shell.css';

/** Everything around the views: who is here, where one can go, and what is wrong with the connection. */
export function Shell() {
  const project = place.value.params.project ?? null;
  const whose = isOtherUser.value;
  useEffect(() => void learnIdentity(project), [project, whose]);
  const who = identity.value?.user?.id;
  // A stream is that of who began it.
  useEffect(() => live.again(), [who]);
  return (
    <>
      <a class="skip" href="#main" target="_self">
        Skip to content
      </a>
      <Header />
      <Bars />
      <main id="main" tabIndex={-1}>
        <Content project={project} />
      </main>
      <KeysDialog />
    </>
  );
}

/**
 * The view, or the sign-in over the same address: for who was signed in and is not any more, and for who asks as nobody for a project that
 * nobody may see, because the coordinator does not say that it is there.
 */
function Content({ project }: { readonly project: string | null }) {
  const known = identity.value;
  const [wasSignedIn, setSignedIn] = useState(false);
  const isSignedIn = known?.user != null;
  if (isSignedIn && !wasSignedIn) setSignedIn(true);
  if (known === null) return null;
  const isHidden = project !== null && known.project === null && askedAbout.value === project;
  if (!isSignedIn && (wasSignedIn || isHidden)) return <SignIn isOver={wasSignedIn} />;
  if (isHidden) {
    return (
      <Notice title="No such project" isWhole action={<a href="/">Projects</a>}>
        There is none at this address, or you may not see it.
      </Notice>
    );
  }
  return <Outlet />;
}

/** Until it is known. The pause grows; it ends with the page. */
async function learnIdentity(project: string | null, pauseMs = 500): Promise<void> {
  if (await loadIdentity(project)) return;
  setTimeout(() => void learnIdentity(project, Math.min(pauseMs * 2, 10_000)), pauseMs);
}
