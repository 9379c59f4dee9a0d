import fc from 'fast-check';
import { printable, printableWithColours } from './printable';

const ESC = '\u001b';

describe('what a terminal is shown', () => {
  it.each([
    ['a colour', `${ESC}[31mred${ESC}[0m`, 'red'],
    ['a screen that is cleared', `before${ESC}[2J${ESC}[Hafter`, 'beforeafter'],
    ['a window that is renamed', `a${ESC}]0;owned\u0007b`, 'ab'],
    ['a link', `${ESC}]8;;http://evil${ESC}\\here${ESC}]8;;${ESC}\\`, 'here'],
    ['a clipboard that is filled', `x${ESC}]52;c;cm0gLXJm\u0007y`, 'xy'],
    ['a string that never ends', `x${ESC}Pabc\nnext`, 'x\nnext'],
    ['sequences of one byte', `a\u009b2Jb\u009d0;t\u009cc`, 'abc'],
    ['a lone escape', `a${ESC}cb${ESC}`, 'ab\ufffd'],
    ['a line that is overwritten', 'real\rfake', 'real\ufffdfake'],
    ['an ending of Windows', 'one\r\ntwo', 'one\ntwo'],
    ['a bell, a backspace and NUL', 'a\u0007b\bc\0', 'a\ufffdb\ufffdc\ufffd'],
    ['text that is turned around', 'a\u202egpj.exe\u2066', 'a\ufffdgpj.exe\ufffd'],
    ['text as people write it', 'Grüße,\t日本語 👩‍👩‍👧 — naïve', 'Grüße,\t日本語 👩‍👩‍👧 — naïve'],
  ])('%s', (_, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('keeps colours of its own, and nothing that hides', () => {
    expect(printableWithColours(`${ESC}[1;31merror${ESC}[39m${ESC}[22m`)).toBe(
      `${ESC}[1;31merror${ESC}[39m${ESC}[22m`,
    );
    expect(printableWithColours(`${ESC}[8mhidden${ESC}[5;31m${ESC}[2J${ESC}[38;5;1mx`)).toBe('hiddenx');
  });

  it('never holds a character that steers, whatever comes in, and takes what it gave', () => {
    const unit = fc.constantFrom(
      ESC,
      '[',
      ']',
      '2',
      'J',
      'm',
      ';',
      '\\',
      '\u0007',
      '\u009b',
      '\u202e',
      '\r',
      '\n',
      'a',
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 40 }), (units) => {
        const shown = printable(units.join(''));

        expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(printable(shown)).toBe(shown);
      }),
    );
  });
});
