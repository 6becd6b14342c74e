/** Opens a section; `at` is UTC ms. The title line follows, see `title`. */
export declare function sectionStart(name: string, at: number): string;
export declare function sectionEnd(name: string, at: number): string;
/** Title of a section, with line feed. */
export declare function title(text: string): string;
/** A green line, as for `$ command` and `Job succeeded`. */
export declare function infoLine(text: string): string;
export declare function warningLine(text: string): string;
export declare function errorLine(text: string): string;
