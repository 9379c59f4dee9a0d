/** What fits a terminal that nobody has made larger. */
export const WIDTH = 80;

/** A duration in one unit: `4 s`, `12 min`, `3 h`, `5 days`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** `ad3f665+edits`: seven digits, and whether what was deployed is in no commit in parts. */
export function shortCommit(commit: string): string {
  const [sha = '', edits] = commit.split('+');
  return `${sha.slice(0, 7)}${edits === undefined ? '' : `+${edits}`}`;
}

/** At most so many characters; of a longer text the end, which tells more of an image and of a path. */
export function endOf(text: string, length: number): string {
  return text.length <= length ? text : `…${text.slice(text.length - length + 1)}`;
}

/** At most so many characters, the beginning of a longer text. */
export function beginningOf(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/**
 * Lines of at most `WIDTH` characters, the first with `lead` and the others below it. A word without an end gets a
 * line.
 */
export function wrapped(text: string, lead: string): string[] {
  const hang = ' '.repeat(lead.length);
  const lines: string[] = [];
  let line = lead;
  let isEmpty = true;
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = hang;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line.trimEnd()];
}
