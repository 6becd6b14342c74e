import { effect, signal } from '@preact/signals';
import { readChoice, writeChoice } from './choice.ts';

const KEY = 'epilogue-keys';

/** Whether keys of one letter do anything: they can be turned off, because who speaks to a machine types them unawares (WCAG 2.1.4). */
export const areKeysOn = signal(readChoice(KEY) !== 'off');

effect(() => writeChoice(KEY, areKeysOn.value ? 'on' : 'off'));

/** The list of keys is shown. */
export const areKeysShown = signal(false);
