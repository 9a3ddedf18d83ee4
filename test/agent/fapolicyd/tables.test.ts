import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  isPermissive,
  isReloadable,
  parseConfiguration,
  restrictedConfiguration,
  withSettings,
} from '../../../src/agent/drivers/fapolicyd/configuration.ts';
import { LOCAL_TYPES } from '../../../src/agent/drivers/fapolicyd/file-systems.ts';
import { fapolicydDefaults } from '../../../src/agent/drivers/fapolicyd/options.ts';
import {
  compiledLines,
  denialFor,
  RULE_GROUPS,
  ruleLines,
  withDenial,
} from '../../../src/agent/drivers/fapolicyd/rules.ts';
import {
  isProgram,
  mappedFiles,
  suspicionOf,
} from '../../../src/agent/drivers/fapolicyd/trust-candidates.ts';
import { parseDump } from '../../../src/agent/drivers/fapolicyd/trust-database.ts';
import { trustText } from '../../../src/agent/drivers/fapolicyd/trust-list.ts';
import { versionInStatus } from '../../../src/agent/drivers/fapolicyd/version.ts';
import { parseVersion, procedureFor } from '../../../src/agent/drivers/fapolicyd/versions.ts';

test('the procedure follows the version, whatever the distribution adds to it', () => {
  const change = (version: string) => procedureFor(version)?.change ?? null;
  assert.equal(change('1.1.7-5'), 'restart');
  assert.equal(change('1.3.4-1.el9'), 'restart', '1.3 reloads rules, not permissive');
  assert.equal(change('1.4'), 'live');
  assert.equal(change('1.10.0'), 'live', 'ten is after four');
  assert.equal(change('1:2.0.1-3'), 'live');
  assert.equal(change('1.0.4'), null);
  assert.equal(change(''), null);
  assert.equal(change('unknown'), null);
  assert.equal(procedureFor('1.4.5')?.checksRules, false);
  assert.equal(procedureFor('1.5.0')?.checksRules, true);
  assert.deepEqual(parseVersion('1.1.7-5'), [1, 1, 7]);
});

test('a newer version never has an older procedure', () => {
  const part = fc.nat({ max: 12 });
  const version = fc.tuple(part, part, part);
  const RANKS: Record<string, number> = { restart: 1, live: 2 };
  const rank = (parts: number[]) => RANKS[procedureFor(parts.join('.'))?.change ?? 'none'] ?? 0;
  fc.assert(
    fc.property(version, part, (older, more) => {
      const newer: number[] = [older[0], older[1] + more, older[2]];
      assert.ok(rank(newer) >= rank(older));
    }),
  );
});

test('the version is dpkg’s, of the package that is installed and of no other', () => {
  const other = 'Package: fapolicyd-extra\nStatus: install ok installed\nVersion: 9.9\n\n';
  const paragraph = (status: string) => `Package: fapolicyd\nStatus: ${status}\nVersion: 1.1.7-5\n\n`;
  const after = 'Package: zlib\nStatus: install ok installed\nVersion: 3\n';
  assert.equal(versionInStatus(`${other}${paragraph('install ok installed')}${after}`), '1.1.7-5');
  assert.equal(versionInStatus(`${other}${paragraph('hold ok installed')}${after}`), '1.1.7-5');
  assert.equal(versionInStatus(`${other}${paragraph('deinstall ok config-files')}${after}`), null);
  assert.equal(versionInStatus(`${other}${paragraph('install ok half-configured')}${after}`), null);
  assert.equal(versionInStatus(other), null);
  assert.equal(versionInStatus(''), null);
});

test('the restricted configuration keeps what the owner said and changes what a restriction needs', () => {
  const owners =
    '# mine\nPermissive = 1\nuid = fapolicyd\nwatch_fs = ext4,xfs\ntrust = rpmdb\nignore_mounts = /mnt\n';
  const options = fapolicydDefaults('/var/lib/cordon');
  const settings = parseConfiguration(restrictedConfiguration(owners, options, false));
  assert.deepEqual(Object.fromEntries(settings), {
    permissive: '0',
    uid: 'fapolicyd',
    watch_fs: [...new Set(['ext4', 'xfs', ...LOCAL_TYPES])].join(','),
    trust: 'rpmdb,file',
    allow_filesystem_mark: '1',
    obj_cache_size: '1',
  });
  assert.ok(restrictedConfiguration(owners, options, false).startsWith('# mine\n'));
  assert.equal(isPermissive(owners), true);
  assert.equal(isPermissive(restrictedConfiguration(owners, options, false)), false);
  assert.equal(isPermissive(restrictedConfiguration(owners, options, true)), true);

  const marks = { ...options, fileSystemMarks: false, watchFileSystems: ['ramfs'] };
  const unmarked = parseConfiguration(restrictedConfiguration(owners, marks, false));
  assert.equal(unmarked.get('allow_filesystem_mark'), '0');
  assert.equal(unmarked.get('ignore_mounts'), '/mnt');
  assert.equal(unmarked.get('watch_fs'), 'ramfs');
});

