import type { Docker } from '@itsup/docker';

import { helperImage } from './helper-image';

/** An engine whose containers of Traefik run `used`, and that has the images `present`. */
function engine(used: string[], present: string[]): Docker {
  return {
    listContainers: ({ labelFilters = [] }: { labelFilters?: string[] }) =>
      Promise.resolve(labelFilters.length > 1 ? used.map((image) => ({ image })) : []),
    inspectImages: (asked: string[]) =>
      Promise.resolve(new Map(asked.filter((image) => present.includes(image)).map((image) => [image, {}]))),
  } as unknown as Docker;
}

describe('the image that reaches the packet filter', () => {
  it('is that of the Traefik to come when the engine has it, else of the one that runs', async () => {
    expect(await helperImage(engine(['traefik:v3'], ['traefik:v3', 'traefik:v4']), 'traefik:v4')).toBe(
      'traefik:v4',
    );
    expect(await helperImage(engine(['traefik:v3'], ['traefik:v3']), 'traefik:v4')).toBe('traefik:v3');
    expect(await helperImage(engine(['sha256:1'], ['sha256:1']))).toBe('sha256:1');
  });

  it('is named although the engine lacks it, and none before a Traefik was ever there', async () => {
    expect(await helperImage(engine([], []), 'traefik:v4')).toBe('traefik:v4');
    expect(await helperImage(engine([], []))).toBeUndefined();
  });
});
