import type { ComposeVariable } from '@itsup/config';

/** Unlikely in an operator's file, so that a message of Compose that holds one is known to be about the stand-in. */
const NUMBER = '61234';
const PATH = '/itsup-placeholder';

/**
 * An environment in which Compose can check the files of a machine without their secrets. A required variable gets a
 * stand-in that fits where it is used. An optional one becomes empty, which also keeps out what an ignored `.env`
 * file says of it: the environment wins over that file, and Compose takes the default for an empty value.
 */
export function placeholderEnvironment(variables: readonly ComposeVariable[]): Record<string, string> {
  return Object.fromEntries(variables.map((variable) => [variable.name, standIn(variable)]));
}

function standIn({ optional, context }: ComposeVariable): string {
  if (optional) {
    return '';
  }
  switch (context) {
    case 'path':
      return PATH;
    case 'duration':
      return `${NUMBER}s`;
    case 'other':
      return NUMBER;
  }
}

/** Whether a message of Compose is about a stand-in rather than about what the operator wrote. */
export function blamesPlaceholder(message: string): boolean {
  return message.includes(NUMBER) || message.includes(PATH);
}

/** A word that Compose says would do, from its message about one that does not; null: it names none. */
export function fittingWord(message: string): string | null {
  const listed = /must be one of (?:the following: )?["']([^"']+)["']/.exec(message)?.[1];
  const matched = /does not match pattern '\^?\(?(\w+)/.exec(message)?.[1];
  if (listed ?? matched) return listed ?? matched ?? null;
  if (message.includes('invalid boolean')) return 'true';
  return message.includes('missing unit in duration') ? `${NUMBER}s` : null;
}
