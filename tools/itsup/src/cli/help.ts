import type { Command } from './command';

/** The list of commands. */
export function overview(commands: ReadonlyMap<string, Command>): string {
  const width = Math.max(...[...commands.keys()].map((name) => name.length));
  return [
    'Usage: itsup <command> [arguments]',
    '',
    ...[...commands].map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'itsup <command> --help tells more. A project is a folder in projects/; proxy (also traefik) names the reverse proxy.',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.',
  ].join('\n');
}

/** One command with its options and examples. */
export function helpOf(command: string, { usage, summary, options = {}, examples }: Command): string {
  const flags = Object.entries(options).map(
    ([option, { short, type, value: name = 'value', description }]) => {
      const value = type === 'string' ? ` <${name}>` : '';
      return [`${short === undefined ? '' : `-${short}, `}--${option}${value}`, description] as const;
    },
  );
  const width = Math.max(0, ...flags.map(([flag]) => flag.length));
  return [
    ['Usage: itsup', command, usage, flags.length > 0 ? '[options]' : '']
      .filter((part) => part !== '')
      .join(' '),
    '',
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    ...(flags.length > 0
      ? ['', 'Options:', ...flags.map(([flag, text]) => `  ${flag.padEnd(width)}  ${text}`)]
      : []),
    '',
    'Examples:',
    ...examples.map((example) => `  ${example}`),
  ].join('\n');
}
