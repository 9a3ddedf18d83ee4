/** Scripts for the interpreter that every Debian has, by which further ways are tried; system calls by their numbers on x64. */

/** Before each script: the path of what is to run, and what several of them do. */
const PRELUDE = String.raw`my $p = shift; $^F = 99; binmode STDIN;
sub lacks { print STDERR "lacks $_[0]: $!\n"; exit 125 }
sub run { exec { $_[0] } "canary" or do { print STDERR "execute: $!\n"; exit 126 } }
sub deep { my $d = "d" x 250; chdir "/srv"; for (1 .. 20) { mkdir $d; chdir $d or die "deep $!" } rename $_[0], $_[1] or die "deep $!" }
sub stamp { my $at = pack "q4", 1e9, 1, 1e9, 1; syscall 280, -100, $p, $at, 0 and die "stamp $!" }
sub overwritten {
  my $b = do { local $/; <STDIN> }; my $text = $_[0] x length $b;
  open my $f, "+>", $p or die "put $!"; print $f substr $text, 0, length $b; close $f; chmod 0755, $p; stamp;
  open $f, "<", $p; my @all = <$f>; close $f;
  open $f, "+<", $p or die "put $!"; binmode $f; syswrite $f, $b; close $f; stamp;
}
`;

/** Gives a script to perl, with the path as its argument. */
export const perl = (script: string) => (path: string) => [
  '/usr/bin/perl',
  '-e',
  `${PRELUDE}${script}`,
  path,
];

/** A mount namespace whose root is a directory of root's, by pivot_root(2). */
export const OVER_TRUSTED_ROOT =
  perl(String.raw`my $r = "$p.r"; mkdir $r; mkdir "$r/$_" for "usr", "usr/bin", "old";
rename $p, "$r/usr/bin/true" or die; syscall 272, 0x20000 and die "unshare $!"; my $none = "none"; my $root = "/";
syscall 165, $none, $root, 0, 0x44000, 0; syscall 165, $r, $r, 0, 0x1000, 0 and die "bind $!"; chdir $r;
my ($new, $old) = (".", "old"); syscall 155, $new, $old and die "pivot_root $!"; chdir "/"; run("/usr/bin/true")`);

/**
 * Has the kernel open the file by a ring (`IORING_OP_OPENAT`) instead of a system call, and the loader run the descriptor.
 * What is written into the ring comes by read(2) from a pipe, since perl writes to no address.
 */
export const IO_URING = String.raw`my $s = "\0" x 120; my $r = syscall 425, 4, $s; lacks("io_uring") if $r < 0;
my $size = unpack("L", substr $s, 104, 4) + 4096; my $ring = syscall 9, 0, $size, 3, 0x8001, $r, 0;
my $entries = syscall 9, 0, 4096, 3, 0x8001, $r, 0x10000000; die "map $!" if $ring < 0 || $entries < 0;
pipe my $out, my $in; my $poke = sub { syswrite $in, $_[1]; syscall(0, fileno $out, $_[0], length $_[1]) == length $_[1] or die "poke $!" };
my $path = "$p\0"; $poke->($entries, pack "CCSlQQLLQSSlQQ", 18, 0, 0, -100, 0, unpack("Q", pack "p", $path), 0, 0, 7, 0, 0, 0, 0, 0);
my ($tail, $array) = (unpack("L", substr $s, 44, 4), unpack("L", substr $s, 64, 4));
$poke->($ring + $array, pack "L", 0); $poke->($ring + $tail, pack "L", 1);
syscall(426, $r, 1, 1, 1, 0, 0) == 1 or die "enter $!"; my $cqes = unpack "L", substr $s, 100, 4;
my ($data, $f) = unpack "Ql", unpack "P16", pack "Q", $ring + $cqes; die "no answer" unless $data == 7;
if ($f < 0) { $! = -$f; print STDERR "open: $!\n"; exit 126 }
exec "/lib64/ld-linux-x86-64.so.2", "/proc/$$/fd/$f" or die "exec $!"`;

/** Serves a file system of one program at `$m`, as much of the protocol (7.31) as it takes to execute it, and executes that. */
const SERVE = String.raw`
if (fork) { alarm 8; run("$m/p") }
alarm 10; my $attr = sub { my $d = $_[0] == 1; pack "Q6L10", $_[0], length $b, 1, 0, 0, 0, 0, 0, 0, $d ? 040755 : 0100755, 1, 0, 0, 0, 4096, 0 };
while (sysread $f, my $q, 1 << 17) {
  my ($l, $op, $id, $node) = unpack "LLQQ", $q; next if $op == 2 || $op == 42; my ($e, $a) = (0, "");
  if ($op == 26) { $a = pack "LLLLSSLLSSL8", 7, 31, 65536, 0, 16, 12, 65536, 1, 16, 0, (0) x 8 }
  elsif ($op == 1) { $a = pack("QQQQLL", 2, 1, 60, 60, 0, 0) . $attr->(2) }
  elsif ($op == 3) { $a = pack("QLL", 60, 0, 0) . $attr->($node) }
  elsif ($op == 14) { $a = pack "QLL", 1, 0, 0 }
  elsif ($op == 15) { my ($o, $s) = unpack "x48QL", $q; $a = $o < length $b ? substr $b, $o, $s : "" }
  elsif ($op != 18 && $op != 25) { $e = -38 }
  syswrite $f, pack("LlQ", 16 + length $a, $e, $id) . $a;
}`;

/** Mounted by root, by mount(2). */
export const FUSE = `${String.raw`my $b = do { local $/; <STDIN> }; my $m = "$p.m"; mkdir $m; open my $f, "+<", "/dev/fuse" or lacks("FUSE");
my ($type, $with) = ("fuse", "fd=" . fileno($f) . ",rootmode=40000,user_id=0,group_id=0");
syscall 165, $type, $m, $type, 0, $with and die "mount $!";`}${SERVE}`;

/** Mounted for a user by `fusermount3`, which mounts over no ramfs, and hands the descriptor over by a socket (recvmsg(2), SCM_RIGHTS). */
export const FUSE_FOR_USER = `${String.raw`my $b = do { local $/; <STDIN> }; my $m = "/mnt/own-$$"; mkdir $m or die "directory $!";
socketpair my $s, my $t, 1, 1, 0 or die "socket $!";
if (!(my $c = fork)) { $ENV{_FUSE_COMMFD} = fileno $t; exec { "/usr/bin/fusermount3" } "fusermount3", "--", $m or do { print STDERR "execute: $!\n"; exit 126 } }
close $t; my ($one, $control) = (" ", "\0" x 24); my $address = sub { unpack "Q", pack "p", $_[0] };
my $vector = pack "QQ", $address->($one), 1; my $message = pack "QLx4QQQQLx4", 0, 0, $address->($vector), 1, $address->($control), 24, 0;
syscall(47, fileno $s, $message, 0) > 0 or exit 125; my $fd = unpack "x16l", $control; open my $f, "+<&=", $fd or die "descriptor $!";`}${SERVE}`;
