import { type Answer, text } from '../../http/index.ts';

/** Git shows the text of an error to its user. */
export function gitRefusal(status: number, words: string, headers: Answer['headers'] = {}): Answer {
  const answer = text(`${words}\n`, 'text/plain; charset=utf-8', status);
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

/** Git asks its user, or a helper, and comes again. */
export function askWhoItIs(): Answer {
  const words = 'Sign in with any name and a token with the scope read_repository or write_repository as password.';
  return gitRefusal(401, words, { 'www-authenticate': 'Basic realm="Epilogue"' });
}

export function noSuchProject(): Answer {
  return gitRefusal(404, 'There is no such project, or it is not yours to see.');
}
