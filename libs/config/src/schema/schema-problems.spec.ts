import { parseYaml } from '../yaml/parse-yaml';
import { schemas } from './late-schemas';

/** `line: message / help` of each problem of an itsup.yml. */
function problemsOf(text: string): string[] {
  const [source] = parseYaml('projects/itsup.yml', text, { yaml11Booleans: true }).sources;
  if (source === undefined) throw new Error('no YAML');
  const { checkSchema, settingsSchema } = schemas();
  return checkSchema(settingsSchema, source, { secrets: ['admin'] }).problems.map(
    ({ place, message, help }) => `${place?.line ?? 0}: ${message}${help === undefined ? '' : ` / ${help}`}`,
  );
}

describe('a key that is not known', () => {
  it('is told with the one that was meant, or those that there are, in every part of the file', () => {
    const sections = ['traefik', 'letsencrypt', 'dns', 'proxynet'];
    for (const section of sections) {
      const [problem] = problemsOf(`${section}:\n  xyzzy: 1\n`);
      expect(problem).toMatch(/^2: unknown key `xyzzy` \/ Known here: [a-zA-Z]+/);
    }
    expect(problemsOf('traefik:\n  domian: a.example.com\n')).toEqual([
      '2: unknown key `domian` — did you mean `domain`?',
    ]);
    expect(problemsOf('traefik:\n  entryPoints:\n    web-secur: 443\n')).toEqual([
      '3: unknown key `web-secur` — did you mean `web-secure`?',
    ]);
  });
});

describe('one value where a list is to be', () => {
  it('is told with the list to write', () => {
    expect(problemsOf('trustedIPs: 192.168.1.1\n')).toEqual([
      '1: `trustedIPs` must be a list, found `"192.168.1.1"` / Write `[192.168.1.1]`.',
    ]);
  });
});
