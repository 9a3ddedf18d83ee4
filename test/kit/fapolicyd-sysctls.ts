/**
 * Kernel settings of a {@link createFapolicydWorld world}: what a restriction writes must never reach the machine.
 * Everything under `/proc/sys` is read-only inside but two files, and those are not the machine's:
 *
 * - `vm.memfd_noexec` counts per process namespace, and the world has one of its own;
 * - `user.max_user_namespaces` counts per user namespace. The daemon cannot live in another one than the machine's (the
 *   kernel gives it no permission events there), so one is made beside it, its file is put over the machine's, and the
 *   world's `unshare` enters it before it makes a user namespace. What is refused is refused by the kernel, not by us.
 */
import { spawnSync } from 'node:child_process';

/** Where the world's user namespace can be entered, by the world's `unshare`. */
const USER_NAMESPACE = '/run/user-namespace';

/**
 * Run in the world's mount and process namespaces before anything else is, with its root as the working directory.
 * The file is bound by the descriptor of a process inside the user namespace, since a name would be looked up as ours;
 * and by that very name (`--no-canonicalize`). Another inode says that it is another namespace's.
 */
const SETTINGS = `set -e
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
memory=proc/sys/vm/memfd_noexec
if [ -e $memory ]; then mount --bind $memory $memory; mount -o remount,bind,rw $memory; fi
limit=proc/sys/user/max_user_namespaces
machine=$(stat -c %i $limit)
mkfifo ready
unshare --user sh -c 'exec 3<"$1"; echo ready; exec >/dev/null 2>&1 sleep 2147483647' sleeper $limit >ready </dev/null &
read -r said <ready
rm ready
echo '0 0 4294967295' >proc/$!/uid_map
echo '0 0 4294967295' >proc/$!/gid_map
touch .${USER_NAMESPACE}
mount --bind proc/$!/ns/user .${USER_NAMESPACE}
mount --no-canonicalize --bind proc/$!/fd/3 $limit
test "$(stat -c %i $limit)" != "$machine"
mount -o remount,bind,rw $limit
echo 1000 >$limit`;

/** @throws Error when the world's kernel settings could not be parted from the machine's */
export function ownSysctls(init: number, root: string): void {
  const enter = ['-t', `${init}`, '--mount', '--pid', `--wdns=${root}`, '--', 'sh', '-c', SETTINGS];
  const { status, stderr } = spawnSync('nsenter', enter, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 10_000,
  });
  if (status !== 0) throw new Error(`The world has no kernel settings of its own: ${stderr.trim()}`);
}

/** Where the real programs lie inside that {@link UNSHARE} stands before. */
export const BEHIND_UNSHARE = '/usr/lib/world';

/** The world's `unshare`. `enter` is a copy of nsenter with the rights of root, since only those may enter. */
export const UNSHARE = `#!/usr/bin/sh
case " $* " in
  *" --user "*) set -- ${BEHIND_UNSHARE}/enter --user=${USER_NAMESPACE} --setuid "$(id -u)" --setgid "$(id -g)" -- ${BEHIND_UNSHARE}/unshare "$@" ;;
  *) set -- ${BEHIND_UNSHARE}/unshare "$@" ;;
esac
exec "$@"
`;
