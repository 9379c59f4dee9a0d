import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, writeFiles } from '../testing/temporary-folder';
import { readBuildState } from './build-state';
import { recordBuild } from './record-build';

function builtWorkspace(): string {
  const root = temporaryFolder({
    'libs/config/src/index.ts': 'export const a = 1;',
    'libs/config/src/index.spec.ts': 'a test',
    'libs/config/dist/index.js': 'exports.a = 1;',
    'tools/itsup/src/index.ts': 'export const b = 1;',
    'tools/itsup/dist/index.js': 'exports.b = 1;',
  });
  recordBuild(root);
  return root;
}

describe('readBuildState', () => {
  it('takes a build as current that was recorded', () => {
    expect(readBuildState(builtWorkspace()).refusal).toBeNull();
  });

  it.each([
    ['a source changed', 'libs/config/src/index.ts', 'export const a = 2;'],
    ['a source was added', 'tools/itsup/src/more/new.ts', 'export {};'],
    ['the compiled code was made by something else', 'libs/config/dist/index.js', 'exports.a = 2;'],
  ])('refuses a build when %s', (_, path, text) => {
    const root = builtWorkspace();
    writeFiles(root, { [path]: text });
    expect(readBuildState(root).refusal).toContain('npm run build');
  });

  it('refuses a build that did not end', () => {
    const root = builtWorkspace();
    rmSync(join(root, 'tools/itsup/dist/build.json'));
    expect(readBuildState(root).refusal).toContain('npm run build');
  });

  it('does not care about tests', () => {
    const root = builtWorkspace();
    writeFiles(root, {
      'libs/config/src/index.spec.ts': 'another test',
      'libs/config/src/testing/helper.ts': 'export {};',
      'libs/config/src/__fixtures__/x/a.ts': 'export {};',
    });
    expect(readBuildState(root).refusal).toBeNull();
  });

  it('has another digest for other compiled code, also when it is stale', () => {
    const root = builtWorkspace();
    const before = readBuildState(root).digest;
    expect(readBuildState(root).digest).toBe(before);
    writeFiles(root, { 'libs/config/dist/index.js': 'exports.a = 2;' });
    expect(readBuildState(root).digest).not.toBe(before);
  });
});
