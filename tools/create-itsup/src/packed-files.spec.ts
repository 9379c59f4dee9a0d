import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packedFiles } from './packed-files';

interface Manifest {
  name: string;
  version: string;
}

const ROOT = join(__dirname, '../../..');

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'packed-files-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('finds every package that is published, under the name that npm packs it by', () => {
  const layers = readdirSync(join(ROOT, 'libs')).map((name) => `libs/${name}`);
  const manifests = [...layers, 'tools/itsup', 'tools/create-itsup'].map(
    (each) => JSON.parse(readFileSync(join(ROOT, each, 'package.json'), 'utf8')) as Manifest,
  );
  const fileOf = ({ name, version }: Manifest) => `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
  for (const manifest of manifests) writeFileSync(join(folder, fileOf(manifest)), '');
  expect(packedFiles(folder, 'tmp')).toEqual(
    Object.fromEntries(manifests.map((manifest) => [manifest.name, `file:tmp/${fileOf(manifest)}`])),
  );
});

it('passes by what is no package of the product', () => {
  writeFileSync(join(folder, 'other-1.2.3.tgz'), '');
  writeFileSync(join(folder, 'itsup-1.2.3.tgz'), '');
  expect(Object.keys(packedFiles(folder))).toEqual(['itsup']);
});
