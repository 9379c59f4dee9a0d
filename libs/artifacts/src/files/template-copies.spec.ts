import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { temporaryFolder } from '../testing/temporary-folder';
import { originLine, templateFile } from './shipped-templates';
import { copyOf, copyProblems, originalFile, shippedTemplate, templateCopies } from './template-copies';

const NAME = 'proxy/traefik.yml';
const folder = temporaryFolder();

function folderWith(files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder(), path)), { recursive: true });
    writeFileSync(join(folder(), path), text);
  }
  return folder();
}

it('copies a template out with what it was made of, and keeps the original', () => {
  const shipped = shippedTemplate(`templates/${NAME}.eta`);
  const files = Object.fromEntries(copyOf(shipped, '0.0.0'));
  expect(Object.keys(files)).toEqual([templateFile(NAME), originalFile(NAME)]);
  const root = folderWith(files);
  expect(templateCopies(root)).toEqual([
    { name: NAME, file: templateFile(NAME), text: shipped.text, version: '0.0.0', isBehind: false },
  ]);
  expect(copyProblems(root)).toEqual([]);
});

it('warns at its first line when the original changed since', () => {
  const origin = originLine({ name: NAME, version: '1.4.0', digest: '0123456789abcdef' });
  const root = folderWith({ [templateFile(NAME)]: `${origin}mine: true\n` });
  expect(copyProblems(root)).toMatchObject([
    {
      severity: 'warning',
      message: `templates/${NAME}.eta is of itsup 1.4.0, and the template has changed since`,
      place: { file: templateFile(NAME), line: 1, column: 1 },
    },
  ]);
});

it('says nothing of one that was written by hand, and knows which name was meant', () => {
  const root = folderWith({ [templateFile(NAME)]: 'mine: true\n' });
  expect(templateCopies(root)).toMatchObject([{ version: null, isBehind: false }]);
  expect(copyProblems(root)).toEqual([]);
  expect(() => shippedTemplate('proxy/traefk.yml')).toThrow('there is no template "proxy/traefk.yml"');
});
