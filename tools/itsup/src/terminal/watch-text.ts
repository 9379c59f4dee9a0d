import { clearScreenDown, cursorTo } from 'node:readline';

export interface Watch {
  /** What is to be seen now. */
  look(): Promise<string>;
  /** What is shown when it cannot be had, once it was. */
  failed(error: unknown): string;
  /** Where to redraw; null: a text is written when it differs from the one before. */
  screen: NodeJS.WritableStream | null;
  print(text: string): void;
  /** Resolves after a pause; may reject once `signal` is aborted. */
  pause(): Promise<void>;
  /** Ends the watch. */
  signal: AbortSignal;
}

/**
 * Shows a text again and again until the signal ends it.
 * @throws what the first look throws: then there is nothing to watch
 */
export async function watchText({ look, failed, screen, print, pause, signal }: Watch): Promise<void> {
  let shown: string | null = null;
  while (!signal.aborted) {
    const text = await look().catch((error: unknown) => {
      if (shown === null && !signal.aborted) throw error;
      return failed(error);
    });
    if (signal.aborted) return;
    if (screen !== null) {
      cursorTo(screen, 0, 0);
      clearScreenDown(screen);
      print(text);
    } else if (text !== shown) {
      print(shown === null ? text : `\n${text}`);
    }
    shown = text;
    await pause().catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
