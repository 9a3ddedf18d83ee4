/** What a machine is like, by lines of shell, to be compared before and after. */

/** Left out: what every use of a package manager or a boot changes. */
const PRUNED = [
  ...['/proc', '/sys', '/run', '/dev', '/var/log', '/var/cache', '/var/lib/apt', '/var/lib/dpkg'],
  ...['/var/lib/systemd', '/var/tmp', '/tmp'],
]
  .map((path) => `-path ${path}`)
  .join(' -o ');
const REWRITTEN =
  '^/etc/((passwd|group|shadow|gshadow|subuid|subgid)-?|ld.so.cache|\\.pwd.lock|resolv.conf) ';

/** Name and the line of shell that lists it. */
const LISTS: Readonly<Record<string, string>> = {
  files: `find / -xdev \\( ${PRUNED} \\) -prune -o -printf "%p %M %u %g %l\\n" | grep -vE "${REWRITTEN}" | sort`,
  units: 'systemctl list-unit-files --no-legend --no-pager | grep -v "\\.mount" | sort',
  packages: 'dpkg --get-selections | sort',
  accounts: 'sort /etc/passwd /etc/group',
  settings: 'grep . /proc/sys/user/* /proc/sys/vm/memfd_noexec 2>/dev/null | sort',
};

/** Notes all of it. */
export const NOTE = Object.entries(LISTS)
  .map(([name, list]) => `(${list}) > /var/tmp/before-${name}`)
  .join('; ');

/** Says in what it differs from what was noted, nothing where it does not. */
export const COMPARE = Object.entries(LISTS)
  .map(([name, list]) => `(${list}) | diff /var/tmp/before-${name} -`)
  .join('; ');
