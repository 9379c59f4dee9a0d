import { keepCompiledCode, keepCompiledCodeIn } from './compile-cache';

describe('compiled code', () => {
  it('is kept in a folder of this package where Node can', () => {
    const folders: string[] = [];
    keepCompiledCode({ enableCompileCache: (folder: string) => folders.push(folder) });
    expect(folders).toEqual([expect.stringMatching(/tools\/itsup\/node_modules\/\.cache\/compiled$/)]);
    expect(() => keepCompiledCode({})).not.toThrow();
    const env: Record<string, string> = {};
    keepCompiledCodeIn(env);
    expect(env).toEqual({ NODE_COMPILE_CACHE: folders[0] });
  });

  it('is kept where the environment says, if it does', () => {
    const env = { NODE_COMPILE_CACHE: '/cache' };
    keepCompiledCodeIn(env);
    expect(env).toEqual({ NODE_COMPILE_CACHE: '/cache' });
  });
});
