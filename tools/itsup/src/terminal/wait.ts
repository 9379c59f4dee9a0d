/** What one stack is at, and since when. */
export interface Wait {
  stack: string | null;
  text: string;
  /** How far it is. */
  detail: string | undefined;
  /** Milliseconds since the epoch. */
  since: number;
}

/** How waits are shown. */
export interface Display {
  /** Called at every change, and once a second. */
  refresh(waits: readonly Wait[], now: number): void;
  /** Writes something that stays, without tearing what is shown. */
  aside(write: () => void): void;
}

/** One wait in words: `pulls the image of web, 2 of 7 layers, 12 s`. */
export function describeWait({ text, detail, since }: Wait, now: number): string {
  const elapsed = Math.floor((now - since) / 1000);
  return [text, ...(detail === undefined ? [] : [detail]), duration(elapsed)].join(', ');
}

function duration(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
