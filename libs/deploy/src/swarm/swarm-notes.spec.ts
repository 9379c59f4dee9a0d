import type { ComposeService } from '@itsup/docker';

import { swarmNotes } from './swarm-notes';

const PLACE = { file: 'docker-compose.yml', line: 7, column: 3 };

function notes(web: ComposeService): string[] {
  const asked: string[] = [];
  const placeOf = (path: readonly string[]): typeof PLACE => {
    asked.push(path.join('.'));
    return PLACE;
  };
  const found = swarmNotes('app', { name: 'app', services: { web: { restart: 'always', ...web } } }, placeOf);
  return found.map(({ message, severity, place }, index) => {
    expect({ severity, place }).toEqual({ severity: 'note', place: PLACE });
    return `${asked[index] ?? ''}: ${message.replace('service web: ', '')}`;
  });
}

test('nothing is said of a service that is the same on both', () => {
  expect(notes({ image: 'web', networks: { default: null }, 'x-itsup': { rollout: true } })).toEqual([]);
});

test.each<[string, ComposeService]>([
  ['services.web: it does not come back', { restart: undefined }],
  ['services.web.restart: it does not come back', { restart: 'no' }],
  ['services.web.container_name: no container is called shop', { container_name: 'shop' }],
  ['services.web.networks.a.priority: `priority` of network a', { networks: { a: { priority: 1 } } }],
  [
    'services.web.x-itsup.drain.command: `drain.command` is not run',
    { 'x-itsup': { drain: { command: ['x'] } } },
  ],
  [
    'services.web.x-itsup.drain.deadline: `drain.deadline` counts behind a bridge alone',
    { 'x-itsup': { drain: { deadline: 30 } } },
  ],
  ['services.web.x-itsup.hold: no request waits', { 'x-itsup': { hold: { deadline: 5 } } }],
])('%s', (said, service) => {
  expect(notes(service)).toEqual([expect.stringContaining(said)]);
});

test('nobody waits where nobody is asked to', () => {
  expect(notes({ 'x-itsup': { hold: { deadline: 0 } } })).toEqual([]);
});
