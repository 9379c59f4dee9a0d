import { z } from 'zod';
import { domainHelp, isHost, isPathPrefix, PROJECT_NAME } from './grammar';
import { ingressRowSchema } from './ingress-row-schema';
import { choice, flag, LIST, MAPPING, textMatching } from './schema-kit';

const projects = z.array(
  textMatching('the name of a project', (value) => PROJECT_NAME.test(value)),
  LIST,
);

/** `ingress.yml`, also called `itsup-project.yml`. */
export const ingressSchema = z
  .strictObject(
    {
      enabled: flag
        .default(true)
        .meta({ description: 'false: the containers are taken down and the routes go away; data stays.' }),
      host: textMatching('a host name or an address such as `192.168.1.10`', isHost, hostHelp)
        .optional()
        .meta({
          description:
            'Where the service runs, when it is no container of this host. Excludes a Compose file.',
          examples: ['192.168.1.10'],
        }),
      paths: choice(['source', 'upstream']).optional().meta({
        description:
          "Where relative paths of the Compose file resolve: in the project's folder, or in `upstream/<name>` as itsUP did. Default: `paths` of itsup.yml.",
      }),
      ingress: z
        .array(ingressRowSchema, LIST)
        .default([])
        .meta({ description: 'The routes into the project, one row each.' }),
      egress: z
        .array(
          // An empty entry asks for nothing; it gets a word of its own.
          textMatching('`project:service`', (value) =>
            /^(?:[a-z0-9][a-z0-9_-]*:[a-zA-Z0-9._-]+)?$/.test(value),
          ),
          LIST,
        )
        .default([])
        .meta({
          description: 'Services of other projects that this one may reach; each gets a network of its own.',
          examples: [['db:postgres']],
        }),
      exports: z
        .object(
          {
            paths: z
              .record(textMatching('a path that starts with `/`', isPathPrefix), projects, MAPPING)
              .default({})
              .meta({
                description: "Projects that may serve a path below this one's domains, by path.",
                examples: [{ '/api': ['shop'] }],
              }),
          },
          MAPPING,
        )
        .catchall(projects)
        .optional()
        .meta({
          description:
            'Who else may use what of this project: by service, the projects whose `egress` may lead to it, and `paths`. What is not named here is for nobody; without `exports` everybody may, and the plan says who does, unless itsup.yml says `isolation: strict`.',
          examples: [{ redis: ['shop'], paths: { '/api': ['shop'] } }],
        }),
    },
    MAPPING,
  )
  .meta({
    title: 'ingress.yml',
    description: 'How a project is reached from outside, and what it may reach itself.',
  });

function hostHelp(value: string): string | undefined {
  return domainHelp(value)?.replace(/, and the path as .*$/, '.');
}

/** The file as parsed, defaults applied. */
export type IngressFile = z.output<typeof ingressSchema>;
