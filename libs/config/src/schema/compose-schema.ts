import { z } from 'zod';
import { LIST, MAPPING } from './schema-kit';
import { writtenOptionsSchema } from './service-options-schema';

// What we touch of a Compose file, and no more: the rest is Compose's own to check. Lenient where Compose is.

const TEXT = 'text';
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], { error: TEXT });
const text = z.string(TEXT);
const textOrNumber = z.union([z.string(), z.number()], { error: 'text or a number' });
const LIST_OR_MAPPING = { error: 'a list or a mapping' };
const TEXT_OR_LIST = { error: 'text or a list' };

const longPort = z.object(
  {
    published: textOrNumber.nullish(),
    target: textOrNumber.nullish(),
    host_ip: text.nullish(),
    protocol: text.nullish(),
  },
  MAPPING,
);
const longVolume = z.object(
  { type: text.nullish(), source: text.nullish(), target: text.nullish() },
  MAPPING,
);
const longEnvFile = z.object({ path: text, required: z.union([z.boolean(), z.string()]).nullish() }, MAPPING);

/** One service, before `extends` and override files are followed. */
export const composeServiceSchema = z.object(
  {
    image: text.nullish(),
    build: z
      .union([z.string(), z.record(z.string(), z.unknown())], { error: 'a path or a mapping' })
      .nullish(),
    provider: z.record(z.string(), z.unknown(), MAPPING).nullish(),
    container_name: text.nullish(),
    network_mode: text.nullish(),
    networks: z.union([z.array(text), z.record(z.string(), z.unknown())], LIST_OR_MAPPING).nullish(),
    labels: z.union([z.array(scalar), z.record(z.string(), scalar)], LIST_OR_MAPPING).nullish(),
    dns: z.union([z.string(), z.array(text)], TEXT_OR_LIST).nullish(),
    healthcheck: z
      .object(
        {
          test: z.union([z.string(), z.array(text)], TEXT_OR_LIST).nullish(),
          disable: z.union([z.boolean(), z.string()], { error: '`true` or `false`' }).nullish(),
        },
        MAPPING,
      )
      .nullish(),
    profiles: z.array(text, LIST).nullish(),
    ports: z
      .array(
        z.union([z.string(), z.number(), longPort], { error: 'a port such as `8080:80`, or a mapping' }),
        LIST,
      )
      .nullish(),
    volumes: z
      .array(
        z.union([z.string(), longVolume], { error: 'a volume such as `./data:/data`, or a mapping' }),
        LIST,
      )
      .nullish(),
    env_file: z
      .union([z.string(), z.array(z.union([z.string(), longEnvFile]))], {
        error: 'a path or a list of paths',
      })
      .nullish(),
    extends: z
      .union([z.string(), z.object({ file: text.nullish(), service: text }, MAPPING)], {
        error: 'the name of a service, or a mapping with `service` and `file`',
      })
      .nullish(),
    'x-itsup': writtenOptionsSchema.nullish(),
  },
  MAPPING,
);

const include = z.union(
  [
    z.string(),
    z.object(
      {
        path: z.union([z.string(), z.array(text)], TEXT_OR_LIST),
        project_directory: text.nullish(),
      },
      MAPPING,
    ),
  ],
  { error: 'a path, or a mapping with `path`' },
);

/** One document of a Compose file. */
export const composeSchema = z.object(
  {
    name: textOrNumber.nullish(),
    include: z.array(include, LIST).nullish(),
    services: z.record(z.string(), composeServiceSchema.nullable(), MAPPING).nullish(),
    networks: z.record(z.string(), z.unknown(), MAPPING).nullish(),
    volumes: z.record(z.string(), z.unknown(), MAPPING).nullish(),
  },
  MAPPING,
);

export type ComposeFile = z.output<typeof composeSchema>;
export type ComposeService = z.output<typeof composeServiceSchema>;
