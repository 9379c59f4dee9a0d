import { compareVersions } from './engine-commands';
import { locateEngine } from './locate-engine';

const HOST = { hostName: 'web1', kernel: '6.1.0' };
const ENGINE = { ...HOST, operatingSystem: 'Debian GNU/Linux 12' };

describe('locateEngine', () => {
  it.each([
    ['unix:///var/run/docker.sock', ENGINE, 'local'],
    ['unix:///run/user/1000/docker.sock', ENGINE, 'local'],
    [
      'unix:///home/me/.docker/desktop/docker.sock',
      { ...ENGINE, operatingSystem: 'Docker Desktop' },
      'virtual-machine',
    ],
    ['unix:///home/me/.colima/docker.sock', { ...ENGINE, kernel: '6.8.0' }, 'virtual-machine'],
    ['npipe:////./pipe/docker_engine', { ...ENGINE, kernel: '5.15-microsoft' }, 'virtual-machine'],
    ['ssh://root@web1', ENGINE, 'remote'],
    ['tcp://10.0.0.5:2376', ENGINE, 'remote'],
    ['tcp://127.0.0.1:2375', ENGINE, 'local'],
    ['tcp://[::1]:2375', ENGINE, 'local'],
    ['tcp://localhost:2375', { ...ENGINE, hostName: 'web2' }, 'remote'],
  ])('%s is %s', (endpoint, engine, location) => {
    expect(locateEngine(endpoint, engine, HOST)).toBe(location);
  });
});

describe('compareVersions', () => {
  it.each([
    ['2.20.3', '2.20.3', 0],
    ['2.26.1-4', '2.20.3', 1],
    ['2.9.0', '2.20.3', -1],
    ['v5.0.0-desktop.1', '2.20.3', 1],
    ['2.20', '2.20.3', -1],
  ])('%s and %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });
});
