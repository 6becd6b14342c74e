import { go } from '../../router/address.ts';
import { SignIn } from '../../shell/sign-in.tsx';

/** The address that people write down. Who is signed in is sent on. */
export default function SignInPage() {
  return <SignIn onDone={() => go('/', 'replace')} />;
}
