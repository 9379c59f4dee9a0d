import { UserError } from '@itsup/config';
import fc from 'fast-check';

import { parseVariables } from './parse-variables';

const parse = (text: string): Record<string, string> => parseVariables(text, 'secrets/blog.env');

describe('parseVariables', () => {
  it.each([
    ['a value as it is', 'A=b c', { A: 'b c' }],
    ['an equals sign in the value', 'A=b=c==', { A: 'b=c==' }],
    ['a # within a value', 'PASSWORD=pa#ss#word', { PASSWORD: 'pa#ss#word' }],
    ['a comment after a space', 'A=b # the letter', { A: 'b' }],
    ['a value that is a comment', 'A= # nothing yet', { A: '' }],
    ['dollar signs', 'A=$B${C}', { A: '$B${C}' }],
    ['single quotes', "A='b \\n # $c'", { A: 'b \\n # $c' }],
    ['double quotes', 'A="b\\n\\"c\\" # d" # e', { A: 'b\n"c" # d' }],
    ['several lines', 'KEY="-----BEGIN\nabc=\n-----END"\nB=1', { KEY: '-----BEGIN\nabc=\n-----END', B: '1' }],
    ['a quote that is part of the value', 'A="b"c\nB=x', { A: '"b"c', B: 'x' }],
    ['a value that is a quote in others', `A='"b'\nB=x`, { A: '"b', B: 'x' }],
    ['export, spaces, Windows and no last line break', '  export A = b\r\nB=c', { A: 'b', B: 'c' }],
    ['comments, blank lines and names alone', '# A=1\n\n  \nPASSED_ON\nB=c', { B: 'c' }],
    ['the last of two', 'A=1\nA=2', { A: '2' }],
  ])('takes %s', (_, text, variables) => {
    expect(parse(text)).toEqual(variables);
  });

  it.each([`A=1\nB="open\nC=2`, `A=1\nB='open`, 'A=1\nB="open\nover lines'])(
    'refuses a quote that nothing closes: %j',
    (text) => {
      expect(() => parse(text)).toThrow('secrets/blog.env:2 opens a quote that nothing closes');
    },
  );

  it('names the line that it cannot read, and shows nothing of it', () => {
    const read = (): unknown => parse('A=1\n\nhunter22 and more');
    expect(read).toThrow(UserError);
    expect(read).toThrow('secrets/blog.env:3 is no NAME=value');
  });

  it('gives back any value that was put in double quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const text = value.replaceAll('\r', '');
        const quoted = text.replace(/[\\"$]/g, '\\$&');
        expect(parse(`A="${quoted}"\nB=1`)).toEqual({ A: text, B: '1' });
      }),
    );
  });
});
