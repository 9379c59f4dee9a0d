import type { Problem, Project } from '@itsup/config';
import { labelFields, type LabelField } from '@itsup/traefik';
import type { Lookups } from '../conflicts/circumstances';
import { hasWrittenLabels, writtenLabels } from '../labels/label-routers';
import { atLabel, type Flaw } from './flaw';

/**
 * Labels that reach past their container into what all sites share: files that only Traefik reads, and the certificate
 * that it shows where it has no other.
 *
 * Of a file with users that it cannot read Traefik tells the content to whoever asks for the router's state (its
 * environment by `/proc/self/environ`), and one without an end (`/dev/zero`) it reads until memory is out.
 */
export function labelsOfAll(project: Project, lookups: Lookups = () => undefined): Problem[] {
  return (project.compose?.services ?? []).flatMap((service): Problem[] => {
    if (!hasWrittenLabels(service)) return [];
    const { labels } = writtenLabels(service, lookups(project.name));
    const files = labelFields(labels).filter(namesFile);
    const stores = Object.keys(labels).filter((label) => STORE.test(label));
    return [
      ...files.map(({ label }) => atLabel(project, service, label, FILE_OF_TRAEFIK)),
      ...stores.map((label) => atLabel(project, service, label, CERTIFICATE_OF_ALL)),
    ];
  });
}

const FILE_OF_TRAEFIK: Flaw = [
  'file-of-traefik',
  'it names a file, which Traefik would read where it keeps what all projects share',
  'define the middleware in projects/middlewares.yml and name it there (`auth@file`), or write users into the label',
];

const CERTIFICATE_OF_ALL: Flaw = [
  'certificate-of-all',
  'it sets the certificate that Traefik shows for every name without one of its own',
  'set it in projects/middlewares.yml (tls.stores.default)',
];

/** Of what there is below `tls` Traefik reads nothing else from labels. */
const STORE = /^traefik\.tls\.stores\.default/i;
const FILE = /(?:^|\.)(?:usersfile|cafiles?|certfile|keyfile)(?:\[|$)|(?:^|\.)tls\.(?:ca|cert|key)$/;

/** A certificate may stand in the label itself, where a path may, too. */
function namesFile({ kind, field, value }: LabelField): boolean {
  return kind !== 'routers' && FILE.test(field) && value !== '' && !value.includes('-----BEGIN ');
}
