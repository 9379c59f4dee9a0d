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
