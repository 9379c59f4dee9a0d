import type { Docker, ImageDetails, ListContainersOptions } from '@itsup/docker';
import { containerSummary } from '@itsup/docker/testing/container-summary';

import { helperImage } from './helper-image';

/** An engine whose containers of Traefik run `used`, and that has the images `present`. */
function engine(used: string[], present: string[]): Pick<Docker, 'listContainers' | 'inspectImages'> {
  const details = (id: string): ImageDetails => ({
    ...{
      id,
      tags: [],
      repoDigests: [],
      labels: {},
      exposedPorts: [],
      hasHealthcheck: false,
      volumes: [],
      lastTagged: null,
    },
  });
  return {
    listContainers: async ({ labelFilters = [] }: ListContainersOptions = {}) =>
      labelFilters.length > 1 ? used.map((image) => containerSummary({ image })) : [],
    inspectImages: async (asked) =>
      new Map(asked.filter((image) => present.includes(image)).map((image) => [image, details(image)])),
  };
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
