import { variablesIn, type Project, type ServiceFacts } from '@itsup/config';
import { DockerError, type Compose, type ConfigOptions } from '@itsup/docker';
import { composeVerdict } from './compose-verdict';

const VARIABLES = variablesIn('${TAG}');

/** A Compose that objects as given, with interpolation and without. */
function compose(interpolated: string | null, plain: string | null): { compose: Compose; asked: boolean[] } {
  const asked: boolean[] = [];
  const configQuiet = async ({ interpolate = true }: ConfigOptions = {}): Promise<void> => {
    asked.push(interpolate);
    const reason = interpolate ? interpolated : plain;
    if (reason !== null) throw new DockerError({ code: 'compose-invalid', reason });
  };
  return { compose: { configQuiet } as Compose, asked };
}

function project(...services: Partial<ServiceFacts>[]): Project {
  return { name: 'blog', compose: { services } } as Project;
}

describe('composeVerdict', () => {
  it('asks once when Compose has no objection', async () => {
    const { compose: quiet, asked } = compose(null, null);
    expect(await composeVerdict(quiet, VARIABLES, project())).toEqual([]);
    expect(asked).toEqual([true]);
  });

  it('passes on what Compose says of the file', async () => {
    const reason = 'service "web" refers to undefined network nope: invalid compose project';
    const problems = await composeVerdict(compose(reason, null).compose, VARIABLES, project());
    expect(problems).toMatchObject([{ severity: 'error', message: reason }]);
  });

  it('takes an objection to a stand-in back when the file is sound without it', async () => {
    const { compose: picky, asked } = compose('invalid memory limit "61234"', null);
    expect(await composeVerdict(picky, VARIABLES, project())).toEqual([]);
    expect(asked).toEqual([true, false]);
  });

  it('does not blame a stand-in in a file without variables', async () => {
    const problems = await composeVerdict(compose('invalid port "61234"', null).compose, [], project());
    expect(problems).toMatchObject([{ severity: 'error' }]);
  });

  it('only warns of an env_file that is not here, and still finds a service without anything to run', async () => {
    const missing = compose('env file /srv/blog/.env not found: stat /srv/blog/.env', null).compose;
    const problems = await composeVerdict(
      missing,
      [],
      project(
        { name: 'web', image: 'a', hasBuild: false },
        { name: 'idle', image: null, hasBuild: false },
        { name: 'built', image: null, hasBuild: true },
        { name: 'extended', image: null, hasBuild: false, partial: true },
      ),
    );
    expect(problems.map(({ severity, message }) => [severity, message])).toEqual([
      ['error', 'service "idle" has neither an image nor a build'],
      ['warning', expect.stringContaining('/srv/blog/.env')],
    ]);
  });

  it('does not take a fault of Docker for a verdict', async () => {
    const configQuiet = () => Promise.reject(new DockerError({ code: 'compose-missing' }));
    await expect(composeVerdict({ configQuiet } as unknown as Compose, [], null)).rejects.toMatchObject({
      code: 'compose-missing',
    });
  });
});
