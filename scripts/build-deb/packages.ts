import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { licencesOf } from '../build-agent/licences.ts';
import { run } from '../pack-try/installed.ts';

/** A package of Debian: what its control file says, and how its tree is filled. */
export interface DebianPackage {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** Besides what Node is linked with. */
  readonly needs: readonly string[];
  /** Scripts of dpkg, by their names in `packaging/debian/`. */
  readonly scripts: readonly string[];
  fill(tree: Tree): void;
}

export interface Tree {
  /** Folder of the repository. */
  readonly root: string;
  /** The Node that goes along. */
  readonly node: string;
  copy(from: string, to: string, mode?: number): void;
  write(to: string, text: string): void;
  link(to: string, target: string): void;
  /** Path in the tree, with the directory above it made. */
  at(path: string): string;
}

/** Debian has no Node 26, so each package carries the one that npm supplies; this is what that is linked with. */
export const NODE_NEEDS = ['libc6 (>= 2.28)', 'libstdc++6', 'libgcc-s1', 'libatomic1'];

export const DEBIAN_PACKAGES: readonly DebianPackage[] = [
  {
    name: 'cordon-server',
    summary: 'response-action server with the machine-action API of Defender',
    description:
      'The server and the command of Cordon, with the Node that they run on. The service is not started before\n /etc/cordon/server.env has its settings.',
    needs: ['passwd'],
    scripts: ['postinst', 'prerm', 'postrm'],
    fill(tree) {
      const home = tree.at('usr/lib/cordon-server/package');
      run(process.execPath, [join(tree.root, 'scripts/build.ts'), '--output', home], tree.root);
      run(
        'npm',
        ['install', '--omit=dev', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'],
        home,
      );
      tree.copy(tree.node, 'usr/lib/cordon-server/node', 0o755);
      tree.copy(join(tree.root, 'packaging/debian/cordon'), 'usr/bin/cordon', 0o755);
      tree.copy(join(tree.root, 'packaging/systemd/cordon.service'), 'usr/lib/systemd/system/cordon.service');
      for (const document of ['README.md', 'CHANGELOG.md', 'SECURITY.md'])
        tree.copy(join(tree.root, document), `usr/share/doc/cordon-server/${document}`);
      tree.copy(
        join(tree.root, 'packaging/systemd/server.env.example'),
        'usr/share/doc/cordon-server/server.env.example',
      );
      const notices = readFileSync(join(home, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
      tree.write(
        'usr/share/doc/cordon-server/copyright',
        `${licencesOf(tree.root, tree.node, [])}\n\n${notices}`,
      );
    },
  },
  {
    name: 'cordon-agent',
    summary: 'agent of Cordon for devices, in one file',
    description:
      'The agent as a single executable. Nothing runs before "cordon-agent install" enrols the device; removing the package\n takes the agent off again, and is refused while the device is restricted.',
    needs: [],
    scripts: ['postinst', 'prerm'],
    fill(tree) {
      const file = tree.at('usr/lib/cordon-agent/cordon-agent');
      const words = ['--output', file, '--node', tree.node];
      run(process.execPath, [join(tree.root, 'scripts/build-agent.ts'), ...words], tree.root);
      tree.link('usr/sbin/cordon-agent', '../lib/cordon-agent/cordon-agent');
      tree.write('usr/share/doc/cordon-agent/copyright', run(file, ['licences'], tree.root));
    },
  },
];

/** A tree to be packed below a directory. */
export function treeIn(directory: string, root: string, node: string): Tree {
  const at = (path: string) => {
    const full = join(directory, path);
    mkdirSync(dirname(full), { recursive: true });
    return full;
  };
  return {
    root,
    node,
    at,
    copy(from, to, mode = 0o644) {
      copyFileSync(from, at(to));
      chmodSync(at(to), mode);
    },
    write: (to, text) => writeFileSync(at(to), text, { mode: 0o644 }),
    link: (to, target) => symlinkSync(target, at(to)),
  };
}
