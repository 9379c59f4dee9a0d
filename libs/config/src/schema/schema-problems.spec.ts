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
      '1: `trustedIPs` must be a list, found `"192.168.1.1"` / Write `["192.168.1.1"]`.',
    ]);
  });
});

describe('what a service says to a deploy', () => {
  /** `line: message / help` of each problem of a Compose file with this `x-itsup`, written in one line. */
  function problemsOfOptions(options: string): string[] {
    const text = `services:\n  web:\n    image: nginx\n    x-itsup: ${options}\n`;
    const [source] = parseYaml('projects/app/docker-compose.yml', text).sources;
    if (source === undefined) throw new Error('no YAML');
    const { checkSchema, composeSchema } = schemas();
    const { value, problems } = checkSchema(composeSchema, source, { interpolated: true });
    expect(value === null).toBe(problems.length > 0);
    return problems.map(({ place, message, help }) => `${place?.line}: ${message} / ${help}`);
  }

  it.each([
    '{ rollout: "${ROLL}" }',
    '{ rollout: no }',
    '{ rollout: "${ROLL}", drain: { deadline: $SECONDS, command: [touch, "${FILE}"] } }',
    '{ hold: { deadline: "${HOLD:-5m}" } }',
  ])('may hold variables: %s', (options) => {
    expect(problemsOfOptions(options)).toEqual([]);
  });

  it('is checked in all that is none', () => {
    expect(problemsOfOptions('{ rollout: "${ROLL}", start: { deadline: soon } }')).toEqual([
      expect.stringContaining('4: `deadline` must be a number of seconds'),
    ]);
    expect(problemsOfOptions('{ hold: { deadline: "$$X" } }')).toHaveLength(1);
    expect(problemsOfOptions('{ rolout: "${ROLL}" }')).toEqual([
      expect.stringContaining('did you mean `rollout`?'),
    ]);
  });

  it.each([
    ['touch /tmp/drain', '["touch", "/tmp/drain"]'],
    ["kill -TERM `cat '/run/pid'`", `["sh", "-c", "kill -TERM \`cat '/run/pid'\`"]`],
    ['echo a, b', '["echo", "a,", "b"]'],
  ])('wants the words of a command: %s', (command, list) => {
    expect(problemsOfOptions(`{ drain: { command: ${JSON.stringify(command)} } }`)).toEqual([
      `4: \`command\` must be a list of words, found \`${JSON.stringify(command)}\` / Write \`${list}\`.`,
    ]);
  });
});
