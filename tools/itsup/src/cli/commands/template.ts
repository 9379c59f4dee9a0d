import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TemplateCopy } from '@itsup/artifacts';
import { ownVersion } from '../../build/own-package';
import { hasSources } from '../../git';
import { capture } from '../../run-program';
import { EXIT, type Command } from '../command';

/** Templates that the workspace has of its own, beside those that ship. */
export const template: Command = {
  usage: '<list | diff | merge> [name]',
  summary: 'templates of your own: what a newer version changes in their originals, and taking it in',
  examples: [
    'itsup template list',
    'itsup template diff proxy/traefik.yml',
    'itsup template merge proxy/traefik.yml',
  ],
  words: { min: 1, max: 2 },
  missing: 'it needs list, diff or merge',
  run: async ({ root, words, print, tell }) => {
    const [action, name] = words;
    const copies = await import('@itsup/artifacts');
    const all = copies.templateCopies(root);
    if (action === 'list') {
      print(
        all.length === 0
          ? `none of your own; there are: ${copies.COPIED_NAMES.join(', ')}`
          : all.map(line).join('\n'),
      );
      return EXIT.ok;
    }
    if ((action !== 'diff' && action !== 'merge') || name === undefined) {
      tell(`itsup template: it is list, or diff or merge with a template's name`);
      return EXIT.usage;
    }
    const shipped = copies.shippedTemplate(name);
    const copy = all.find((one) => one.name === shipped.name);
    if (copy === undefined) {
      tell(
        hasSources(root)
          ? `itsup template: ${shipped.name} is the product's own in this clone\n  help: change it where it is; git diff templates shows what you changed`
          : `itsup template: ${shipped.name} is the product's own here\n  help: npx nx g itsup:template ${shipped.name}`,
      );
      return EXIT.failed;
    }
    const folder = mkdtempSync(join(tmpdir(), 'itsup-template-'));
    const original = join(root, copies.originalFile(copy.name));
    const base = existsSync(original) ? original : null;
    try {
      const [mine, theirs] = [join(folder, 'yours'), join(folder, 'shipped')];
      writeFileSync(mine, copy.text);
      writeFileSync(theirs, shipped.text);
      if (action === 'diff') {
        const labels = base === null ? `${copy.file} → itsup's` : `itsup ${copy.version ?? ''} → now`;
        const text = capture(
          'git',
          ['diff', '--no-index', '--no-color', '--', base ?? mine, theirs],
          root,
        ).stdout;
        const body = text.split('\n').slice(text === '' ? 0 : 4);
        print(text === '' ? 'nothing changed' : [labels, ...body].join('\n').trimEnd());
        return EXIT.ok;
      }
      if (base === null) {
        tell(
          `itsup template: ${copies.originalFile(copy.name)} is missing, so there is nothing to merge by\n` +
            `  help: itsup template diff ${copy.name} compares yours with the product's`,
        );
        return EXIT.failed;
      }
      const labels = ['-L', 'yours', '-L', 'original', '-L', 'itsup'];
      const merged = capture('git', ['merge-file', '--stdout', ...labels, mine, base, theirs], root);
      if (merged.status < 0 || merged.status > 127) {
        tell(`itsup template: git could not merge: ${merged.stderr.trim()}`);
        return EXIT.failed;
      }
      for (const [path, text] of copies.copyOf(shipped, ownVersion(), merged.stdout))
        writeFileSync(join(root, path), text);
      if (merged.status === 0) print(`${copy.file}: merged`);
      else
        tell(
          `${copy.file}: ${merged.status} conflicts, between <<<<<<< and >>>>>>>: it renders when they are settled`,
        );
      return merged.status === 0 ? EXIT.ok : EXIT.failed;
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

function line({ name, version, isBehind }: TemplateCopy): string {
  return `${name}  ${version === null ? 'by hand' : `of itsup ${version}`}${isBehind ? ', the original has changed since' : ''}`;
}
