import type { Status } from '../../../src/protocol/index.ts';

/** How a status is shown: its word, and which of the colours it has. The shape is its own (`parts/status-icon.tsx`). */
export interface StatusWord {
  readonly word: string;
  readonly hue: 'good' | 'bad' | 'busy' | 'warn' | 'idle' | 'hand' | 'faint';
}

export const STATUS_WORDS: Readonly<Record<Status, StatusWord>> = {
  created: { word: 'created', hue: 'idle' },
  waiting_for_resource: { word: 'waiting for resource', hue: 'idle' },
  scheduled: { word: 'scheduled', hue: 'hand' },
  manual: { word: 'manual', hue: 'hand' },
  pending: { word: 'pending', hue: 'idle' },
  running: { word: 'running', hue: 'busy' },
  canceling: { word: 'canceling', hue: 'warn' },
  success: { word: 'success', hue: 'good' },
  failed: { word: 'failed', hue: 'bad' },
  canceled: { word: 'canceled', hue: 'idle' },
  skipped: { word: 'skipped', hue: 'faint' },
};
