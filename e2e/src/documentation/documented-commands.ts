import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../harness/repository';

/** A command that the documentation tells to type. */
export interface DocumentedCommand {
  /** File and line, for the message of a failure. */
  place: string;
  /** The command and its arguments, without quotes: `['npx', 'nx', 'graph']`. */
  words: string[];
  /** Where it is typed: in a repository that has the product installed, or in a clone of the product. */
  where: 'repository' | 'clone';
}

/**
 * Every command of the README and of `docs/`: lines of `sh` blocks, those after `$` in `console` blocks, and inline
 * code that begins as ours do. A block that begins with `sh clone` is for a clone of the product.
 */
export async function documentedCommands(): Promise<DocumentedCommand[]> {
  const docs = (await readdir(join(REPOSITORY, 'docs'))).filter((name) => name.endsWith('.md')).sort();
  const files = ['README.md', ...docs.map((name) => `docs/${name}`)];
  const texts = await Promise.all(files.map((file) => readFile(join(REPOSITORY, file), 'utf8')));
  return files.flatMap((file, index) => commandsOf(file, texts[index] ?? ''));
}

/** The commands of one Markdown text. */
export function commandsOf(file: string, text: string): DocumentedCommand[] {
  let fence: { language: string; where: DocumentedCommand['where'] } | null = null;
  return text.split('\n').flatMap((line, index) => {
    const place = `${file}:${index + 1}`;
    const marker = /^\s*```(\w*)(?: (clone))?/.exec(line);
    if (marker !== null) {
      fence =
        fence === null
          ? { language: marker[1] ?? '', where: marker[2] === undefined ? 'repository' : 'clone' }
          : null;
      return [];
    }
    const where = fence?.where ?? 'repository';
    const lines = fence === null ? inlineCommands(file, line) : typedLines(fence.language, line);
    return lines.flatMap((one) => simpleCommands(one).map((words) => ({ place, words, where })));
  });
}

/** What a line of a block tells to type. */
function typedLines(language: string, line: string): string[] {
  if (language === 'sh') return [line];
  const [, typed] = /^\$ (.*)$/.exec(line) ?? [];
  return language === 'console' && typed !== undefined ? [typed] : [];
}

/** In the page for users of itsUP `itsup` alone is that program; ours stands behind `npx` there. */
const ITSUP_PAGE = 'docs/from-itsup.md';

function inlineCommands(file: string, line: string): string[] {
  return [...line.matchAll(/`((?:npx|npm|itsup) [^`]+)`/g)]
    .map(([, code = '']) => code)
    .filter((code) => file !== ITSUP_PAGE || !code.startsWith('itsup '));
}

const WORD = /(?:[^\s"'&|;]|"[^"]*"|'[^']*'|\$\([^)]*\))+|&&|\|\||[|;]/g;

/** A line's commands, without comments, redirections, assignments and what runs another command. */
export function simpleCommands(line: string): string[][] {
  const commands: string[][] = [[]];
  for (const [word] of line.replace(/(^|\s)#.*$/, '').matchAll(WORD)) {
    if (['&&', '||', '|', ';'].includes(word)) commands.push([]);
    else commands.at(-1)?.push(word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  }
  return commands.map(withoutPrefix).filter((words) => words.length > 0);
}

function withoutPrefix(words: string[]): string[] {
  const redirection = words.findIndex((word) => /^\d?>/.test(word));
  const kept = redirection < 0 ? [...words] : words.slice(0, redirection);
  while (/^(?:sudo|env|\w+=.*)$/.test(kept[0] ?? '')) kept.shift();
  return kept;
}

/** `<commit>`: what the reader puts in. */
export function isPlaceholder(word: string): boolean {
  return /<[^>]*>?|^…$/.test(word);
}
