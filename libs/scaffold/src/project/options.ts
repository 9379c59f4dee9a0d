import {
  domainHelp,
  isDomain,
  isHost,
  isImage,
  NAME_GRAMMAR,
  nameFlaw,
  suggest,
  UserError,
  type Problem,
  type SourceTree,
} from '@itsup/config';
import { OPTION_NAMES, OWN_IMAGE, type Entry, type OptionName } from '../gallery/entry';

/** Databases that a project of any image may get. */
export const DATABASES = ['postgres', 'mysql', 'mariadb'] as const;

export type Database = (typeof DATABASES)[number];

/** What the operator says of a new project. */
/** What was said so far. */
export type SaidOptions = { name?: string | undefined } & Partial<Record<OptionName, string | number>>;

export type ProjectOptions = { name: string } & Partial<Record<OptionName, string | number>>;

/** The same, checked; what an entry does not take, or was not told, is null. */
export interface ProjectValues {
  name: string;
  domain: string | null;
  image: string | null;
  port: number | null;
  host: string | null;
  database: Database | null;
  /** A folder of the container that outlives it. */
  data: string | null;
  /** A folder of the host that is shown to the container. */
  media: string | null;
}

/**
 * Checks what was said against the grammar of the place it is going to stand in, and fills in the entry's defaults.
 *
 * @throws UserError with a problem for every value that is wrong, missing or not the entry's to take.
 */
export function checkOptions(options: ProjectOptions, entry: Entry): ProjectValues {
  const problems = checkName(options.name);
  const values: Partial<Record<OptionName, string | number>> = {};
  for (const name of OPTION_NAMES) {
    const given = said(options[name]);
    const takes = entry.options[name];
    if (!takes) {
      if (given !== undefined) problems.push(notTaken(name, entry));
      continue;
    }
    const value = given ?? takes.default;
    if (value !== undefined) {
      values[name] = value;
      problems.push(...CHECKS[name](String(value)).map((flaw) => problem(name, flaw)));
    } else if (!takes.optional) {
      problems.push(problem(name, { message: `--${name} is missing`, help: MEANINGS[name] }));
    }
  }
  if (problems.length > 0) throw new UserError(problems);
  const text = (name: OptionName) => (values[name] === undefined ? null : String(values[name]));
  return {
    name: options.name,
    domain: text('domain')?.toLowerCase() ?? null,
    image: text('image'),
    port: values.port === undefined ? null : Number(values.port),
    host: text('host'),
    database: DATABASES.find((each) => each === values.database) ?? null,
    data: text('data'),
    media: text('media'),
  };
}

/** What is wrong with one value by itself, with its cure; null: nothing. */
export function flawOfAnswer(name: OptionName, value: string, optional: boolean): string | null {
  if (said(value) === undefined) return optional ? null : `${MEANINGS[name].replace(/: --.*$/, '')}.`;
  const [flaw] = CHECKS[name](value);
  if (flaw === undefined) return null;
  return [flaw.message, flaw.help?.replace(/: --.*$/, '')].filter((part) => part !== undefined).join('. ');
}

/** What is wrong with a name for a project of this workspace; null: nothing. */
export function flawOfName(tree: SourceTree, name: string): string | null {
  if (name === '') return 'Say what it is called, as its folder in projects/ and its containers will be.';
  const [flaw] = checkName(name);
  if (flaw !== undefined) return [flaw.message, flaw.help].filter((part) => part !== undefined).join('. ');
  return tree.list(`projects/${name}`).length === 0
    ? null
    : `projects/${name} is there already. Choose another name.`;
}

/** An empty answer and `none` say nothing. */
function said(value: string | number | undefined): string | number | undefined {
  return value === '' || value === 'none' ? undefined : value;
}

interface Flaw {
  message: string;
  help?: string | undefined;
}

const MEANINGS: Readonly<Record<OptionName, string>> = {
  domain: 'Say at which name it answers: --domain=app.example.com',
  image: 'Say which image it runs: --image=acme/wiki:2',
  port: "Say on which port it listens, as the image's documentation has it: --port=2368",
  host: 'Say where it runs: --host=192.168.1.20',
  database: `Say which: --database=${DATABASES.join('|')}`,
  data: 'Say in which folder of the container it keeps its files: --data=/var/lib/app',
  media: 'Say where they lie on the host: --media=/srv/media',
};

const CHECKS: Readonly<Record<OptionName, (value: string) => Flaw[]>> = {
  domain: (value) => {
    if (isDomain(value) && value.startsWith('*.'))
      return [
        {
          message: `a new project answers at one name, not at ${value}`,
          help: 'Give one name, and write the wildcard into ingress.yml afterwards.',
        },
      ];
    const help = domainHelp(value) ?? MEANINGS.domain;
    return isDomain(value) ? [] : [{ message: `\`${value}\` is not a host name`, help }];
  },
  image: (value) =>
    isImage(value) ? [] : [{ message: `\`${value}\` is not the name of an image`, help: MEANINGS.image }],
  port: (value) =>
    /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535
      ? []
      : [{ message: `\`${value}\` is not a port`, help: 'Ports are numbers from 1 to 65535.' }],
  host: (value) =>
    isHost(value)
      ? []
      : [{ message: `\`${value}\` is neither a host name nor an address`, help: MEANINGS.host }],
  database: (value) => {
    if (DATABASES.some((each) => each === value)) return [];
    const meant = suggest(value, DATABASES);
    const help = `${meant === undefined ? '' : `Did you mean ${meant}? `}Known: ${DATABASES.join(', ')}, none.`;
    return [{ message: `there is no database \`${value}\` to choose`, help }];
  },
  data: (value) => checkFolder(value, MEANINGS.data),
  media: (value) => checkFolder(value, MEANINGS.media),
};

function checkFolder(value: string, help: string): Flaw[] {
  const sound = /^\/[\w./-]*\w$/.test(value) && !value.split('/').includes('..');
  return sound ? [] : [{ message: `\`${value}\` is not the path of a folder, from / on`, help }];
}

function checkName(name: string): Problem[] {
  if (name === '')
    return [
      problem('name', { message: 'the project has no name', help: 'Say it first: nx g itsup:project wiki' }),
    ];
  const flaw = nameFlaw(name);
  if (flaw?.code === 'invalid-name') {
    const instead = flaw.instead === null ? '' : `: \`${flaw.instead}\` would do`;
    return [problem('name', { message: flaw.message, help: `${NAME_GRAMMAR}${instead}.` })];
  }
  return flaw === null ? [] : [problem('name', { message: flaw.message, help: 'Choose another name.' })];
}

function notTaken(name: OptionName, entry: Entry): Problem {
  const own = entry.name === OWN_IMAGE;
  return problem(name, {
    message: own ? `--${name} means nothing beside --image` : `${entry.title} takes no --${name}`,
    help: own
      ? 'Leave it out.'
      : `Leave it out, and change the written files afterwards; it takes ${Object.keys(entry.options)
          .map((each) => `--${each}`)
          .join(', ')}.`,
  });
}

function problem(name: string, { message, help }: Flaw): Problem {
  return {
    code: `option-${name}`,
    severity: 'error',
    message,
    ...(help === undefined ? {} : { help }),
  };
}
