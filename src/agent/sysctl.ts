import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Settings of the kernel, by their dotted names. */
export interface Sysctls {
  /** Null where the kernel has no such setting. */
  read(name: string): Promise<string | null>;
  /** @throws what the operating system says: EROFS, EACCES, EINVAL, … */
  write(name: string, value: string): Promise<void>;
}

/** The settings of this process's namespaces. @param root `/proc/sys` */
export function kernelSysctls(root = '/proc/sys'): Sysctls {
  const pathOf = (name: string) => join(root, ...name.split('.'));
  return {
    async read(name) {
      try {
        return (await readFile(pathOf(name), 'utf8')).trim();
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw cause;
      }
    },
    // Never made where it is absent.
    write: (name, value) => writeFile(pathOf(name), value, { flag: 'r+' }),
  };
}
