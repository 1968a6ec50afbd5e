/**
 * Puts modules of ours in the place of some of the suite's. Its checks stay as they
 * are; each of ours says what it is there for.
 */
const SUITE = '/pinning-service-compliance/dist/src/';
const OURS = ['constants', 'getInlineCid', 'getQueue', 'reporting'];

export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  const name = found.url.split('/').pop().replace(/\.js$/, '');
  return found.url.includes(SUITE) &&
    OURS.includes(name) &&
    // Ours imports what it stands for.
    !context.parentURL?.includes('/compliance/instead/')
    ? {
        url: new URL(
          `./instead/${name}.mjs?${encodeURIComponent(found.url)}`,
          import.meta.url
        ).href,
        format: 'module',
        shortCircuit: true
      }
    : found;
}
