import { isMapping } from './is-mapping';
import type { NamedVariable } from '../model';
import type { YamlSource } from './yaml-source';

/**
 * Variables of whoever deploys that no project may have: keys of SOPS, and what a runner has to speak to its own
 * service. They are in the environment of a deploy for its own use, and one project with the key of SOPS could read the
 * secrets of all.
 */
const DEPLOYS_OWN = /^(?:SOPS_|NX_CLOUD_|ACTIONS_(?:RUNTIME|RESULTS|CACHE|ID_TOKEN)_)/;

/** What a workflow tells of itself: no secret, and a good tag for an image. */
const HARMLESS =
  /^GITHUB_(?:SHA|REF|REF_NAME|REF_TYPE|HEAD_REF|BASE_REF|REPOSITORY|REPOSITORY_OWNER|REPOSITORY_ID|RUN_ID|RUN_NUMBER|RUN_ATTEMPT|ACTOR|WORKFLOW|EVENT_NAME|JOB|SERVER_URL|API_URL)$/;

/**
 * Credentials by their names, whoever's they are: an application may have a `GITHUB_CLIENT_ID` of its own, and of a
 * file that uses one nothing tells where the value is to come from. How many tokens a model may use is none.
 */
const CREDENTIAL =
  /(?:^|_)(?<!MAX_|MIN_|NUM_)TOKENS?$|^(?:GH|GITHUB|ACTIONS)_|^AWS_(?!(?:DEFAULT_)?REGION$)|^(?:AZURE|ARM|CLOUDSDK)_|^GOOGLE_(?:APPLICATION_)?CREDENTIALS$|^CI_(?:JOB_JWT|REGISTRY_PASSWORD|DEPLOY_PASSWORD)|^(?:SSH_AUTH_SOCK|DOCKER_AUTH_CONFIG|TRAEFIK_ADMIN)$|^npm_config_.*auth/i;

/** Never a project's, whether the environment holds one or not. */
export function isDeploysOwn(name: string): boolean {
  return DEPLOYS_OWN.test(name);
}

/** Not passed on from the environment of a deploy; a project has its own in its `.env` or in its secrets. */
export function isCredential(name: string): boolean {
  return isDeploysOwn(name) || (CREDENTIAL.test(name) && !HARMLESS.test(name));
}

const VARIABLE = /\$(?:\$|\{?([A-Za-z_]\w*))/g;
const NAME = /^[A-Za-z_]\w*$/;

/** The credentials that one document of a Compose file takes from the environment, and where. */
export function namedCredentials(source: YamlSource): NamedVariable[] {
  const found: NamedVariable[] = [];
  const add = (name: string, path: (string | number)[], what: 'key' | 'value' = 'value'): void => {
    if (isCredential(name)) found.push({ name, place: source.place(path, what) });
  };
  const walk = (value: unknown, path: (string | number)[], depth: number): void => {
    if (depth > MAX_DEPTH) return;
    if (typeof value === 'string') {
      for (const [, name] of value.matchAll(VARIABLE)) if (name !== undefined) add(name, path);
    } else if (Array.isArray(value)) {
      const passesOn = isPassedOn(path);
      for (const [index, item] of (value as unknown[]).entries()) {
        if (passesOn && typeof item === 'string' && NAME.test(item)) add(item, [...path, index]);
        walk(item, [...path, index], depth + 1);
      }
    } else if (isMapping(value)) {
      const passesOn = isPassedOn(path);
      for (const [key, item] of Object.entries(value)) {
        if (passesOn && item === null) add(key, [...path, key], 'key');
        if (isContent([...path, key]) && typeof item === 'string') add(item, [...path, key]);
        walk(item, [...path, key], depth + 1);
      }
    }
  };
  walk(source.data, [], 0);
  return found;
}

const MAX_DEPTH = 100;

/** `environment` and build `args` pass a variable on that stands there by its name alone. */
function isPassedOn(path: readonly (string | number)[]): boolean {
  return path[0] === 'services' && ['environment', 'args'].includes(String(path.at(-1)));
}

/** `secrets: {x: {environment: NAME}}`. */
function isContent(path: readonly (string | number)[]): boolean {
  return path.length === 3 && ['secrets', 'configs'].includes(String(path[0])) && path[2] === 'environment';
}
