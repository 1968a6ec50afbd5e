/** @jest-environment node */
import { BlobContent } from '../../content';
import { saveOnDrive } from '../save';

function drive(paths: Record<string, 'file' | 'directory'>) {
  const written: string[] = [];
  return {
    written,
    stat: async (path: string) => {
      if (!(path in paths)) {
        throw Object.assign(new Error(path), { code: 'not-found' });
      }
      return {
        type: paths[path],
        cid: 'c',
        size: 0,
        cumulativeSize: 0,
        blocks: 0
      };
    },
    mkdir: async () => undefined,
    write: async (path: string) => {
      if (paths[path] !== undefined || path === '/outputs/raced.csv') {
        throw Object.assign(new Error(path), { code: 'exists' });
      }
      written.push(path);
      return { cid: 'bafy', size: 1 };
    }
  };
}
const content = new BlobContent({ name: 'a.csv', data: 'x' });

describe('saveOnDrive', () => {
  it.each<[string, Record<string, 'file' | 'directory'>, string]>([
    ['outputs/', {}, '/outputs/a.csv'],
    ['outputs', { '/outputs': 'directory' }, '/outputs/a.csv'],
    ['', { '/a.csv': 'file' }, '/a-2.csv'],
    ['x/b.csv', { '/x/b.csv': 'file', '/x/b-2.csv': 'file' }, '/x/b-3.csv'],
    ['outputs/raced.csv', {}, '/outputs/raced-2.csv']
  ])('to %j with %j is %s', async (to, paths, expected) => {
    const files = drive(paths);
    expect(await saveOnDrive(files, content, to)).toEqual({
      path: expected,
      cid: 'bafy'
    });
    expect(files.written).toEqual([expected]);
  });

  it('does not take an outage for a free name', async () => {
    const files = drive({});
    files.stat = async () => {
      throw Object.assign(new Error('offline'), { code: 'offline' });
    };
    await expect(saveOnDrive(files, content, 'a')).rejects.toMatchObject({
      code: 'offline'
    });
    expect(files.written).toEqual([]);
  });
});
