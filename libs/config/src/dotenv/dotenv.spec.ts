import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDotenv } from './dotenv';

const SOUND = [
  'A=1\nB = spaced  \n C=indented\n\n# a remark\n  # another\nD=x # remark\nE=pa#ss\nF=\nG=" # kept "',
  'A: yaml style\nB:x:y\nexport C=exported\nexport\tD=tab',
  "A='single $B \\n'\nB=\"double \\n \\t \\\" \\\\ \\$C $A\"\nC=$A-${B:-none}-${NONE:-default}-${NONE}\nD='it\\'s'",
  'A="two\nlines"\nB=\'two\nlines\'\nC=after',
  'A=1\nB=${A:+yes}${NONE:+no}\nC=$$A\nD=${A}${A}\nE=a=b=c',
  'dotted.name=1\nwith-dash=2\nUMLAUT=ü\nÜ=3',
  'A=1\r\nB="2"\r\nC=\'3\'\r\n',
  'A=first\nA=second\nB=$A',
  'A="\\0101 \\a"\nB=\\n stays\nC="un\\known"',
  'A="x" B=y\nC=z',
  'FROM_ENV\nA=$FROM_ENV',
  'A=no end of line',
];
const MALFORMED: [string, number][] = [
  ['A=1\nB="open\nC=3\n', 2],
  ['A=1\nB C=2\n', 2],
  ['A=1\n\nB!=2\n', 3],
];

/** No engine is needed for `docker compose config`. */
const hasCompose = spawnSync('docker', ['compose', 'version', '--short']).status === 0;
const { skip } = describe;
const title = 'parseDotenv reads what Compose reads';

(hasCompose ? describe : skip)(hasCompose ? title : `${title} (left out: no \`docker compose\` here)`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'itsup-dotenv-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const env = { PATH: process.env['PATH'], HOME: folder, FROM_ENV: 'outside' };

  /** What Compose makes of files of variables, each of a service of its own. */
  function byCompose(texts: readonly string[]): Record<string, string>[] {
    const services = texts.map((text, index) => {
      writeFileSync(join(folder, `${index}.env`), text);
      return [`s${index}`, { image: 'busybox', env_file: `${index}.env` }] as const;
    });
    writeFileSync(join(folder, 'compose.yml'), JSON.stringify({ services: Object.fromEntries(services) }));
    const printed = execFileSync('docker', ['compose', 'config', '--format', 'json'], {
      cwd: folder,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const model = JSON.parse(printed) as {
      services: Record<string, { environment?: Record<string, string> }>;
    };
    return services.map(([name]) =>
      Object.fromEntries(
        // It prints a dollar sign doubled, to be read again.
        Object.entries(model.services[name]?.environment ?? {}).map(([key, value]) => [
          key,
          value.replaceAll('$$', '$'),
        ]),
      ),
    );
  }

  it('value by value', () => {
    const ours = SOUND.map((text) =>
      parseDotenv(text, (name) => (name === 'FROM_ENV' ? 'outside' : undefined)),
    );
    expect(ours.map(({ fault }) => fault)).toEqual(SOUND.map(() => null));
    expect(ours.map(({ variables }) => variables)).toEqual(byCompose(SOUND));
  });

  it.each(MALFORMED)('and gives up where it does: %j', (text, line) => {
    expect(() => byCompose([text])).toThrow();
    expect(parseDotenv(text).fault?.line).toBe(line);
  });
});
