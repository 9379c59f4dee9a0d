import { availability, type Availability } from './availability';
import { PROXY_IMAGES } from './images';

const { skip } = describe;

/**
 * `describe` for tests that run these images on an engine. Where one is missing and cannot be pulled, or there is no
 * engine, the tests are reported as skipped and their title says what they miss.
 */
export function describeWithImages(images: string[], name: string, body: () => void): void {
  const found = availability();
  describeUnless(found.engine ?? missingOf(found, images), name, body);
}

/** `describe` for tests that deploy the proxy stack, besides these images. */
export function describeWithProxy(images: string[], name: string, body: () => void): void {
  const found = availability();
  describeUnless(found.engine ?? found.proxy ?? missingOf(found, [...images, ...PROXY_IMAGES]), name, body);
}

function missingOf(found: Availability, images: string[]): string | null {
  return images.map((image) => found.images[image] ?? null).find((why) => why !== null) ?? null;
}

function describeUnless(missing: string | null, name: string, body: () => void): void {
  if (missing === null) describe(name, body);
  else skip(`${name} (left out: ${missing})`, body);
}
