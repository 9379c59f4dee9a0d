import { enabledByLabels } from './enabled';

test.each([
  [{}, null],
  [{ 'traefik.http.routers.a.rule': 'Host(`a.org`)' }, null],
  [{ 'traefik.enable': 'true' }, true],
  [{ 'traefik.Enable': '1' }, true],
  [{ 'traefik.enable': 'F' }, false],
  // Traefik cannot read the container's labels, and leaves it out.
  [{ 'traefik.enable': 'yes' }, false],
  [{ 'traefik.enable': '' }, false],
])('labels %j let Traefik read the container: %p', (labels, expected) => {
  expect(enabledByLabels(labels as Record<string, string>)).toBe(expected);
});
