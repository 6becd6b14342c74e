import type { Output } from '../terminal/output.ts';
import type { Presenter } from './presenter.ts';
import type { ShownEvent } from './shown-event.ts';

/** `--json`: one event a line, in the shape of RunEvent; the bytes of a log become `text`. */
export function createJsonPresenter(output: Output): Presenter {
  return {
    present(event) {
      output.write(`${JSON.stringify(toJson(event))}\n`);
      return output.room();
    },
    close: () => output.flush(),
  };
}

function toJson(event: ShownEvent): unknown {
  if (event.type !== 'job_log') return event;
  const { bytes, ...rest } = event;
  return { ...rest, text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') };
}
