import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { describeOnEachEngine } from '../support/engines.ts';
import { ServedProject } from './support/served-project.ts';
import { Serving } from './support/serving.ts';

/** Then a server that closes cuts off whoever still has a request open: one that waited for a client would need that long. */
const CUT_MS = 10_000;

describeOnEachEngine((engine) => {
  it('waits for nobody when it stops, while runners wait for jobs, streams are watched or left unread, and connections are idle', async () => {
    const serving = await Serving.start(engine);
    const sockets: Socket[] = [];
    try {
      const project = new ServedProject(serving);
      const pipeline = await project.start('a: {script: "true", tags: [nowhere]}\nb: {script: "true"}\n');
      // From then on its runner waits for more.
      await project.untilJob(pipeline, 'b', 'success');
      const { id } = await project.job(pipeline, 'a');
      const { hostname, port } = new URL(serving.base);
      const ask = async (words: string): Promise<Socket> => {
        const socket = connect(Number(port), hostname).on('error', () => {});
        sockets.push(socket);
        await once(socket, 'connect');
        socket.write(words);
        return socket;
      };
      const of = `/api/v4/projects/${await project.id()}`;
      const head = `HTTP/1.1\r\nhost: x\r\nprivate-token: ${serving.token}\r\n\r\n`;
      await ask('');
      for (const path of [`pipelines/${pipeline.id}/events`, `jobs/${id}/events`, `jobs/${id}/trace/events`]) {
        const socket = await ask(`GET ${of}/${path} ${head}`);
        await once(socket, 'readable');
      }
      const asked = performance.now();
      await serving.stop();
      const tookMs = performance.now() - asked;
      expect(tookMs).toBeLessThan(CUT_MS);
    } finally {
      for (const socket of sockets) socket.destroy();
      await serving.dispose();
    }
  });
});
