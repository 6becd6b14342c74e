import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { type Answer, refuse } from './answer.ts';
import { headerOf, type SeenRequest } from './seen-request.ts';

/** git over HTTP for the repositories below `root`, read-only; without a job's token in basic authentication it asks for it, as GitLab does. */
export async function answerGit(root: string, request: SeenRequest): Promise<Answer> {
  if (!headerOf(request, 'authorization').startsWith('Basic ')) {
    return { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="GitLab"' } };
  }
  const [path = '', query = ''] = request.path.split('?');
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: headerOf(request, 'content-type'),
      HTTP_CONTENT_ENCODING: headerOf(request, 'content-encoding'),
      GIT_PROTOCOL: headerOf(request, 'git-protocol'),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => {});
  child.stdin.end(request.body);
  return readCgi(await buffer(child.stdout));
}

function readCgi(output: Buffer): Answer {
  const end = output.indexOf('\r\n\r\n');
  if (end < 0) return refuse(500, 'git said nothing');
  const lines = output.subarray(0, end).toString().split('\r\n');
  const headers = Object.fromEntries(lines.map((line) => line.split(': ') as [string, string]));
  const { Status: status = '200', ...rest } = headers;
  return { status: Number.parseInt(status, 10), headers: rest, body: output.subarray(end + 4) };
}
