/** Licences by their identifiers in the SPDX License List (https://spdx.org/licenses). */

export interface ILicense {
  /** As SPDX writes it. */
  id: string;
  /** Its text at SPDX. */
  url: string;
}

/** Looks a licence up, whatever its case; null for what SPDX does not list. */
export type FindLicense = (text: string) => ILicense | null;

let loading: Promise<FindLicense> | null = null;

/** The list is loaded when the first licence is looked up. */
export function findLicense(): Promise<FindLicense> {
  loading ??= (async (): Promise<FindLicense> => {
    const [{ default: current }, { default: deprecated }] = await Promise.all([
      import('spdx-license-ids/index.json'),
      import('spdx-license-ids/deprecated.json')
    ]);
    const ids = new Map(
      [...(deprecated as string[]), ...(current as string[])].map(id => [
        id.toLowerCase(),
        id
      ])
    );
    return text => {
      const id = ids.get(text.trim().toLowerCase());
      return id ? { id, url: `https://spdx.org/licenses/${id}.html` } : null;
    };
  })();
  return loading;
}

/** Full names of those that data and models mostly come under. */
const NAMES: Readonly<Record<string, string>> = {
  'AGPL-3.0-only': 'GNU Affero General Public License 3.0',
  'AGPL-3.0-or-later': 'GNU Affero General Public License 3.0 or later',
  'Apache-2.0': 'Apache License 2.0',
  'BSD-2-Clause': 'BSD 2-Clause License',
  'BSD-3-Clause': 'BSD 3-Clause License',
  'CC-BY-3.0': 'Creative Commons Attribution 3.0',
  'CC-BY-4.0': 'Creative Commons Attribution 4.0 International',
  'CC-BY-NC-4.0':
    'Creative Commons Attribution NonCommercial 4.0 International',
  'CC-BY-NC-ND-4.0':
    'Creative Commons Attribution NonCommercial NoDerivatives 4.0 International',
  'CC-BY-NC-SA-4.0':
    'Creative Commons Attribution NonCommercial ShareAlike 4.0 International',
  'CC-BY-ND-4.0':
    'Creative Commons Attribution NoDerivatives 4.0 International',
  'CC-BY-SA-4.0': 'Creative Commons Attribution ShareAlike 4.0 International',
  'CC0-1.0': 'Creative Commons Zero 1.0 (public domain)',
  'CDLA-Permissive-1.0': 'Community Data License Agreement Permissive 1.0',
  'CDLA-Permissive-2.0': 'Community Data License Agreement Permissive 2.0',
  'CDLA-Sharing-1.0': 'Community Data License Agreement Sharing 1.0',
  'GPL-2.0-only': 'GNU General Public License 2.0',
  'GPL-3.0-only': 'GNU General Public License 3.0',
  'GPL-3.0-or-later': 'GNU General Public License 3.0 or later',
  'LGPL-3.0-only': 'GNU Lesser General Public License 3.0',
  MIT: 'MIT License',
  'MPL-2.0': 'Mozilla Public License 2.0',
  'ODC-By-1.0': 'Open Data Commons Attribution License 1.0',
  'ODbL-1.0': 'Open Data Commons Open Database License 1.0',
  'OGL-UK-3.0': 'Open Government Licence 3.0 (United Kingdom)',
  'PDDL-1.0': 'Open Data Commons Public Domain Dedication 1.0',
  Unlicense: 'The Unlicense (public domain)'
};

/** The name of a licence; null for the rarer ones. */
export function licenseName(id: string): string | null {
  return Object.hasOwn(NAMES, id) ? NAMES[id] : null;
}
