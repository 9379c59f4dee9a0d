import { variablesIn } from './compose-variables';

describe('variablesIn', () => {
  it('finds both spellings once each, and leaves an escaped dollar sign alone', () => {
    expect(
      variablesIn('image: $REPO/web:${TAG}\ncommand: echo $$HOME ${TAG}').map(({ name }) => name),
    ).toEqual(['REPO', 'TAG']);
  });

  it('calls a variable optional only when every use of it can do without a value', () => {
    const optional = (text: string) => variablesIn(text).map((variable) => variable.optional);
    expect(optional('a: ${A:-1}')).toEqual([true]);
    expect(optional('a: ${A:+x}')).toEqual([true]);
    // An empty value is a value here, so the default would not be used.
    expect(optional('a: ${A-1}')).toEqual([false]);
    expect(optional('a: ${A:?needed}')).toEqual([false]);
    expect(optional('a: ${A:-1}\nb: ${A}')).toEqual([false]);
  });

  it.each([
    ['- ${DATA}:/data', 'path'],
    ['- "${DATA}/db:/var/lib/db"', 'path'],
    ['source: ${DATA}', 'path'],
    ['interval: ${PAUSE}', 'duration'],
    ['healthcheck: {timeout: 3s, interval: "${PAUSE}"}', 'duration'],
    ['healthcheck: {timeout: 3s, retries: ${PAUSE}}', 'other'],
    ['- "${PORT}:80"', 'other'],
    ['image: registry/${NAME}', 'other'],
  ])('knows what %s needs', (line, context) => {
    expect(variablesIn(line)[0]?.context).toBe(context);
  });
});
