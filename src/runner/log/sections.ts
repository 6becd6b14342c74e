/**
 * The runner's own words in a job log, in GitLab's bytes, so that its log viewer, and everybody else's, folds and colours them.
 * Times are UTC ms; the log has whole seconds.
 */
const ESC = '\u001b';
const CLEAR_LINE = `${ESC}[0K`;
const RESET = `${ESC}[0;m`;
const CYAN = `${ESC}[36;1m`;
const GREEN = `${ESC}[32;1m`;
const YELLOW = `${ESC}[0;33m`;
const RED = `${ESC}[31;1m`;
const WARNING = 'WARNING: ';

/** Opens a section; its `title` follows. */
export function sectionStart(name: string, at: number): string {
  return `section_start:${Math.floor(at / 1000)}:${name}\r${CLEAR_LINE}`;
}

export function sectionEnd(name: string, at: number): string {
  return `section_end:${Math.floor(at / 1000)}:${name}\r${CLEAR_LINE}`;
}

/** A duration for people, to a tenth of a second. */
export function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

/** The line that a folded section shows. */
export function title(text: string): string {
  return `${CLEAR_LINE}${CYAN}${text}${RESET}${RESET}\n`;
}

/** `$ command` and good news such as `Job succeeded`. */
export function infoLine(text: string): string {
  return `${GREEN}${text}${RESET}\n`;
}

export function warningLine(text: string): string {
  return `${YELLOW}${WARNING}${text}${RESET}\n`;
}

/** As an executor says it: its warnings look like ours. */
export function executorLine(line: string): string {
  return line.startsWith(WARNING) ? warningLine(line.slice(WARNING.length)) : `${line}\n`;
}

export function errorLine(text: string): string {
  return `${RED}ERROR: ${text}${RESET}\n`;
}
