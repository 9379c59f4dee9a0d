export * from './first-files';
export { packedFiles } from './packed-files';
