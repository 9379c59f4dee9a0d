import { isCredential } from '@itsup/config';

type Environment = Readonly<Record<string, string | undefined>>;

/** What `docker` and Compose need for themselves: to be found, to find the engine and the registries, to speak. */
const NEEDED = new RegExp(
  `^(?:${[
    'PATH|HOME|USER|LOGNAME|SHELL|PWD|LANG|LANGUAGE|LC_\\w+|TZ|TERM|COLORTERM|COLUMNS|LINES|(?:NO|FORCE)_COLOR|CLICOLOR\\w*',
    'TMPDIR|TMP|TEMP|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|SYSTEMROOT|XDG_\\w+|DBUS_SESSION_BUS_ADDRESS',
    '(?:https?|ftp|no|all)_proxy|SSL_CERT_(?:FILE|DIR)|SSH_AUTH_SOCK|GNUPGHOME|PASSWORD_STORE_DIR',
    'DOCKER_(?:HOST|CONTEXT|CONFIG|CERT_PATH|TLS|TLS_VERIFY|API_VERSION|DEFAULT_PLATFORM|BUILDKIT|CLI_\\w+|AUTH_CONFIG)',
    'COMPOSE_\\w+|BUILDKIT_\\w+|BUILDX_\\w+',
  ].join('|')})$`,
  'i',
);

const WORD = /[A-Za-z_]\w*/g;

/**
 * What a Compose process of a project gets of the caller's environment: what Compose needs, and what the project's files
 * name in whatever way. Credentials of the deploy stay out even then: one project with the key of SOPS could read the
 * secrets of all. Its own come from its files, on top of this.
 *
 * @param texts of every file in which a variable of the project can stand
 */
export function childEnvironment(env: Environment, texts: Iterable<string>): Record<string, string> {
  const named = new Set<string>();
  for (const text of texts) for (const [word] of text.matchAll(WORD)) named.add(word);
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && (NEEDED.test(entry[0]) || (named.has(entry[0]) && !isCredential(entry[0]))),
    ),
  );
}
