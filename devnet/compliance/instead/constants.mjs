/**
 * The suite reads the specification from GitHub, and writes reports beside itself.
 */
import { fileURLToPath } from 'node:url';

import { given, original } from './original.mjs';

export const { allPinStatuses, Icons, sourceRepoUrl } = await original(
  import.meta.url
);
export const packageName = 'pinning-service-compliance';
export const specLocation = fileURLToPath(
  new URL('../api.json', import.meta.url)
);
export const docsDir = given.folder;
export const packageVersion = 'unknown';
export const publishedReportsUrl = '';
