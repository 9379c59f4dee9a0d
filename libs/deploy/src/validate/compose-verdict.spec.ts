import { variablesIn } from '@itsup/config';
import { DockerError, type Compose, type ConfigOptions } from '@itsup/docker';
import { composeVerdict } from './compose-verdict';

const VARIABLES = variablesIn('${TAG}');

/** A Compose that objects as given, with interpolation and without. */
function compose(
  interpolated: string | null,
  plain: string | null,
): { compose: Pick<Compose, 'configQuiet'>; asked: boolean[] } {
  const asked: boolean[] = [];
  const configQuiet = async ({ interpolate = true }: ConfigOptions = {}): Promise<void> => {
    asked.push(interpolate);
    const reason = interpolate ? interpolated : plain;
    if (reason !== null) throw new DockerError({ code: 'compose-invalid', reason });
  };
  return { compose: { configQuiet }, asked };
}

describe('composeVerdict', () => {
  it('asks once when Compose has no objection', async () => {
    const { compose: quiet, asked } = compose(null, null);
    expect(await composeVerdict({ compose: () => quiet, variables: VARIABLES })).toEqual([]);
    expect(asked).toEqual([true]);
  });

  it('passes on what Compose says of the file', async () => {
    const reason = 'service "web" refers to undefined network nope: invalid compose project';
    const problems = await composeVerdict({
      compose: () => compose(reason, null).compose,
      variables: VARIABLES,
    });
    expect(problems).toMatchObject([{ severity: 'error', message: reason }]);
  });

  it('takes an objection to a stand-in back when the file is sound without it', async () => {
    const { compose: picky, asked } = compose('invalid memory limit "61234"', null);
    expect(await composeVerdict({ compose: () => picky, variables: VARIABLES })).toEqual([]);
    expect(asked).toEqual([true, false]);
  });

  it('does not blame a stand-in in a file without variables', async () => {
    const problems = await composeVerdict({
      compose: () => compose('invalid port "61234"', null).compose,
      variables: [],
    });
    expect(problems).toMatchObject([{ severity: 'error' }]);
  });

  it('only warns of an env_file that is not here', async () => {
    const missing = compose('env file /srv/blog/.env not found: stat /srv/blog/.env', null).compose;
    expect(await composeVerdict({ compose: () => missing, variables: [] })).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('/srv/blog/.env') },
    ]);
  });

  it('still finds what is wrong with the file beside that', async () => {
    const { compose: broken } = compose(
      'env file /srv/blog/.env not found',
      'additional properties not allowed',
    );
    expect(await composeVerdict({ compose: () => broken, variables: [] })).toMatchObject([
      { severity: 'error', message: 'additional properties not allowed' },
    ]);
  });

  it('does not take a fault of Docker for a verdict', async () => {
    const configQuiet = () => Promise.reject(new DockerError({ code: 'compose-missing' }));
    await expect(composeVerdict({ compose: () => ({ configQuiet }), variables: [] })).rejects.toMatchObject({
      code: 'compose-missing',
    });
  });
});
