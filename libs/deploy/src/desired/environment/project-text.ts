import { readRegularFile, UserError } from '@itsup/config';

/**
 * The text of a file that a project names, or null when there is none.
 * @param name how to call it in a message
 * @throws UserError for what is no file of a person's size: a pipe or a device, which might never end, or a fault of
 * the disk
 */
export function projectText(file: string, name: string): string | null {
  const { text, reason, found } = readRegularFile(file);
  if (text !== null || reason === 'missing') return text;
  const what: Record<typeof reason & string, string> = {
    'not-a-file': `is ${found}, and reading it might never end`,
    'too-big': 'is too large for a file of settings',
    denied: 'must not be read by this user',
    unreadable: `cannot be read: ${found}`,
  };
  throw new UserError({
    code: reason === undefined ? 'file-unreadable' : `file-${reason}`,
    severity: 'error',
    message: `${name} ${what[reason ?? 'unreadable']}`,
    help: 'put a file in its place',
  });
}
