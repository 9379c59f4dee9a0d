import { faultIn } from './file-fault';

const at = (second: number): string => `2026-11-29T20:00:0${second}.000000000Z`;
const since = Date.parse('2026-11-29T20:00:05Z');
const refusal = (reason: string): string =>
  `2026-11-29T20:00:06Z ERR Error occurred during watcher callback error="collecting file configs: /etc/traefik/dynamic/mine.yml: ${reason}" providerName=file`;

describe('faultIn', () => {
  it('finds the file and the reason in what was logged since', () => {
    const log = [
      `${at(1)} INF started`,
      `${at(6)} ${refusal('strconv.ParseInt: parsing \\"abc\\": invalid syntax')}`,
    ];
    expect(faultIn(log.join('\n'), since)).toBe(
      '/etc/traefik/dynamic/mine.yml: strconv.ParseInt: parsing "abc": invalid syntax',
    );
  });

  it('takes no file for unreadable that went before Traefik came to it', () => {
    const gone =
      'error reading configuration file: /etc/traefik/dynamic/rollout-a-web.yml - open /etc/traefik/dynamic/rollout-a-web.yml: no such file or directory';
    expect(faultIn(`${at(6)} ${refusal(gone)}`, since)).toBeNull();
    expect(faultIn(`${at(6)} ${refusal('x')}\n${at(7)} ${refusal(gone)}`, since)).toContain('mine.yml: x');
  });

  it('lets what was said before rest, and other errors too', () => {
    expect(faultIn(`${at(2)} ${refusal('x')}`, since)).toBeNull();
    expect(faultIn(`${at(7)} 2026 ERR something else`, since)).toBeNull();
    expect(faultIn('', since)).toBeNull();
  });
});
