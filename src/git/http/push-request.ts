import { gitFailure } from '../process/git-failure.ts';
import type { Watch } from '../process/watch.ts';
import { createPacketReader, FLUSH, type Packet, type PacketReader, packet } from './pkt-line.ts';
import type { PushCommand } from './push.ts';

/** A command as it came: names in git are bytes. */
export interface WireCommand extends PushCommand {
  /** The ref's bytes, a character (`latin1`) each. */
  readonly wireRef: string;
}

export interface PushRequest {
  readonly commands: readonly WireCommand[];
  readonly capabilities: ReadonlySet<string>;
  readonly options: readonly string[];
  /** Packets before the commands (`shallow`), as they came. */
  readonly shallow: readonly Buffer[];
  /** Bytes of the pack that were read already. */
  readonly rest: Buffer;
}

export interface HeaderLimits {
  readonly commands: number;
  readonly options: number;
  /** Of commands and options together. */
  readonly headerBytes: number;
}

/** Reads what stands before the pack. @throws Failure `bad_request`, and the watch's reason. */
export async function readPushRequest(
  input: AsyncIterator<Uint8Array>,
  watch: Watch,
  limits: HeaderLimits,
): Promise<PushRequest> {
  const reader = createPacketReader();
  const next = packetSource(reader, input, watch, limits.headerBytes);
  const shallow: Buffer[] = [];
  const commands: WireCommand[] = [];
  let capabilities: ReadonlySet<string> = new Set();
  for (let data = await next(); data !== null; data = await next()) {
    const text = data.toString('latin1').replace(/\n$/, '');
    if (text.startsWith('shallow ')) shallow.push(Buffer.from(data));
    else {
      const [command = '', words] = text.split('\0');
      if (words !== undefined) capabilities = new Set(words.split(' ').filter(Boolean));
      commands.push(parseCommand(command));
    }
    if (commands.length > limits.commands || shallow.length > limits.commands * 10) {
      throw gitFailure('bad_request', `a push of more than ${limits.commands} refs`);
    }
  }
  const options: string[] = [];
  if (commands.length > 0 && capabilities.has('push-options')) {
    for (let data = await next(); data !== null; data = await next()) {
      options.push(data.toString().replace(/\n$/, ''));
      if (options.length > limits.options) {
        throw gitFailure('bad_request', `a push with more than ${limits.options} options`);
      }
    }
  }
  return { commands, capabilities, options, shallow, rest: reader.rest() };
}

function packetSource(
  reader: PacketReader,
  input: AsyncIterator<Uint8Array>,
  watch: Watch,
  maxBytes: number,
): () => Promise<Packet> {
  let bytes = 0;
  return async () => {
    for (;;) {
      const found = reader.next();
      if (found !== undefined) {
        bytes += (found?.length ?? 0) + 4;
        if (bytes > maxBytes)
          throw gitFailure('bad_request', `a push with more than ${maxBytes} bytes before its pack`);
        return found;
      }
      const { done, value } = await watch.forClient(input.next());
      if (done) throw gitFailure('bad_request', 'the push ends before its pack');
      reader.push(value);
    }
  };
}

function parseCommand(text: string): WireCommand {
  const found = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (.+)$/s.exec(text);
  const [, oldSha = '', newSha = '', wireRef = ''] = found ?? [];
  if (found === null || oldSha.length !== newSha.length) {
    throw gitFailure('bad_request', `no command of a push: ${JSON.stringify(text.slice(0, 100))}`);
  }
  return { oldSha, newSha, wireRef, ref: Buffer.from(wireRef, 'latin1').toString() };
}

/** Capabilities that say how the client wants to be answered; git answers us, always in the same way. */
const ANSWER = /^(?:report-status(?:-v2)?|side-band(?:-64k)?|push-options)$/;

/** What git is given instead: fewer commands, and always with a report to us. */
export function writePushHeader(request: PushRequest, commands: readonly WireCommand[]): Buffer {
  const report = request.capabilities.has('report-status-v2') ? 'report-status-v2' : 'report-status';
  const kept = [...request.capabilities].filter((word) => !ANSWER.test(word));
  const hasOptions = request.options.length > 0;
  const words = [report, 'side-band-64k', ...(hasOptions ? ['push-options'] : []), ...kept].join(' ');
  const lines = commands.map(({ oldSha, newSha, wireRef }, index) =>
    packet(Buffer.from(`${oldSha} ${newSha} ${wireRef}${index === 0 ? `\0${words}` : ''}`, 'latin1')),
  );
  const options = hasOptions ? [...request.options.map((option) => packet(option)), FLUSH] : [];
  return Buffer.concat([...request.shallow.map((line) => packet(line)), ...lines, FLUSH, ...options]);
}
