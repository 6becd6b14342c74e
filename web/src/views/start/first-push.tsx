import { useEffect, useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { identity, may } from '../../api/identity.ts';
import { CopyLines } from '../../parts/copy-lines.tsx';
import { Notice } from '../../parts/notice.tsx';
import { go } from '../../router/address.ts';
import { wallMs } from '../../state/clock.ts';
import { quoted } from '../../words/quoted.ts';
import './start.css';

/** How a project's first pipeline comes about: stands where it will be, and waits for it. */
export function FirstPush({ project }: { readonly project: string }) {
  const known = identity.value;
  if (!may('repository.write'))
    return <Notice title="No pipeline yet">A push with a .gitlab-ci.yml in it starts the first.</Notice>;
  const branch = known?.project?.default_branch ?? 'main';
  const lines = [
    `git remote add origin ${location.origin}/${project}.git`,
    `git push -u origin ${quoted(`HEAD:${branch}`)}`,
  ];
  return (
    <section class="start">
      <h2>Push, and watch it run</h2>
      <p>In a git repository that has a .gitlab-ci.yml:</p>
      <CopyLines label="the lines for git" lines={lines} />
      <p>
        git asks for a user name, which is <code>{known?.user?.username}</code>, and for a password, which is an access
        token.
      </p>
      <PushToken project={project} />
      <p role="status" class="soft">
        Waiting for the first push: its pipeline comes up here.
      </p>
    </section>
  );
}

/** A token for git and nothing else, for a month. It is shown here until one leaves, and never again. */
function PushToken({ project }: { readonly project: string }) {
  const [token, setToken] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const make = async (): Promise<void> => {
    if (isAsking) return;
    setAsking(true);
    const body = {
      name: `git push to ${project}`.slice(0, 255),
      scopes: ['write_repository'] as const,
      expires_at: inAMonth(),
    };
    const answer = await call('POST /api/v4/user/personal_access_tokens', { body });
    setAsking(false);
    if (answer.ok) setToken(answer.value.token ?? null);
    else setProblem(answer.problem.message);
  };
  if (token !== null) {
    return (
      <div role="status" class="token">
        <p>Copy it now, it is not shown again. For 30 days it opens every repository that you may push to:</p>
        <CopyLines label="the token" lines={[token]} />
      </div>
    );
  }
  return (
    <>
      <button type="button" aria-disabled={isAsking} onClick={() => void make()}>
        {isAsking ? 'Asking…' : 'Make a token for git'}
      </button>
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

/** As the API takes it: `2026-12-30`. */
function inAMonth(): string {
  return new Date(wallMs() + 30 * 24 * 3_600_000).toISOString().slice(0, 10);
}

/** Leads who waits at a project without pipelines on to its first one; who comes to one that has some stays. */
export function useFirstPipeline(project: string, count: number | null, newest: number | null): void {
  const [hadNone, setHadNone] = useState(false);
  useEffect(() => {
    if (count === 0) setHadNone(true);
    else if (hadNone && newest !== null) go(`/${project}/-/pipelines/${newest}`, 'replace');
  }, [count, hadNone, newest]);
}