test('a setting is replaced where it stands, in any letter case, and appears once', () => {
  const text = withSettings('a = 1\nA=2\n#a = 3\nb = 4', new Map([['a', '5']]), ['b']);
  assert.equal(text, '#a = 3\na = 5\n');
});

test('a running daemon takes over only a change of permissive', () => {
  assert.equal(isReloadable('permissive = 1\nq_size = 1', 'q_size=1\npermissive = 0\n'), true);
  assert.equal(isReloadable('permissive = 1\nq_size = 1', 'q_size=2\npermissive = 0\n'), false);
  assert.equal(isReloadable('permissive = 1', 'permissive = 1\nallow_filesystem_mark = 1'), false);
});

test('the rules leave out the group by which root could run anything', () => {
  assert.ok(RULE_GROUPS.includes('90-deny-execute'));
  assert.ok(!RULE_GROUPS.some((group) => /dracut|updaters/.test(group)));
});

test('a build without audit gets the best decision that it knows', () => {
  const build = (...names: string[]) => denialFor(Buffer.from(`\0${names.join('\0')}\0`));
  assert.equal(build('deny', 'deny_audit', 'deny_syslog'), 'deny_audit');
  assert.equal(build('deny', 'deny_syslog'), 'deny_syslog');
  assert.equal(build('deny'), 'deny');
  const rules = '# deny_audit in words\ndeny_audit perm=any all : all\nallow perm=open all : all';
  assert.equal(
    withDenial(rules, 'deny'),
    '# deny_audit in words\ndeny perm=any all : all\nallow perm=open all : all',
  );
});

test('rules are compiled in the natural order of their names, without comments', () => {
  const files = new Map([
    ['100-last.rules', '# comment\nthird\n'],
    ['20-b.rules', '\nsecond\n'],
    ['10-a.rules', '  # comment\nfirst'],
  ]);
  assert.deepEqual(compiledLines(files), ['first', 'second', 'third']);
  assert.deepEqual(ruleLines('## made\nfirst\n\nsecond'), ['first', 'second']);
});

test('what needs trust is told by ending, by permission and by the first bytes', () => {
  assert.equal(suspicionOf('/usr/lib/python3/dist-packages/x.py', 0o644), 'language');
  assert.equal(suspicionOf('/usr/lib/libc.so.6', 0o644), 'content');
  assert.equal(suspicionOf('/usr/bin/less', 0o755), 'content');
  assert.equal(suspicionOf('/usr/share/doc/less/README', 0o644), 'none');
  assert.equal(suspicionOf('/usr/share/also', 0o644), 'none');
  assert.equal(isProgram(Buffer.from('\x7fELF')), true);
  assert.equal(isProgram(Buffer.from('#!/b')), true);
  assert.equal(isProgram(Buffer.from('text')), false);
  assert.equal(isProgram(Buffer.from('')), false);
});

test('mapped files are those with a path that is still there', () => {
  const maps = [
    '00400000-00401000 r-xp 00000000 08:01 123   /usr/bin/node',
    '7f00-7f01 r-xp 00000000 08:01 124           /usr/lib/libc.so.6',
    '7f01-7f02 r--p 00000000 08:01 124           /usr/lib/libc.so.6',
    '7f02-7f03 r-xp 00000000 08:01 125           /usr/lib/old.so (deleted)',
    '7f03-7f04 rw-s 00000000 00:05 126           /dev/zero',
    '7ffc-7ffd rw-p 00000000 00:00 0             [stack]',
    '7ffd-7ffe rw-p 00000000 00:00 0 ',
  ].join('\n');
  assert.deepEqual(mappedFiles(maps), ['/usr/bin/node', '/usr/lib/libc.so.6']);
});

test('the database dump is read back as the trust file was written', () => {
  const sha256 = 'c79bf44242829108e323378531f4ac839513ca1fba45efd6583643526e1e9fd2';
  const dump = parseDump(
    `rpm_sha256_only: fapolicyd was not built with rpm support, ignoring\nfiledb /usr/bin/true 35664 ${sha256}\nrpmdb /a b 1 ${sha256}\nnonsense\n`,
  );
  assert.deepEqual(Object.fromEntries(dump), { '/usr/bin/true': sha256, '/a b': sha256 });
  assert.match(
    trustText({ files: [{ path: '/usr/bin/true', size: 35_664, sha256 }] }),
    new RegExp(`^# .*\n/usr/bin/true 35664 ${sha256}\n$`),
  );
});
