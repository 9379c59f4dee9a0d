import { jsonSchemas } from '../schema/json-schemas';
import { routeExamples, type RouteExample } from './route-examples';

/** The part of a JSON Schema that the page shows. */
interface Field {
  description?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Field[];
  items?: Field;
  properties?: Record<string, Field>;
  additionalProperties?: Field | boolean;
  default?: unknown;
  examples?: unknown[];
}

/** `docs/configuration.md`: every field of the operator's files, from the schemas that check them. */
export function configurationPage(): string {
  const schemas = jsonSchemas();
  const ingress = JSON.parse(schemas['ingress.schema.json'] ?? '{}') as Field;
  const compose = JSON.parse(schemas['compose.schema.json'] ?? '{}') as Field;
  const itsup = JSON.parse(schemas['itsup.schema.json'] ?? '{}') as Field;
  return [
    '# Configuration',
    'Generated from the schemas by which editors complete these fields.',
    '## A project: `projects/<name>/ingress.yml`',
    'Beside it stands the Compose file, which works as it does with plain `docker compose up`. `itsup-project.yml` is another name of the same file.',
    table(ingress),
    '### A service: `x-itsup` in the Compose file',
    'How a deploy replaces the containers of one of the `services`. Nothing of it is needed; Compose itself takes no notice of it. A deadline is a number of seconds, or a duration such as `5m`. For editors: `node_modules/itsup/schemas/compose.schema.json`, beside Compose’s own schema.',
    table(serviceOptions(compose)),
    '## An example of each mode',
    ...routeExamples.map(section),
    '## The host: `projects/itsup.yml`',
    'The file may be absent; every field has a default.',
    table(itsup),
    '## Traefik itself: `projects/traefik.yml` and `projects/middlewares.yml`',
    'Traefik’s own static configuration, and its dynamic one. Both are merged over what is generated: maps merge, scalars and lists replace, comments survive. Traefik expands no variables, so `${…}` in them is refused.',
  ]
    .join('\n\n')
    .concat('\n');
}

function serviceOptions({ properties }: Field): Field {
  const services = properties?.['services']?.additionalProperties;
  const service = typeof services === 'object' ? services.anyOf?.[0] : undefined;
  return service?.properties?.['x-itsup'] ?? {};
}

function section({ title, when, ingress, settings }: RouteExample): string {
  const files =
    settings === undefined
      ? [fence(ingress)]
      : [fence(`# projects/itsup.yml\n${settings}`), fence(`# projects/<name>/ingress.yml\n${ingress}`)];
  return [`### ${title}`, when, ...files].join('\n\n');
}

function table(schema: Field): string {
  const rows = fieldsOf(schema, '').map(
    ({ path, field }) =>
      `| \`${path}\` | ${cell(typeOf(field))} | ${cell(defaultOf(field))} | ${cell(descriptionOf(field))} |`,
  );
  return ['| field | type | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** Every field below a schema with its path, `[]` for the entries of a list, in the order of the schema. */
function fieldsOf(schema: Field, prefix: string): { path: string; field: Field }[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const path = `${prefix}${key}`;
    const inner = field.items?.properties ? field.items : field;
    const below = fieldsOf(inner, field.items?.properties ? `${path}[].` : `${path}.`);
    return [{ path, field }, ...below];
  });
}

function typeOf(field: Field): string {
  if (field.anyOf) return [...new Set(field.anyOf.map(typeOf))].join(', ');
  if (field.enum) return field.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (field.const !== undefined) return `\`${String(field.const)}\``;
  if (field.type === 'array') return field.items?.properties ? 'list' : `list of ${plural(field.items)}`;
  if (field.type === 'object') return 'map';
  return [field.type ?? 'any'].flat().join(', ');
}

function plural(items: Field | undefined): string {
  return `${typeOf(items ?? {})}s`;
}

/** Maps are there with their fields' defaults, which stand in their own rows. */
function defaultOf(field: Field): string {
  const value = field.default;
  if (value === undefined || field.type === 'object') return '';
  return `\`${JSON.stringify(value)}\``;
}

function descriptionOf(field: Field): string {
  const description = field.description ?? '';
  const [example] = field.examples ?? [];
  if (example === undefined) return description;
  const shown = typeof example === 'string' ? example : JSON.stringify(example);
  // Inline code that holds backticks itself needs longer ones around it.
  return `${description} Example: ${shown.includes('`') ? `\`\` ${shown} \`\`` : `\`${shown}\``}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function fence(text: string): string {
  return `\`\`\`yaml\n${text}\`\`\``;
}
