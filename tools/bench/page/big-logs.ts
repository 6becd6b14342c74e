import type { Browser, Locator, Page } from 'playwright-core';
import { median, type Reading } from '../compare.ts';
import type { BigLog } from './fill-logs.ts';
import { type Frames, traceFrames } from './trace-frames.ts';
import { timeToLine, watchLines } from './watch-lines.ts';

const CLICKS = 10;
const JUMPS = 30;
/** Moves of a wheel by two notches, or of the pointer that holds the bar, one right after the other. */
const MOVES = 200;
const WHEEL_PX = 240;
/** From where the pointer is on a link to where it is pressed; few are quicker. */
const HAND_MS = 100;
/** Of the promises, each for the worst that was seen. */
const FIRST_LINE_MS = 200;
const JUMP_MS = 300;
const FRAME_MS = 100;

interface Asked {
  readonly base: string;
  readonly cookie: string;
  /** Of the pipeline in `root/logs` that has the job, and the job's. */
  readonly pipeline: number;
  readonly job: number;
}

/** What somebody waits for who opens a finished log from its pipeline, goes to lines in it, and scrolls. */
export async function readBigLog(browser: Browser, log: BigLog, asked: Asked): Promise<readonly Reading[]> {
  const clicks: number[] = [];
  for (let click = 0; click < CLICKS; click++) clicks.push(await onJob(browser, asked, async (_page, ms) => ms));
  return await onJob(browser, asked, async (page) => {
    const jumps = await jumpAround(page, log.lines);
    const scroller = page.getByRole('region', { name: 'Log', exact: true });
    return [
      times(`${log.name}: click → line`, clicks, FIRST_LINE_MS),
      times(`${log.name}: jump`, jumps, JUMP_MS),
      frames(`${log.name}: wheel`, await traceFrames(browser, page, () => wheel(page, scroller))),
      frames(`${log.name}: bar dragged`, await traceFrames(browser, page, () => dragBar(page, scroller))),
    ];
  });
}

/** A browser that comes from the pipeline, with nothing in its cache: `then` gets ms from the click to the first line. */
async function onJob<T>(
  browser: Browser,
  { base, cookie, pipeline, job }: Asked,
  then: (page: Page, firstLineMs: number) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext();
  try {
    await context.addCookies([{ name: 'epilogue_session', value: cookie, url: base }]);
    const page = await context.newPage();
    await watchLines(page);
    await page.goto(`${base}/root/logs/-/pipelines/${pipeline}`);
    const link = page.locator(`a[href="/root/logs/-/jobs/${job}"]`).first();
    // As a hand does, the pointer comes to the link before it presses.
    await link.hover();
    await page.waitForTimeout(HAND_MS);
    return await then(page, await timeToLine(page, null, () => link.click()));
  } finally {
    await context.close();
  }
}

/** To lines all over the log, by its search field. @returns ms of each */
async function jumpAround(page: Page, lines: number): Promise<readonly number[]> {
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  const find = page.getByRole('searchbox', { name: 'Find in the log' });
  const jumps: number[] = [];
  for (let jump = 0; jump < JUMPS; jump++) {
    // Steps of a golden ratio: far from each other, and the same in each run.
    const line = Math.floor(((jump * 0.618) % 1) * lines);
    await find.fill(`:${line + 1}`);
    jumps.push(await timeToLine(page, line, () => find.press('Enter')));
  }
  return jumps;
}

async function wheel(page: Page, scroller: Locator): Promise<void> {
  await scroller.hover();
  for (let move = 0; move < MOVES; move++) await page.mouse.wheel(0, move < MOVES / 2 ? -WHEEL_PX : WHEEL_PX);
}

/** From its place in the middle of the bar down and up again, past lines of which none is there yet. */
async function dragBar(page: Page, scroller: Locator): Promise<void> {
  await scroller.evaluate((element) => {
    element.scrollTop = element.scrollHeight / 2;
  });
  const box = await scroller.boundingBox();
  if (box === null) throw new Error('the log is not to be seen');
  const x = box.x + box.width - 6;
  const middle = box.y + box.height / 2;
  await page.mouse.move(x, middle);
  await page.mouse.down();
  for (let move = 1; move <= MOVES; move++) {
    const swing = Math.min(move, MOVES - move) / (MOVES / 2);
    await page.mouse.move(x, middle + swing * box.height * 0.4);
  }
  await page.mouse.up();
}

function times(name: string, samples: readonly number[], target: number): Reading {
  const note = `worst of ${samples.length}, median ${median(samples).toFixed(0)} ms`;
  return { name, value: Math.max(...samples), target, unit: 'ms', note };
}

function frames(name: string, { drawn, longestMs, longestTaskMs }: Frames): Reading {
  const note = `longest of ${drawn} frames; task ${longestTaskMs.toFixed(0)} ms`;
  return { name, value: longestMs, target: FRAME_MS, unit: 'ms', note };
}
