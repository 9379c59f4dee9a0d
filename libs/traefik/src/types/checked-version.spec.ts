import { isCheckedVersion } from './checked-version';
import { typeTable } from './table';

const { version } = typeTable;

describe('isCheckedVersion', () => {
  it.each([
    version,
    `v${version}`,
    `traefik:v${version}`,
    `registry.example.com:5000/traefik:v${version}@sha256:${'a'.repeat(64)}`,
  ])('knows %s', (image) => expect(isCheckedVersion(image)).toBe(true));

  it.each([
    '',
    'v3.6.0',
    'traefik',
    'v3.7',
    `sha256:${'a'.repeat(64)}`,
    `v${version}-rc1`,
    'registry.example.com:5000/traefik',
  ])('does not know %s', (image) => expect(isCheckedVersion(image)).toBe(false));
});
