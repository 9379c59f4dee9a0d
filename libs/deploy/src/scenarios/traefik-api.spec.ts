import { parse } from 'yaml';

import { apiRoute } from '../publish/api-route';
import { createTraefikApi, TraefikApiRefusal, type HttpGet } from '@itsup/traefik';
import { apiSecretOf } from '../state/identity';

const ADDRESS = 'http://127.0.0.1:26482';

function answering(status: number): { get: HttpGet; asked: { url: string; headers: unknown }[] } {
  const asked: { url: string; headers: unknown }[] = [];
  return {
    asked,
    get: async (url, { headers }) => {
      asked.push({ url, headers });
      return { status, body: '{}' };
    },
  };
}

describe("Traefik's API", () => {
  it('is asked with the secret where there is one', async () => {
    const { get, asked } = answering(200);
    await createTraefikApi(ADDRESS, get, 'hidden').rawData();
    await createTraefikApi(ADDRESS, get).rawData();
    expect(asked).toEqual([
      {
        url: `${ADDRESS}/api/rawdata`,
        headers: { authorization: `Basic ${Buffer.from('itsup:hidden').toString('base64')}` },
      },
      { url: `${ADDRESS}/api/rawdata`, headers: undefined },
    ]);
  });

  it('that does not take it is told apart from one that does not answer, without the secret in the message', async () => {
    const refused = createTraefikApi(ADDRESS, answering(401).get, 'hidden').rawData();
    await expect(refused).rejects.toThrow(TraefikApiRefusal);
    await expect(refused).rejects.toThrow(/nx restart proxy/);
    await expect(refused).rejects.not.toThrow(/hidden/);
    const other = createTraefikApi(ADDRESS, answering(500).get, 'hidden').rawData();
    await expect(other).rejects.not.toThrow(TraefikApiRefusal);
  });
});

describe('the route of the API', () => {
  it('is on the internal entry point, above all others, and holds a digest of the secret', () => {
    const { path, text } = apiRoute('hidden');
    expect(path).toBe('traefik/dynamic/api.yml');
    expect(text).not.toContain('hidden');
    const { http } = parse(text, { intAsBigInt: true }) as {
      http: { routers: Record<string, unknown>; middlewares: Record<string, unknown> };
    };
    expect(http.routers['itsup-api']).toMatchObject({
      entryPoints: ['traefik'],
      priority: '9223372036854774807',
      service: 'api@internal',
      middlewares: ['itsup-api'],
    });
    // printf %s hidden | openssl sha1 -binary | base64
    expect(http.middlewares['itsup-api']).toHaveProperty('basicAuth.users', [
      'itsup:{SHA}mdcsf8Pi4UWHC+qzfAtw40PqnDs=',
    ]);
  });

  it('lets nobody in while there is no secret', () => {
    expect(parse(apiRoute(null).text)).toHaveProperty('http.middlewares.itsup-api.basicAuth.users', []);
  });
});

test('the secret is made of the state folder’s key, and is not the key', () => {
  const one = apiSecretOf({ digestKey: 'a'.repeat(64) });
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect(one).not.toBe('a'.repeat(64));
  expect(apiSecretOf({ digestKey: 'a'.repeat(64) })).toBe(one);
  expect(apiSecretOf({ digestKey: 'b'.repeat(64) })).not.toBe(one);
});
