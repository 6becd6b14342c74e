import type { FastifyInstance } from 'fastify';

/**
 * Whoever has been answered before all of their request was there (it was too large, or not theirs to send) may still send, and has to, or the answer
 * would be lost with the connection; but not for long. Node itself would read on for as long as they send.
 */
export function lingerBriefly(app: FastifyInstance, lingerMs: number): void {
  app.server.prependListener('request', (request, answer) => {
    // Later the request has none, when it was cut.
    const { socket } = request;
    answer.on('finish', () => {
      if (request.complete || socket.destroyed) return;
      const late = setTimeout(() => socket.destroy(), lingerMs);
      const stop = (): void => {
        clearTimeout(late);
        socket.off('close', stop);
      };
      request.once('end', stop);
      socket.once('close', stop);
    });
  });
}
