import { availability } from './availability';

const { skip } = describe;

/**
 * `describe` for tests that run these images on an engine. Where one is missing and cannot be pulled, or there is no
 * engine, the tests are reported as skipped and their title says what they miss.
 */
export function describeWithImages(images: string[], name: string, body: () => void): void {
  const found = availability();
  const missing =
    found.engine ?? images.map((image) => found.images[image] ?? null).find((why) => why !== null);
  if (missing) skip(`${name} (left out: ${missing})`, body);
  else describe(name, body);
}

/** `describe` for tests that need an engine and no image in particular. */
export function describeWithEngine(name: string, body: () => void): void {
  describeWithImages([], name, body);
}
