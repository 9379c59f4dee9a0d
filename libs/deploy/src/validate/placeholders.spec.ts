import { variablesIn } from '@itsup/config';
import { blamesPlaceholder, placeholderEnvironment } from './placeholders';

describe('placeholderEnvironment', () => {
  it('gives every required variable a value that fits where it stands', () => {
    const env = placeholderEnvironment(
      variablesIn('ports: ["${PORT:?}:80"]\nvolumes: ["${DATA}/db:/db"]\ninterval: ${PAUSE}'),
    );
    expect(Number(env.PORT)).toBeLessThan(65_536);
    expect(env.DATA).toMatch(/^\//);
    expect(env.PAUSE).toMatch(/^\d+s$/);
  });

  it('empties an optional variable, so that no .env file decides it', () => {
    expect(placeholderEnvironment(variablesIn('image: ${IMAGE:-busybox}'))).toEqual({ IMAGE: '' });
  });
});

describe('blamesPlaceholder', () => {
  it('knows a message about a stand-in from one about the file', () => {
    const { PORT } = placeholderEnvironment(variablesIn('${PORT}'));
    expect(blamesPlaceholder(`invalid duration "${PORT}"`)).toBe(true);
    expect(blamesPlaceholder('service "web" has neither an image nor a build context')).toBe(false);
  });
});
