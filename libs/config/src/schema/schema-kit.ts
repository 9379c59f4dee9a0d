import { z } from 'zod';

// Every `error` text of a schema completes the sentence "`key` must be …".

export const MAPPING = { error: 'a mapping' };
export const LIST = { error: 'a list' };

const PORT = 'a number from 1 to 65535';

export const port = z.int(PORT).min(1, PORT).max(65_535, PORT);

export const flag = z.boolean('`true` or `false`');

export function choice<const T extends readonly [string, ...string[]]>(values: T) {
  const words = values.map((value) => `\`${value}\``);
  const last = words.pop();
  return z.enum(values, { error: words.length === 0 ? last : `${words.join(', ')} or ${last}` });
}

/** Text of a grammar; `help` may say what a wrong value was probably meant to be. */
export function textMatching(
  phrase: string,
  matches: (value: string) => boolean,
  help?: (value: string) => string | undefined,
) {
  return z.string(phrase).check((context) => {
    if (matches(context.value)) return;
    const text = help?.(context.value);
    context.issues.push({
      code: 'custom',
      message: phrase,
      input: context.value,
      ...(text === undefined ? {} : { params: { help: text } }),
    });
  });
}

/** One value of a schema, or a list of them. */
export const oneOrList = <T extends z.ZodType>(one: T, phrase: string) =>
  z.union([one, z.array(one, LIST)], { error: phrase });

/** One text of a grammar, or a list of them. */
export function oneOrMany(
  matches: (value: string) => boolean,
  one: string,
  many: string,
  help: (value: string) => string | undefined,
) {
  return z
    .union([z.string(), z.array(z.string(many), LIST).min(1, many)], { error: many })
    .check((context) => {
      const isList = Array.isArray(context.value);
      [context.value].flat().forEach((input, index) => {
        if (matches(input)) return;
        const text = help(input);
        context.issues.push({
          ...{ code: 'custom', message: one, input, path: isList ? [index] : [] },
          ...(text === undefined ? {} : { params: { help: text } }),
        });
      });
    });
}

/** Of the keys of a mapping those whose value is a boolean, a number or a mapping of fixed keys, by what they are. */
export function kindsOf({ shape }: z.ZodObject): Map<string, 'boolean' | 'number' | 'mapping'> {
  const kinds = new Map<string, 'boolean' | 'number' | 'mapping'>();
  for (const [key, field] of Object.entries(shape as z.core.$ZodShape)) {
    const kind = kindOf(field);
    if (kind !== null) kinds.set(key, kind);
  }
  return kinds;
}

function kindOf(field: z.core.$ZodType): 'boolean' | 'number' | 'mapping' | null {
  if (field instanceof z.ZodOptional || field instanceof z.ZodDefault || field instanceof z.ZodNullable)
    return kindOf(field.def.innerType);
  if (field instanceof z.ZodBoolean) return 'boolean';
  if (field instanceof z.ZodNumber || field instanceof z.ZodLiteral) return 'number';
  if (field instanceof z.ZodUnion) return field.options.map(kindOf).find((kind) => kind !== null) ?? null;
  return field instanceof z.ZodObject ? 'mapping' : null;
}
