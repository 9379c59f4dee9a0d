import { isCredential } from '@itsup/config';

type Environment = Readonly<Record<string, string | undefined>>;

/** What `docker` and Compose need for themselves: to be found, to find the engine and the registries, to speak. */
const NEEDED = new RegExp(
  `^(?:${[
    'PATH|HOME|USER|LOGNAME|SHELL|PWD|LANG|LANGUAGE|LC_\\w+|TZ|TERM|COLORTERM|COLUMNS|LINES|(?:NO|FORCE)_COLOR|CLICOLOR\\w*',
    'TMPDIR|TMP|TEMP|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|SYSTEMROOT|XDG_\\w+|DBUS_SESSION_BUS_ADDRESS',
    '(?:https?|ftp|no|all)_proxy|SSL_CERT_(?:FILE|DIR)|SSH_AUTH_SOCK|GNUPGHOME|GPG_TTY|PASSWORD_STORE_DIR|SOURCE_DATE_EPOCH',
    'DOCKER_(?:HOST|CONTEXT|CONFIG|CERT_PATH|TLS|TLS_VERIFY|API_VERSION|DEFAULT_PLATFORM|BUILDKIT|CLI_\\w+|AUTH_CONFIG)',
    'COMPOSE_\\w+|BUILDKIT_\\w+|BUILDX_\\w+',
  ].join('|')})$`,
  'i',
);

const WORD = /[A-Za-z_]\w*/g;

/** A name that shells cannot set and programs can (`spring.profile`): `environment` and env files pass it on too. */
const UNUSUAL = /\W/;

/**
 * What a Compose process of a project gets of the caller's environment: what Compose needs, and what the project's
 * files name in whatever way. Credentials of the deploy stay out even then: one project with the key of SOPS could read
 * the secrets of all. Its own come from its files, on top of this.
 *
 * @param texts of every file in which a variable of the project can stand; null: there is one that only Compose reads
 *   (on another machine), so that any name may be in it
 */
export function childEnvironment(env: Environment, texts: readonly string[] | null): Record<string, string> {
  const named = new Set<string>();
  for (const text of texts ?? []) for (const [word] of text.matchAll(WORD)) named.add(word);
  const isNamed = (name: string): boolean =>
    texts === null || named.has(name) || (UNUSUAL.test(name) && texts.some((text) => text.includes(name)));
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && (NEEDED.test(entry[0]) || (!isCredential(entry[0]) && isNamed(entry[0]))),
    ),
  );
}

/** Names of the caller's variables that a Compose process gets because the texts have them in whatever way. */
export function namedVariables(env: Environment, texts: readonly string[]): string[] {
  return Object.keys(childEnvironment(env, texts)).filter((name) => !NEEDED.test(name));
}

/** The caller's variables that a project may have when a file of its names them. */
export function withoutCredentials(env: Environment): Record<string, string> {
  return childEnvironment(env, null);
}
