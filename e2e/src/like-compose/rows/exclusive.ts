import { BUSYBOX } from '../../harness/engine/images';
import { compose, keyRow, service, type Row } from '../row';

const dockerfile = (text: string): string => `FROM ${BUSYBOX}\nRUN echo ${text} > /page\n`;
const checked = (test: string[], more: Record<string, unknown> = {}): Record<string, unknown> => ({
  healthcheck: { test, interval: '1s', retries: 2, ...more },
});
/** It cannot run twice, and has data that a new version may be changing. */
const withData = (keys: Record<string, unknown>): ReturnType<typeof compose> =>
  compose(
    { web: service({ volumes: ['data:/data'], 'x-itsup': { start: { deadline: 4 } }, ...keys }) },
    { volumes: { data: {} } },
  );

/** What one container alone can have, and what becomes of it when another one is to have it. */
export const EXCLUSIVE: Row[] = [
  keyRow(
    'a container_name that stays',
    { container_name: '__NAME__-one' },
    { container_name: '__NAME__-one', environment: { A: 'b' } },
  ),
  keyRow(
    'devices that stay',
    { devices: ['/dev/null:/dev/xnull'] },
    { devices: ['/dev/null:/dev/xnull'], environment: { A: 'b' } },
  ),
  keyRow(
    'one port at two addresses of a service',
    { ports: ['127.0.0.1:18081:80', '127.0.0.2:18081:80'] },
    { ports: ['127.0.0.1:18081:80', '127.0.0.2:18081:80'], environment: { A: 'b' } },
  ),
  {
    title: 'one port at two addresses of two services',
    first: compose({
      web: service({ ports: ['127.0.0.1:18082:80'] }),
      more: service({ ports: ['127.0.0.2:18082:80'] }),
    }),
    changes: [
      compose({
        web: service({ ports: ['127.0.0.1:18082:80'], environment: { A: 'b' } }),
        more: service({ ports: ['127.0.0.2:18082:80'] }),
      }),
      compose({
        web: service({ ports: ['127.0.0.1:18082:80'], environment: { A: 'c' } }),
        more: service({ ports: ['127.0.0.3:18082:80'], environment: { A: 'c' } }),
      }),
    ],
  },
  {
    title: 'a service with a published port is renamed',
    first: compose({ web: service({ ports: ['127.0.0.1:18083:80'] }) }),
    changes: [compose({ www: service({ ports: ['127.0.0.1:18083:80'] }) })],
    fails: true,
    intended: ['a port that goes to a service of another name'],
  },
  {
    title: 'COMPOSE_REMOVE_ORPHANS in .env',
    // 2.26 reads it from its own environment alone, and then finds the port taken.
    sinceCompose: '5.0.0',
    first: {
      '.env': 'COMPOSE_REMOVE_ORPHANS=true\n',
      ...compose({ web: service({ ports: ['127.0.0.1:18084:80'] }), other: service() }),
    },
    changes: [compose({ www: service({ ports: ['127.0.0.1:18084:80'] }), other: service() })],
  },
  {
    title: 'two Dockerfiles in one folder',
    first: {
      Dockerfile: dockerfile('one'),
      'worker.Dockerfile': dockerfile('worker'),
      '.dockerignore': '*\n',
      ...compose({
        web: { ...service({ build: '.' }), image: undefined },
        worker: {
          ...service({ build: { context: '.', dockerfile: 'worker.Dockerfile' } }),
          image: undefined,
        },
      }),
    },
    changes: [{ Dockerfile: dockerfile('two') }, { 'worker.Dockerfile': dockerfile('other') }],
    intended: ['a build context that changed'],
  },
  keyRow('init that is false', {}, { init: false }),
  {
    title: 'a recreated service that becomes healthy only after long',
    first: withData(checked(['CMD', 'true'])),
    changes: [
      withData({ environment: { A: 'b' }, ...checked(['CMD', 'false'], { start_period: '1h', retries: 1 }) }),
    ],
    failsHere: true,
    intended: ['a new version that is slow'],
  },
  {
    title: 'a recreated service of another image that is unhealthy',
    first: {
      Dockerfile: dockerfile('one'),
      ...withData({ build: '.', image: '__NAME__-img:1', pull_policy: 'build', ...checked(['CMD', 'true']) }),
    },
    changes: [
      {
        Dockerfile: dockerfile('two'),
        ...withData({
          ...{ build: '.', image: '__NAME__-img:1', pull_policy: 'build' },
          ...{ environment: { A: 'b' }, ...checked(['CMD', 'false']) },
        }),
      },
    ],
    failsHere: true,
    intended: ['a recreated service that is unhealthy'],
  },
];
