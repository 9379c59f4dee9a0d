import { missingRequired, variableNamesIn, undefinedVariables, variableUsesIn } from './variables';

describe('variableUsesIn', () => {
  it.each([
    ['$A', ['A']],
    ['${A}', ['A']],
    ['${A:-b}', ['A']],
    ['${A:-${B}}', ['A', 'B']],
    ['${A-$B}/${C}', ['A', 'B', 'C']],
    ['$$A $${B} price: 5$', []],
    ['image: web # ${NOT}', []],
    ['url: http://x/#${YES}', ['YES']],
  ])('%s', (text, names) => {
    expect(variableUsesIn(text).map(({ name }) => name)).toEqual(names);
  });
});

describe('missingRequired', () => {
  it('names every one with what its file says, an empty one only where it must not be', () => {
    const uses = variableUsesIn('${A:?set A} ${B?set B} ${C:?} ${D:-x} ${E:?e} ${A:?again}');
    expect(missingRequired(uses, { B: '', C: '', E: 'e' })).toEqual([
      { name: 'A', message: 'set A' },
      { name: 'C', message: '' },
    ]);
  });
});

describe('undefinedVariables', () => {
  it('leaves out what has a value, a default or an error of its own', () => {
    const uses = variableUsesIn('$A ${B} ${C:-c} ${D:?} ${E+e} $A');
    expect(undefinedVariables(uses, { B: '' })).toEqual(['A']);
  });

  it('leaves out what Compose sets itself', () => {
    const uses = variableUsesIn('${COMPOSE_PROJECT_NAME}_default ${COMPOSE_PROJECT_NAME:?no name}');
    expect(undefinedVariables(uses, {})).toEqual([]);
    expect(missingRequired(uses, {})).toEqual([]);
  });
});

describe('variableNamesIn', () => {
  it('finds what is passed on by name alone, too', () => {
    const text = [
      'services:',
      '  web:',
      '    image: acme/web:${TAG}',
      '    environment:',
      '      - STAGE',
      '      - LEVEL=info',
      '      REGION:',
      'secrets:',
      '  key: {environment: KEY}',
    ].join('\n');
    const names = variableNamesIn([text, 'PASSED\nSET=1\nURL=http://$HOST\n']);
    expect(names).toEqual(expect.arrayContaining(['TAG', 'STAGE', 'REGION', 'KEY', 'PASSED', 'HOST']));
    expect(names).not.toEqual(expect.arrayContaining(['LEVEL']));
    expect(names).not.toEqual(expect.arrayContaining(['SET']));
  });

  const spellings: [string, string][] = [
    ['an item in flow style', 'environment: [LEVEL=info, STAGE]'],
    ['an item with a remark', 'environment:\n  - STAGE # from CI\n'],
    ['a key in flow style', 'environment: {STAGE: }'],
    ['the second key in flow style, over two lines', 'args: {A: x,\n  STAGE: }'],
    ['a key with null', 'environment:\n  A: null\n  STAGE: null\n'],
    ['a variable behind a sharp sign in quotes', 'command: "A= #${STAGE}"'],
  ];

  it.each(spellings)('finds %s, whether it is set or not', (_what, text) => {
    expect(variableNamesIn([text], { STAGE: '1' })).toContain('STAGE');
    expect(variableNamesIn([text])).toContain('STAGE');
  });

  it('counts every word that is a name of the caller’s, but for what Compose always gets', () => {
    const text = 'x-a: &a [MOOD, hunter2, PATH, GH_TOKEN]\nservices: {web: {environment: *a}}';
    const env = { MOOD: 'good', OTHER: 'x', PATH: '/bin', GH_TOKEN: 't' };
    expect(variableNamesIn([text], env)).toEqual(['MOOD']);
  });
});
