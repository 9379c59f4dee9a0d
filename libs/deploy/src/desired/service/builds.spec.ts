import type { ComposeBuild, ComposeModel } from '@itsup/docker';

import type { ContextStamp } from '../../state/stamps';
import { Digester } from '../digest';
import { contextKey } from '../files/stack-files';
import { buildsOf, buildWaves, type Build } from './builds';

const digester = new Digester('key');

function model(builds: Record<string, ComposeBuild>): ComposeModel {
  const services = Object.entries(builds).map(([name, build]) => [name, { image: `acme/${name}`, build }]);
  return { name: 'shop', services: Object.fromEntries(services) as ComposeModel['services'] };
}

/** @param contents by service, or by service and context: what is in the folder */
function builds(
  builds: Record<string, ComposeBuild>,
  contents: Record<string, string> = {},
): Promise<Map<string, Build>> {
  const contexts = Object.entries(contents).map(([key, digest]): [string, ContextStamp] => [
    key,
    { context: '/', dockerfile: '/Dockerfile', stamp: '', digest, takenAt: 0 },
  ]);
  return buildsOf(model(builds), {
    contexts: Object.fromEntries(contexts),
    imageOf: (name) => `acme/${name}`,
    lockedOf: () => [],
    contentOf: (build) => build,
    digester,
  });
}

const inline = (text: string, more: ComposeBuild = {}): ComposeBuild => ({
  dockerfile_inline: text,
  ...more,
});

describe('buildsOf', () => {
  it('gives a build of its own the digest that earlier records have', async () => {
    const build = inline('FROM node:20');
    expect((await builds({ web: build }, { web: '1' })).get('web')).toEqual({
      digest: digester.of([build, '1']),
      bases: [],
    });
  });

  it('counts the content of additional contexts, and knows what an earlier version made of it', async () => {
    const build = inline('FROM node:20\nCOPY --from=shared / /', {
      additional_contexts: { shared: '/shared' },
    });
    const key = contextKey('web', 'shared');
    const [one, two] = [
      await builds({ web: build }, { web: '1', [key]: 'a' }),
      await builds({ web: build }, { web: '1', [key]: 'b' }),
    ].map((all) => all.get('web'));
    expect(one?.digest).not.toBe(two?.digest);
    expect(one?.earlierDigest).toBe(digester.of([build, '1']));
  });

  it.each<[string, ComposeBuild]>([
    ['service: in a context', inline('FROM base', { additional_contexts: { base: 'service:base' } })],
    ['an image in a context', inline('FROM b', { additional_contexts: { b: 'docker-image://acme/base' } })],
    ['FROM', inline('FROM --platform=linux/amd64 acme/base:latest AS build')],
    ['COPY --from', inline('FROM scratch\nCOPY --from=acme/base /a /a')],
    ['an argument', inline('ARG BASE\nFROM $BASE', { args: { BASE: 'docker.io/acme/base' } })],
  ])('follows another service by %s', async (_what, web) => {
    const before = await builds({ web, base: inline('FROM busybox') }, { base: '1' });
    const after = await builds({ web, base: inline('FROM busybox') }, { base: '2' });
    expect(before.get('web')?.bases).toEqual(['base']);
    expect(after.get('web')?.digest).not.toBe(before.get('web')?.digest);
    expect(after.get('web')?.earlierDigest).toBe(before.get('web')?.earlierDigest);
  });

  it('follows through several, and ends where they start from each other', async () => {
    const chain = {
      web: inline('FROM acme/middle'),
      middle: inline('FROM acme/base'),
      base: inline('FROM busybox\nCOPY --from=acme/web / /old'),
    };
    const [before, after] = [await builds(chain, { base: '1' }), await builds(chain, { base: '2' })];
    expect(after.get('web')?.digest).not.toBe(before.get('web')?.digest);
  });

  it('follows nobody whose image it does not name', async () => {
    const two = { web: inline('FROM node:20'), base: inline('FROM busybox') };
    expect((await builds(two, { base: '1' })).get('web')).toEqual(
      (await builds(two, { base: '2' })).get('web'),
    );
  });
});

describe('buildWaves', () => {
  const bases: Record<string, string[]> = {
    web: ['middle'],
    middle: ['base'],
    loop: ['pool'],
    pool: ['loop'],
  };
  const waves = (asked: string[], idle: string[] = []): string[][] =>
    buildWaves(
      asked,
      (name) => bases[name] ?? [],
      (name) => idle.includes(name),
    );

  it('builds what others start from before them', () => {
    expect(waves(['web', 'other', 'base', 'middle'])).toEqual([['other', 'base'], ['middle'], ['web']]);
  });

  it('builds what is unchanged only where nobody else would', () => {
    expect(waves(['web', 'middle'])).toEqual([['middle'], ['web']]);
    expect(waves(['web'], ['middle', 'base'])).toEqual([['base'], ['middle'], ['web']]);
  });

  it('builds those that start from each other at once', () => {
    expect(waves(['loop', 'pool'])).toEqual([['loop', 'pool']]);
  });
});
