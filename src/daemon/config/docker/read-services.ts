import type { ConfiguredService } from '../../../executors/index.ts';
import type { TableReader } from '../table-reader.ts';

/** `[[runners.docker.services]]`; one without a name is complained of. */
export function readServices(docker: TableReader): readonly ConfiguredService[] {
  return docker.tables('services').map((table) => {
    const name = table.word('name');
    if (name === null) table.refuse('name', 'is missing: the image of the service, as in "postgres:17"');
    const entrypoint = table.texts('entrypoint');
    const command = table.texts('command');
    const service = {
      name: name ?? '',
      aliases: (table.text('alias') ?? '').split(/[\s,]+/).filter((alias) => alias !== ''),
      entrypoint: entrypoint.length === 0 ? null : entrypoint,
      command: command.length === 0 ? null : command,
      environment: readEnvironment(table),
    };
    table.close();
    return service;
  });
}

/** A list of `NAME=value`. */
export function readEnvironment(table: TableReader): readonly { readonly key: string; readonly value: string }[] {
  return table.texts('environment').flatMap((text, at) => {
    const [, key, value = ''] = /^([^=\s]+)=([\s\S]*)$/.exec(text) ?? [];
    if (key !== undefined) return [{ key, value }];
    // The text may be a secret without its name.
    table.refuse(`environment[${at}]`, 'must be written as "NAME=value"');
    return [];
  });
}
