import { resolvePlain } from './yaml-scalar';

describe('resolvePlain', () => {
  it.each([
    ['10', '10'],
    ['010', '8'],
    ['08', '8'],
    ['0o17', '15'],
    ['0x1F', '31'],
    ['0b101', '5'],
    ['-0x10', '-16'],
    ['1_000', '1000'],
    ['1e3', '1000'],
    ['1.50', '1.500000'],
    ['.5', '0.500000'],
    ['+7', '7'],
    ['18446744073709551615', '18446744073709551615'],
    ['True', 'true'],
    ['yes', 'yes'],
    ['on', 'on'],
    ['1:30', '1:30'],
    ['10s', '10s'],
    ['1.2.3', '1.2.3'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['-', '-'],
  ])('%s is %s', (written, read) => {
    expect(resolvePlain(written)).toEqual({ text: read });
  });

  it('knows what is nothing, and what is a date', () => {
    expect(['', '~', 'null', 'NULL'].map((text) => resolvePlain(text))).toEqual([
      'null',
      'null',
      'null',
      'null',
    ]);
    expect(['2026-11-29', '2026-1-2', '2026-11-29T10:00:00Z'].map((text) => resolvePlain(text))).toEqual([
      'timestamp',
      'timestamp',
      'timestamp',
    ]);
    expect(resolvePlain('2026-13-29')).toEqual({ text: '2026-13-29' });
    expect(resolvePlain('2026-11-29', '!!str')).toEqual({ text: '2026-11-29' });
  });
});
