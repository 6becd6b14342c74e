/** What turns the direction of text around: with it `main` can be made to look like another branch. */
const TURNING = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g;

/** A name as it is, with a mark for each character that turns text around. */
export function withMarks(name: string): string {
  return name.replace(TURNING, '\ufffd');
}

/** For the window's title, where no element keeps text apart. */
export function withoutTurns(name: string): string {
  return name.replace(TURNING, '');
}
