import { describeFault } from './describe-fault';

function help(reason: string): string {
  return describeFault({ code: 'compose-invalid', reason }).help;
}

describe('a file that Compose refuses', () => {
  it.each([
    [
      'services.web Additional property pre_start is not allowed',
      'pre_start is known to Docker Compose from 5.3 on',
    ],
    [
      "services.web additional properties 'pre_stop' not allowed",
      'pre_stop is known to Docker Compose from 2.30 on',
    ],
  ])('for a key that a newer one knows: %s', (reason, words) => {
    expect(help(reason)).toContain(words);
  });

  it('else is to be corrected', () => {
    expect(help('services.web Additional property imgae is not allowed')).toBe('correct the Compose file');
  });
});
