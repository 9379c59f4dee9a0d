import { isTooLarge, isTooLargeToCompare, regexpFlaw, regexpMatches } from './regexp';

test.each([
  ['a list of words', 'crawler|'.repeat(5000)],
  ['a label of a host name', '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?[.]example[.]com$'],
  ['quoted parentheses', '\\Q(((\\E{1000}'],
  ['a class with parentheses', '(?:[()[:alpha:](]{10}){10}'],
  ['braces that are no repeat', 'a{b}{1'],
])('%s is small enough to be checked', (_, expression) => {
  expect(isTooLarge(expression)).toBe(false);
});

test.each([
  ['repeats', 'x{1000}'.repeat(101)],
  ['repeats of a group', `(?:${'x'.repeat(200)}){1000}`],
  ['repeats of repeats', `(?:(?:(?:${'x'.repeat(101)}){10}){10}){10}`],
  ['repeats behind a class with a parenthesis', `(${'x'.repeat(101)}[])[:alpha:])(]\\)){1000}`],
  ['repeats behind a quoted parenthesis', `(${'x'.repeat(101)}\\Q)\\E){1000}`],
  ['classes without an end', `${'['.repeat(200_000)}\\`],
  ['many words', 'crawler|'.repeat(20_000)],
])('%s is too large, and nobody says what it matches', (_, expression) => {
  expect(isTooLarge(expression)).toBe(true);
  expect(isTooLargeToCompare(expression)).toBe(true);
  expect(regexpFlaw(expression)).toBeNull();
  expect(regexpMatches(expression, 'x')).toBeNull();
});

test('what cannot be read is said of one that is small enough', () => {
  expect(regexpFlaw('a(')).not.toBeNull();
  expect(regexpFlaw('crawler|'.repeat(5000))).toBeNull();
  expect(regexpMatches('crawler|'.repeat(5000) + 'x$', 'xx')).toBe(true);
});
