import type { ScalarTag, Tags } from 'yaml';

const TRUE = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;

const boolean: ScalarTag = {
  identify: (value) => typeof value === 'boolean',
  default: true,
  tag: 'tag:yaml.org,2002:bool',
  test: new RegExp(`${TRUE.source}|${FALSE.source}`),
  resolve: (text) => TRUE.test(text),
};

/** YAML 1.1's booleans in front of the schema's own. */
export const YAML_11_BOOLEAN = (tags: Tags): Tags => [
  boolean,
  ...tags.filter((tag) => typeof tag === 'string' || tag.tag !== boolean.tag),
];
