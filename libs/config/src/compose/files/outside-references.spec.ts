import { outsideReferences } from './outside-references';

const of = (text: string) => outsideReferences(text, 'projects/app');

describe('outsideReferences', () => {
  test.each([
    ['a bind', 'volumes: ["../../shared/nginx.conf:/etc/nginx.conf:ro"]', 'shared/nginx.conf'],
    ['a build context', 'build:\n  context: ../../site/', 'site'],
    ['a config', 'configs:\n  a:\n    file: "../other/a.conf"', 'projects/other/a.conf'],
    ['an env_file', "env_file: ['../../common.env']", 'common.env'],
    [
      'a Dockerfile',
      'build:\n  context: ./web\n  dockerfile: ../../../shared/Dockerfile',
      'shared/Dockerfile',
    ],
    ['a path with detours', 'file: ./x/../../other/b', 'projects/other/b'],
  ])('finds %s', (_, text, path) => {
    expect(of(text)).toEqual([path]);
  });

  test.each([
    ['inside the folder', 'file: sub/../b'],
    ['a folder above its own', 'context: ..\nvolumes: ["../..:/all", "../../projects/:/p"]'],
    ['outside the workspace', 'file: ../../../etc/passwd'],
    // A variable's braces end the path, so what is left of it is the folder above.
    ['a variable', 'file: ../../${NAME}.env'],
    ['an absolute path', 'file: /etc/../../../etc/hosts'],
    ['a pattern', 'command: ls ../../*'],
  ])('leaves alone what is %s', (_, text) => {
    expect(of(text)).toEqual([]);
  });

  test('names each once, sorted', () => {
    expect(of('a: ../../b\nb: ../../a\nc: ../../b')).toEqual(['a', 'b']);
  });
});
