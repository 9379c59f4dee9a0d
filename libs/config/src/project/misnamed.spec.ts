import { misnamedIn, misnamedOfHost } from './misnamed';

test.each([
  ['ingress.yaml', 'ingress.yml'],
  ['Ingress.yml', 'ingress.yml'],
  ['ingres.yml', 'ingress.yml'],
  ['itsup_project.yml', 'itsup-project.yml'],
  ['docker-compose.overide.yml', 'docker-compose.override.yml'],
  ['compose_override.yaml', 'compose.override.yaml'],
])('%s is meant to be %s', (file, meant) => {
  expect(misnamedIn([file, 'docker-compose.yml'], true)).toEqual([{ file, meant }]);
});

test.each([
  'ingress.yml',
  'itsup-project.yml',
  'docker-compose.override.yml',
  'compose.override.yaml',
  'docker-compose.prod.yml',
  'compose.dev.yaml',
  'ingress.old.yml',
  'nginx.yml',
  'ingress.md',
])('%s is no slip', (file) => {
  expect(misnamedIn([file, 'docker-compose.yml'], true)).toEqual([]);
});

test('a Compose file is looked for where there is none', () => {
  expect(misnamedIn(['Docker-Compose.yml'], false)).toEqual([
    { file: 'Docker-Compose.yml', meant: 'docker-compose.yml' },
  ]);
  expect(misnamedIn(['Docker-Compose.yml'], true)).toEqual([]);
});

test('files of the host', () => {
  const names = ['itsup.yaml', 'middleware.yml', 'traefik.yml', 'images.lock.yml', 'stray.yml', 'blog'];
  expect(misnamedOfHost(names)).toEqual([
    { file: 'itsup.yaml', meant: 'itsup.yml' },
    { file: 'middleware.yml', meant: 'middlewares.yml' },
  ]);
});
