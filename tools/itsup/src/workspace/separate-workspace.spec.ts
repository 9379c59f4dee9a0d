import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PRODUCT_CI, PRODUCT_ENTRIES, separateWorkspace } from './separate-workspace';

const ROOT = join(__dirname, '../../../..');
const CLONE: Record<string, string> = {
  'tools/itsup/package.json': '{}',
  'libs/deploy/package.json': '{}',
  'package.json': '{"dependencies":{"mine":"1.0.0"},"devDependencies":{"jest":"30.0.0"}}',
  'nx.json': '{"plugins":["itsup"],"targetDefaults":{"test":{}}}',
};

function separated(change: Partial<Parameters<typeof separateWorkspace>[0]> = {}) {
  return separateWorkspace({
    read: (file) => CLONE[file] ?? null,
    folder: 'server',
    edits: false,
    product: '1.2.3',
    ...change,
  });
}

/** What is the operator's, or is generated. */
const OWN = [
  ...['.github', '.gitignore', '.npmrc', '.nxignore', 'nx.json', 'package.json'],
  ...['projects', 'proxy', 'secrets', 'templates', 'upstream'],
];

it('knows of everything that git has whether it is the product’s', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
    .split('\0')
    .filter(Boolean);
  const unknown = files
    .map((file) => file.split('/')[0] ?? '')
    .filter((entry) => !PRODUCT_ENTRIES.includes(entry) && !OWN.includes(entry));
  expect([...new Set(unknown)]).toEqual([]);
  expect(
    files.filter((file) => file.startsWith('.github/')).filter((file) => !PRODUCT_CI.includes(file)),
  ).toEqual([]);
});

it('removes the product, installs it, and leaves what is the operator’s', () => {
  const { remove, files } = separated();
  expect(remove).toEqual(expect.arrayContaining(['libs', 'tools', '.github/workflows/test.yml']));
  for (const path of OWN) expect(remove).not.toContain(path);
  expect(JSON.parse(files.get('package.json') ?? '')).toMatchObject({
    name: 'server',
    dependencies: { mine: '1.0.0' },
    devDependencies: { itsup: '1.2.3' },
  });
  expect(files.get('package.json')).not.toContain('jest');
  expect(JSON.parse(files.get('nx.json') ?? '')).toMatchObject({ plugins: ['itsup'], analytics: false });
  expect(files.get('nx.json')).not.toContain('targetDefaults');
  expect(files.get('.github/workflows/deploy.yml')).toContain('itsup deploy --affected');
  expect(remove).not.toContain('.github/workflows/deploy.yml');
});

it.each([
  [{ edits: true }, 'there are edits that are in no commit'],
  [{ edits: null }, 'git does not say'],
  [{ product: '0.0.0' }, 'no released version'],
  [{ read: () => null }, 'installed already'],
])('refuses where something would be lost: %p', (change, message) => {
  expect(() => separated(change)).toThrow(message);
});
