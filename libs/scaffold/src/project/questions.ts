import type { SourceTree } from '@itsup/config';
import { entryNames, OPTION_NAMES, OWN_IMAGE, readEntry, type OptionName } from '../gallery/entry';
import { DATABASES, type ProjectOptions } from './options';

/** Something that has to be asked before a project can be written. */
export interface Question {
  text: string;
  /** What the answer says; an empty one says that there is nothing. */
  answer(text: string): Partial<Record<OptionName | 'gallery', string>>;
}

const TEXTS: Readonly<Record<OptionName, string>> = {
  domain: 'At which name does it answer, such as blog.example.com?',
  image: 'Which image does it run, such as ghost:5?',
  port: 'On which port does it listen?',
  host: 'Where does it run, by address or name?',
  database: `Which database does it want: ${DATABASES.join(', ')}, or none?`,
  data: 'Which folder of the container has to outlive it? (Enter: none)',
  media: 'Where do the files lie on the host?',
};

/**
 * What is left to ask, in order. The first question decides what the others are, so they are to be asked for anew after
 * every answer.
 * @throws UserError when the gallery has no such entry.
 */
export function questionsFor(
  tree: SourceTree,
  said: Partial<ProjectOptions> & { gallery?: string },
): Question[] {
  if (said.gallery === undefined && said.image === undefined) {
    const gallery = entryNames(tree).filter((name) => name !== OWN_IMAGE);
    return [
      {
        text: `What does it run: an image such as ghost:5, or one of the gallery (${gallery.join(', ')})?`,
        answer: (text) => (gallery.includes(text) ? { gallery: text } : { image: text }),
      },
    ];
  }
  const { options } = readEntry(tree, said.gallery ?? OWN_IMAGE);
  return OPTION_NAMES.filter(
    (name) => options[name] && options[name].default === undefined && said[name] === undefined,
  ).map((name) => ({ text: TEXTS[name], answer: (text) => ({ [name]: text }) }));
}
