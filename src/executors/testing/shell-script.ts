import { dirname } from 'node:path';
import type { Act } from '../scripted/scripted-step.ts';

/** The acts of the contract suite as a bash script. */
export function shellScript(acts: readonly Act[]): string {
  return acts.map(line).join('\n');
}

function line(act: Act): string {
  switch (act.do) {
    case 'print':
      return `printf '%b' '${octal(act.text)}'`;
    case 'wait':
      return `sleep ${act.ms / 1000}`;
    case 'write':
      return `mkdir -p '${dirname(act.path)}' && printf '%b' '${octal(act.content)}' >'${act.path}'`;
    case 'note':
      // Where the shell executor has its temporary directory.
      return `printf '%b' '${octal(act.text)}' >"$PWD.tmp/${act.name}"`;
    case 'ignore_term':
      return `trap '' TERM`;
    case 'on_term':
      return `on_term() {\n${shellScript(act.acts)}\n}\ntrap on_term TERM`;
    case 'leave_process':
      return 'setsid sleep 1000 &';
    case 'hang':
      return 'sleep 1000 & wait';
    case 'vanish':
      return 'kill -KILL $PPID';
    case 'exit':
      return `exit ${act.code}`;
  }
}

function octal(text: string | Uint8Array): string {
  return [...Buffer.from(text)].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('');
}
