import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstFiles, NX, packageNameOf } from './first-files';

it('starts with the Nx that the product is developed on', () => {
  const root = readFileSync(join(__dirname, '../../../package.json'), 'utf8');
  expect((JSON.parse(root) as { devDependencies: Record<string, string> }).devDependencies['nx']).toBe(NX);
});

it('pins what it installs, and keeps Nx from asking and from telling', () => {
  const files = firstFiles({ name: 'server', itsup: '1.2.3' });
  expect(JSON.parse(files['package.json'] ?? '')).toMatchObject({
    devDependencies: { itsup: '1.2.3', nx: NX },
    scripts: { start: 'itsup start' },
  });
  expect(JSON.parse(files['nx.json'] ?? '')).toMatchObject({ analytics: false, plugins: ['itsup'] });
});

it.each([
  ['server', 'server'],
  ['My Server!', 'my-server'],
  ['.hidden', 'hidden'],
  ['ÄÖ', 'server'],
])('calls the package of a folder %s %s', (folder, name) => {
  expect(packageNameOf(folder)).toBe(name);
});
