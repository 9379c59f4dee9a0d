import { z } from 'zod';

import { booleanOf } from '../yaml/boolean-text';
import { isMapping } from '../yaml/is-mapping';
import { deadlineMs } from './grammar';
import { flag, MAPPING, textMatching } from './schema-kit';

const DEADLINE = 'a number of seconds, or a duration such as `5m`';
const WORDS = 'a list of words';

const isDeadline = (value: string): boolean => deadlineMs(value) !== null;

const deadline = z.union([z.number(DEADLINE).min(0, DEADLINE), textMatching(DEADLINE, isDeadline)], {
  error: DEADLINE,
});

/** `x-itsup` of a service in a Compose file: how a deploy replaces its containers. */
export const serviceOptionsSchema = z.strictObject(
  {
    rollout: flag.optional().meta({
      description:
        'Whether two of its containers may run side by side, so that it is replaced while it serves. By default what its definition says: a writable volume, a published port and the like keep it from that.',
    }),
    start: z
      .strictObject(
        {
          deadline: deadline.optional().meta({
            description:
              'How long it may take from its start until it is ready. By default 60 s, or what its health check allows (`start_period`, and `retries` with their `interval` and `timeout`). Past it a rollout goes back to the old version; a container that was recreated, runs and is merely slow is left running. Either way the deploy ends with 1.',
            examples: ['5m'],
          }),
        },
        MAPPING,
      )
      .optional()
      .meta({ description: 'Its start.' }),
    hold: z
      .strictObject(
        {
          deadline: deadline.optional().meta({
            description:
              'How long a request waits at most while the service is recreated, before it is answered with 503 and a page. 60 s by default; 0: nobody waits.',
            examples: [120],
          }),
        },
        MAPPING,
      )
      .optional()
      .meta({ description: 'Requests that come while it is recreated.' }),
    drain: z
      .strictObject(
        {
          deadline: deadline.optional().meta({
            description: 'How long what is under way at an old container may take. 30 s by default.',
            examples: [120],
          }),
          command: z
            .array(z.string(WORDS), { error: WORDS })
            .min(1, WORDS)
            .optional()
            .meta({
              description:
                'Run in every old container before its end, so that it finishes what it has. By default `touch /tmp/drain`, where its health check looks at that file.',
              examples: [['touch', '/tmp/drain']],
            }),
        },
        MAPPING,
      )
      .optional()
      .meta({ description: 'The end of an old container.' }),
  },
  MAPPING,
);

/** The same as Compose reads it, which takes a variable's value for text in what it does not know, and `no`, too. */
export const writtenOptionsSchema = z.preprocess(
  (value) =>
    isMapping(value) && Object.hasOwn(value, 'rollout')
      ? { ...value, rollout: booleanOf(value['rollout']) }
      : value,
  serviceOptionsSchema,
);

/** A Compose file as far as these options go: for editors, beside Compose's own schema. */
export const composeOptionsSchema = z
  .looseObject({
    services: z
      .record(
        z.string(),
        z
          .looseObject({
            'x-itsup': serviceOptionsSchema
              .optional()
              .meta({ description: 'How a deploy replaces the containers of this service.' }),
          })
          .nullable(),
      )
      .optional()
      .meta({ description: 'The services, as Compose has them.' }),
  })
  .meta({ description: 'What a Compose file may say to a deploy.' });
