import { digestsOf, formatImageLock, isPinned, parseImageLock, pinnedReference } from './image-lock';

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;

it('is written sorted, and read as it was written', () => {
  const lock = new Map([
    ['nginx:1', B],
    ['registry.example.com:5000/team/app:2', A],
    ['busybox', A],
  ]);
  const text = formatImageLock(lock);
  expect(text).toBe(
    [
      '# Which content each image tag stands for here. Written by: itsup images lock, itsup images update. Commit it.',
      `busybox: ${A}`,
      `nginx:1: ${B}`,
      `registry.example.com:5000/team/app:2: ${A}`,
      '',
    ].join('\n'),
  );
  expect(parseImageLock(text)).toEqual(lock);
  expect(parseImageLock('')).toEqual(new Map());
});

it.each([
  ['nginx:1: latest\n', 1, /"nginx:1" needs a digest/],
  [`nginx:1: ${A}\nbusybox: sha256:12\n`, 2, /"busybox" needs a digest/],
  ['- nginx\n', 1, /must hold lines/],
  [`nginx: {${A}: [}\n`, 1, /no YAML/],
])('names the line of what it cannot read: %j', (text, line, message) => {
  expect(() => parseImageLock(text)).toThrow(message);
  try {
    parseImageLock(text);
  } catch (error) {
    expect(error).toMatchObject({ problems: [{ place: { file: 'projects/images.lock.yml', line } }] });
  }
});

it.each([
  ['traefik:v3.7.9', `traefik@${A}`],
  ['traefik', `traefik@${A}`],
  ['127.0.0.1:5000/a/b:1', `127.0.0.1:5000/a/b@${A}`],
  ['127.0.0.1:5000/a/b', `127.0.0.1:5000/a/b@${A}`],
])('%s is held as %s', (image, pinned) => {
  expect(pinnedReference(image, A)).toBe(pinned);
  expect(isPinned(image)).toBe(false);
  expect(isPinned(pinned)).toBe(true);
});

it.each([
  ['busybox:stable', [`busybox@${A}`], [A]],
  ['docker.io/library/busybox:stable', [`busybox@${A}`], [A]],
  ['index.docker.io/team/app', [`team/app@${A}`, `mirror.example.com/team/app@${B}`], [A]],
  ['busybox', [], []],
  ['busybox', [`other@${A}`], []],
])('%s with %j is known as %j', (image, repoDigests, digests) => {
  expect(digestsOf(image, repoDigests)).toEqual(digests);
});
