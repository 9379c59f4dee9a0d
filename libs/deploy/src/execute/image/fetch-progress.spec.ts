import { FetchProgress } from './fetch-progress';

/** What is told of these lines. */
function told(lines: string[]): (string | undefined)[] {
  const details: (string | undefined)[] = [];
  const progress = new FetchProgress((text, detail) => {
    expect(text).toBe('fetches web');
    details.push(detail);
  });
  progress.begin('fetches web');
  lines.forEach((line) => progress.take(line));
  return details;
}

describe('FetchProgress', () => {
  it('counts the layers of a pull, each once', () => {
    expect(
      told([
        'web Pulling',
        '3f9582a2cbe7 Pulling fs layer',
        '9a8c6f286718 Already exists',
        '3f9582a2cbe7 Downloading [==>  ]  1.2MB/30MB',
        '3f9582a2cbe7 Pull complete',
        'web Pulled',
      ]),
    ).toEqual([undefined, '0 of 1 layers', '1 of 2 layers', '1 of 2 layers', '2 of 2 layers']);
  });

  it('names the step of a build, and cuts a long one', () => {
    const long = `#9 [web 3/4] RUN ${'x'.repeat(100)}`;
    const [, first, second, third] = told([
      '#8 [web 2/4] COPY . .',
      '#8 0.2 done',
      'Step 1/2 : FROM a',
      long,
    ]);
    expect([first, second]).toEqual(['[web 2/4] COPY . .', 'Step 1/2 : FROM a']);
    expect(third).toHaveLength(60);
    expect(third).toMatch(/^\[web 3\/4\] RUN x+…$/);
  });
});
