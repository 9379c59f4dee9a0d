/**
 * What containers, registries and certificates say may steer the terminal that it is shown on: move the cursor over
 * other lines, rename the window, answer for the user, or show text in another order than it has.
 */

/**
 * Sequences that terminals act on: CSI, and the strings of OSC, DCS, SOS, PM and APC, in both spellings; then lone
 * escapes.
 */
const SEQUENCES =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g;

/** Control characters besides tab and line feed, marks that turn the order of text around, and line separators. */
const STEERING = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Colours and weights that this program uses itself; nothing that hides or blinks. */
const COLOUR = /^\u001b\[(?:(?:[0-4]|2[1-4]|3\d|39|9\d)(?:;(?=\d)|(?=m)))*m$/;

/** Whatever its characters are, most text holds none of those above. */
const SUSPICIOUS = /[^\t\n -~\u00a0-\u00ff\u0100-\u0600]/;

/**
 * The text without any sequence, and with a visible character for each other one that steers. Tabs and line feeds stay.
 */
export function printable(text: string): string {
  return clean(text, () => '');
}

/** The same for text that is coloured by this program: colours stay, other sequences go. */
export function printableWithColours(text: string): string {
  return clean(text, (sequence) => (COLOUR.test(sequence) ? sequence : ''));
}

function clean(text: string, kept: (sequence: string) => string): string {
  if (!SUSPICIOUS.test(text)) return text;
  // A line that ends as on Windows ends; what is overwritten on its line is not there.
  const parts = text.replace(/\r+\n/g, '\n').split(SEQUENCES);
  const sequences = text.replace(/\r+\n/g, '\n').match(SEQUENCES) ?? [];
  return parts.map((part, index) => withMarks(part) + kept(sequences[index] ?? '')).join('');
}

function withMarks(text: string): string {
  return text.replace(STEERING, (character) =>
    character === '\t' || character === '\n' ? character : '\ufffd',
  );
}
