import { checkFile, unknownReferences } from '@itsup/traefik';
import { corpus, corpusBase, corpusEntryPoints, corpusResolvers } from '@itsup/traefik/testing/corpus';
import { checkOptions } from './check-options';

const base = checkFile(corpusBase, 'dynamic', checkOptions);

function errorsOf(text: string): string[] {
  const { findings, references, defined } = checkFile(text, 'dynamic', checkOptions);
  const known = {
    file: new Set([...base.defined, ...defined]),
    docker: new Set<string>(),
    resolvers: new Set(corpusResolvers),
    entryPoints: new Set(corpusEntryPoints),
    otherProviders: false,
  };
  return [...findings, ...unknownReferences(references, 'file', known, checkOptions.suggest)]
    .filter(({ severity }) => severity === 'error')
    .map(({ message }) => message);
}

// What Traefik itself says of each file is asked in e2e/src/isolation/traefik-verdicts.spec.ts.
describe('the verdict on files of the file provider', () => {
  it.each(corpus.filter(({ refused }) => !refused))('takes $name', ({ text }) => {
    expect(errorsOf(text)).toEqual([]);
  });

  it.each(corpus.filter(({ refused, missed }) => refused && missed === undefined))(
    'refuses $name',
    ({ text }) => {
      expect(errorsOf(text)).not.toEqual([]);
    },
  );

  it.each(corpus.filter(({ missed }) => missed !== undefined))('still misses $name: $missed', ({ text }) => {
    expect(errorsOf(text)).toEqual([]);
  });
});
