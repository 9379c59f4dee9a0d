import { asker } from './ask';

describe('asker', () => {
  it.each([
    ['there is no terminal', [], {}, false],
    ['Nx was told not to', ['g', '--no-interactive'], {}, true],
    ['Nx was told not to, otherwise', ['g', '--interactive=false'], {}, true],
    ['Nx was told not to, in two words', ['g', '--interactive', 'false'], {}, true],
    ['it is CI', [], { CI: 'true' }, true],
  ])('asks nothing when %s', (_, args, env, isTerminal) => {
    expect(asker(args, env, isTerminal)).toBeNull();
  });
});
