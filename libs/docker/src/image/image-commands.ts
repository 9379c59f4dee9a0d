import type { CommandRunner } from '../process/command-runner';
import type { Docker } from '../docker';
import type { EngineReader } from '../engine/engine-reader';
import type { ImageDetails, VolumeDetails } from './image';

type ImageCommands = Pick<
  Docker,
  | 'inspectImages'
  | 'pullImage'
  | 'tagImage'
  | 'removeImage'
  | 'listVolumes'
  | 'inspectVolumes'
  | 'removeVolumes'
>;

interface RawImage {
  Id: string;
  RepoTags: string[] | null;
  RepoDigests: string[] | null;
  Config: {
    Labels?: Record<string, string> | null;
    ExposedPorts?: Record<string, unknown> | null;
    Volumes?: Record<string, unknown> | null;
    Healthcheck?: { Test?: string[] | null } | null;
  } | null;
  Metadata?: { LastTagTime?: string | null } | null;
}

/** What can stand in the path of a question as it is. */
const PLAIN_REFERENCE = /^[\w][\w./:@-]*$/;

const IMAGE_GONE = /No such (?:image|object)/i;

interface RawVolume {
  Name: string;
  Driver: string;
  Options: Record<string, string> | null;
  Labels: Record<string, string> | null;
}

const VOLUME_GONE = /No such volume|no such volume/;

export function imageCommands(runner: CommandRunner, reader: EngineReader): ImageCommands {
  /** The images that are there, in the order asked for. */
  const inspect = async (references: string[]): Promise<ImageDetails[]> => {
    const command = { args: ['image', 'inspect', ...references], title: 'docker image inspect' };
    const result = await runner.attempt(command);
    if (result.exitCode !== 0 && !IMAGE_GONE.test(result.stderr)) throw runner.failure(command, result);
    return parseImages(result.stdout);
  };

  /**
   * One command as long as all are there; what is missing is found by halves, for the answer does not say whose it is.
   */
  const inspectInto = async (references: string[], found: Map<string, ImageDetails>): Promise<void> => {
    if (references.length === 0) return;
    const images = await inspect(references);
    if (images.length === references.length) {
      references.forEach((reference, index) => found.set(reference, images[index] as ImageDetails));
    } else if (images.length > 0) {
      const middle = Math.ceil(references.length / 2);
      await inspectInto(references.slice(0, middle), found);
      await inspectInto(references.slice(middle), found);
    }
  };

  return {
    inspectImages: async (references) => {
      const wanted = [...new Set(references)];
      const found = new Map<string, ImageDetails>();
      const read = wanted.every((reference) => PLAIN_REFERENCE.test(reference))
        ? await reader.getEach<RawImage>(
            wanted.map((reference) => `/images/${reference}/json`),
            'docker image inspect',
          )
        : null;
      if (read === null) await inspectInto(wanted, found);
      wanted.forEach((reference, index) => {
        const one = read?.[index] ?? 'missing';
        if (one !== 'missing') found.set(reference, toImage(one.answer));
      });
      return found;
    },

    pullImage: async (reference) => {
      await runner.run({
        args: ['pull', reference],
        purpose: 'pull',
        image: reference,
        progress: true,
        timeoutSeconds: null,
      });
    },

    tagImage: async (source, target) => {
      await runner.run({ args: ['tag', source, target], image: source });
    },

    removeImage: async (reference) => {
      const command = { args: ['image', 'rm', reference] };
      const result = await runner.attempt(command);
      if (result.exitCode !== 0 && !IMAGE_GONE.test(result.stderr)) throw runner.failure(command, result);
    },

    listVolumes: async ({ labelFilters = [] } = {}) => {
      const filters = labelFilters.flatMap((filter) => ['--filter', `label=${filter}`]);
      const { stdout } = await runner.run({ args: ['volume', 'ls', '--quiet', ...filters] });
      return stdout.split('\n').filter((name) => name !== '');
    },

    inspectVolumes: async (names) => {
      if (names.length === 0) return [];
      const paths = names.map((name) => `/volumes/${encodeURIComponent(name)}`);
      const read = await reader.getEach<RawVolume>(paths, 'docker volume inspect');
      if (read !== null) return read.flatMap((one) => (one === 'missing' ? [] : toVolume(one.answer)));
      const command = { args: ['volume', 'inspect', ...names], title: 'docker volume inspect' };
      const result = await runner.attempt(command);
      if (result.exitCode !== 0 && !VOLUME_GONE.test(result.stderr)) throw runner.failure(command, result);
      return (JSON.parse(result.stdout || '[]') as RawVolume[]).map(toVolume);
    },

    removeVolumes: async (names) => {
      if (names.length > 0)
        await runner.run({ args: ['volume', 'rm', '--force', ...names], title: 'docker volume rm' });
    },
  };
}

/** Everything that `docker image inspect` printed, in its order. */
export function parseImages(stdout: string): ImageDetails[] {
  return (JSON.parse(stdout || '[]') as RawImage[]).map(toImage);
}

function toImage(raw: RawImage): ImageDetails {
  const test = raw.Config?.Healthcheck?.Test ?? [];
  return {
    id: raw.Id,
    tags: raw.RepoTags ?? [],
    repoDigests: raw.RepoDigests ?? [],
    labels: raw.Config?.Labels ?? {},
    exposedPorts: Object.keys(raw.Config?.ExposedPorts ?? {}).sort(),
    hasHealthcheck: test.length > 0 && test[0] !== 'NONE',
    volumes: Object.keys(raw.Config?.Volumes ?? {}).sort(),
    lastTagged: tagTimeOf(raw),
  };
}

function toVolume({ Name, Driver, Options, Labels }: RawVolume): VolumeDetails {
  return { name: Name, driver: Driver, options: Options ?? {}, labels: Labels ?? {} };
}

/** What was never tagged by hand has a time before all others. */
function tagTimeOf({ Metadata: metadata }: RawImage): number | null {
  const time = Date.parse(metadata?.LastTagTime ?? '');
  return time > 0 ? time : null;
}
