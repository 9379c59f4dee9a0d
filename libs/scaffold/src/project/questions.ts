import { readWorkspaceFrom, type SourceTree } from '@itsup/config';
import { entryNames, OPTION_NAMES, OWN_IMAGE, readEntry, type OptionName } from '../gallery/entry';
import { DATABASES, flawOfAnswer, flawOfName, type SaidOptions } from './options';

/** Something that has to be asked before a project can be written. */
export interface Question {
  text: string;
  /** The answers that there are; absent: any text. */
  choices?: { value: string; label: string; hint?: string }[];
  /** An answer that is shown as an example. */
  example?: string;
  /** What is wrong with an answer, with its cure; null: it can be taken. */
  check(text: string): string | null;
  /** What the answer says; an empty one says that there is nothing. */
  answer(text: string): Partial<Record<OptionName | 'gallery' | 'name', string>>;
}

const TEXTS: Readonly<Record<OptionName, string>> = {
  domain: 'At which name does it answer?',
  image: 'Which image does it run?',
  port: 'On which port does it listen?',
  host: 'Where does it run, by address or name?',
  database: 'Which database does it want?',
  data: 'Which folder of the container has to outlive it? (Enter: none)',
  media: 'Where do the files lie on the host?',
};

const EXAMPLES: Partial<Record<OptionName, string>> = {
  domain: 'blog.example.com',
  image: 'acme/wiki:2',
  port: '3000',
  host: '192.168.1.20',
  data: '/var/lib/app',
};

/**
 * What is left to ask, in order. The first question decides what the others are, so they are to be asked for anew after
 * every answer.
 * @throws UserError when the gallery has no such entry.
 */
export function questionsFor(tree: SourceTree, said: SaidOptions & { gallery?: string }): Question[] {
  if (said.name === undefined)
    return [
      {
        text: 'What is the project called?',
        example: 'blog',
        check: (text) => flawOfName(tree, text),
        answer: (text) => ({ name: text }),
      },
    ];
  if (said.gallery === undefined && said.image === undefined) {
    const gallery = entryNames(tree).filter((name) => name !== OWN_IMAGE);
    return [
      {
        text: 'What does it run?',
        choices: [
          { value: OWN_IMAGE, label: 'an image of your choice' },
          ...gallery.map((name) => {
            const { title, about } = readEntry(tree, name);
            return { value: name, label: title, hint: about };
          }),
        ],
        check: (text) =>
          text === OWN_IMAGE || gallery.includes(text) ? null : `The gallery has no ${text}.`,
        answer: (text) => ({ gallery: text }),
      },
    ];
  }
  const { options } = readEntry(tree, said.gallery ?? OWN_IMAGE);
  return OPTION_NAMES.filter(
    (name) => options[name] && options[name].default === undefined && said[name] === undefined,
  ).map((name) => ({
    text: TEXTS[name],
    ...(name === 'database'
      ? { choices: [...DATABASES, 'none'].map((value) => ({ value, label: value })) }
      : {}),
    ...(EXAMPLES[name] === undefined ? {} : { example: EXAMPLES[name] }),
    check: (text) =>
      flawOfAnswer(name, text, options[name]?.optional === true) ??
      (name === 'domain' ? takenBy(tree, text) : null),
    answer: (text) => ({ [name]: text }),
  }));
}

/** Another project answers at the name already, with the path that a new one would have; null: none does. */
function takenBy(tree: SourceTree, domain: string): string | null {
  const owner = readWorkspaceFrom(tree).projects.find(({ ingress }) =>
    ingress.some(({ domains, pathPrefix }) => pathPrefix === null && domains.includes(domain.toLowerCase())),
  );
  return owner === undefined
    ? null
    : `The project ${owner.name} answers at ${domain} already. Choose another name.`;
}
