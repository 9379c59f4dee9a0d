import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSocket } from './find-socket';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'find-socket-'));
  program('docker', '\x7fELF');
});

afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, content: string): void {
  writeFileSync(join(folder, name), content);
  chmodSync(join(folder, name), 0o755);
}

function socketWith(env: Record<string, string>, settings?: string): string | null {
  if (settings !== undefined) {
    mkdirSync(join(folder, '.docker'));
    writeFileSync(join(folder, '.docker/config.json'), settings);
  }
  return findSocket('docker', { PATH: `/nowhere:${folder}`, HOME: folder, ...env });
}

describe('the socket of the engine', () => {
  it.each<[string, Record<string, string>, string | undefined, string | null]>([
    ['is the usual one', {}, undefined, '/var/run/docker.sock'],
    ['with settings that say nothing of it', {}, '{"auths":{}}', '/var/run/docker.sock'],
    [
      'is the one that DOCKER_HOST names',
      { DOCKER_HOST: 'unix:///run/user/1/d.sock' },
      undefined,
      '/run/user/1/d.sock',
    ],
    [
      'with DOCKER_HOST before a context',
      { DOCKER_HOST: 'unix:///d.sock' },
      '{"currentContext":"far"}',
      '/d.sock',
    ],
    [
      'of the default context',
      { DOCKER_CONTEXT: 'default' },
      '{"currentContext":"default"}',
      '/var/run/docker.sock',
    ],
    ['is unknown at another host', { DOCKER_HOST: 'ssh://host' }, undefined, null],
    ['is unknown at an address', { DOCKER_HOST: 'tcp://127.0.0.1:2375' }, undefined, null],
    ['is unknown with a context', { DOCKER_CONTEXT: 'far' }, undefined, null],
    ['is unknown with a context in the settings', {}, '{"currentContext":"far"}', null],
    ['is unknown with a version to speak', { DOCKER_API_VERSION: '1.40' }, undefined, null],
    ['is unknown with TLS', { DOCKER_TLS_VERIFY: '1' }, undefined, null],
    ['is unknown with headers of its own', {}, '{"HttpHeaders":{"X":"y"}}', null],
    ['is unknown with settings that cannot be read', {}, '{', null],
  ])('%s', (_, env, settings, expected) => {
    expect(socketWith(env, settings)).toBe(expected);
  });

  it("is unknown where the command is not Docker's own, or not there", () => {
    program('docker', '#!/bin/sh\nexec podman "$@"\n');
    expect(socketWith({})).toBeNull();
    rmSync(join(folder, 'docker'));
    expect(socketWith({})).toBeNull();
    program('snap', '\x7fELF');
    symlinkSync(join(folder, 'snap'), join(folder, 'docker'));
    expect(socketWith({})).toBeNull();
  });
});
