import type { ScalarTag, Tags } from 'yaml';
import { FALSE_TEXT, TRUE_TEXT } from './boolean-text';

const boolean: ScalarTag = {
  identify: (value) => typeof value === 'boolean',
  default: true,
  tag: 'tag:yaml.org,2002:bool',
  test: new RegExp(`${TRUE_TEXT.source}|${FALSE_TEXT.source}`),
  resolve: (text) => TRUE_TEXT.test(text),
};

/** YAML 1.1's booleans in front of the schema's own. */
export const YAML_11_BOOLEAN = (tags: Tags): Tags => [
  boolean,
  ...tags.filter((tag) => typeof tag === 'string' || tag.tag !== boolean.tag),
];
