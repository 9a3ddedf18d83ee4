import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Image } from './image.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Guest {
  /** Runs a line of shell in the guest. @param seconds until it is given up */
  sh(line: string, seconds?: number): Promise<Answer>;
  /** Keeps the whole machine, memory too, under a name, from which a later run goes on. */
  keep(name: string): Promise<void>;
  /** Ends the guest in order and boots the same disk again. */
  reboot(): Promise<void>;
  /** Takes the power away and boots the same disk again. */
  cutPower(): Promise<void>;
  end(): Promise<void>;
}

/** Where the guest finds servers that listen on this machine's loopback. */
export const HOST_IN_GUEST = '10.0.2.2';

/** Seconds. A processor that is imitated beside other work takes up to ten minutes to boot (measured). */
const BOOT = 3_600;
const ANSWER = 1_800;
/** Milliseconds between two looks. */
const LOOK = 200;

/**
 * Boots the image, or goes on where a run before has kept it. The processor is imitated by counting instructions: the
 * guest's clock stands still while this machine does other things, so that nothing in the guest runs into a limit of
 * time because of it.
 * @param kept the name under which the machine was kept
 */
export async function bootGuest(image: Image, directory: string, kept: string | null): Promise<Guest> {
  const sockets = { shell: join(directory, 'shell.sock'), monitor: join(directory, 'monitor.sock') };
  let machine: ChildProcess;
  let shell: Line;
  let monitor: Line;
  let count = 0;

  const sh = async (line: string, seconds = ANSWER): Promise<Answer> => {
    count += 1;
    const mark = `ANSWER-${process.pid}-${count}`;
    // The mark is written in two pieces, so that the echo of the line is not taken for the answer.
    shell.write(`{ ${line}\n} 2>&1; echo "${mark.slice(0, 3)}""${mark.slice(3)} $?"\n`);
    const [, text, status] = await shell.heard(new RegExp(`\n?([\\s\\S]*?)${mark} (\\d+)`), seconds, line);
    return { status: Number(status), text: text!.replaceAll('\r', '').trim() };
  };

  const start = async (from: string | null) => {
    for (const path of Object.values(sockets)) rmSync(path, { force: true });
    machine = spawn('qemu-system-x86_64', argumentsFor(image, sockets, from), {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    shell = await openLine(sockets.shell, machine);
    monitor = await openLine(sockets.monitor, machine);
    if (from !== null) return;
    // What is written before the shell is there is lost.
    for (const end = Date.now() + BOOT * 1000; Date.now() < end; )
      if (
        (await sh('stty -echo; PS2=; systemctl is-system-running --wait >/dev/null; true', 60).catch(
          () => null,
        )) !== null
      )
        return;
    throw new Error('The guest did not boot.');
  };
  const gone = async () => {
    if (machine.exitCode === null && machine.signalCode === null) await once(machine, 'exit');
    shell.close();
    monitor.close();
  };
  const end = async () => {
    shell.write('systemctl poweroff\n');
    const killer = setTimeout(() => machine.kill('SIGKILL'), BOOT * 1000);
    await gone();
    clearTimeout(killer);
  };
  const cut = async () => {
    machine.kill('SIGKILL');
    await gone();
  };
  await start(kept);
  return {
    sh,
    async keep(name) {
      monitor.write(`savevm ${name}\n`);
      await monitor.heard(/savevm[\s\S]*\(qemu\) $/, ANSWER, 'savevm');
    },
    async reboot() {
      await end();
      await start(null);
    },
    async cutPower() {
      await cut();
      await start(null);
    },
    // What is on the disk is not wanted any more, or was kept.
    end: cut,
  };
}

/** A line to the guest, by which one writes and waits for what is to be heard. */
interface Line {
  write(text: string): void;
  /** @throws Error when it was not heard within the seconds, without those for which the machine was stopped */
  heard(what: RegExp, seconds: number, asked: string): Promise<RegExpExecArray>;
  close(): void;
}

async function openLine(path: string, machine: ChildProcess): Promise<Line> {
  const socket = await connected(path, machine);
  let text = '';
  socket
    .on('error', () => undefined)
    .setEncoding('utf8')
    .on('data', (more) => {
      text += more;
    });
  return {
    write(line) {
      text = '';
      socket.write(line);
    },
    async heard(what, seconds, asked) {
      for (let left = seconds * 1000; left > 0; ) {
        const found = what.exec(text);
        if (found !== null) return found;
        if (machine.exitCode !== null || machine.signalCode !== null) break;
        await pause(LOOK);
        if (!isStopped(machine)) left -= LOOK;
      }
      throw new Error(`The guest did not answer within ${seconds} s: ${asked}\n${text.slice(-2_000)}`);
    },
    close: () => socket.destroy(),
  };
}

/** The machine makes its sockets by and by. */
async function connected(path: string, machine: ChildProcess): Promise<Socket> {
  for (;;) {
    const socket = connect(path);
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      if (machine.exitCode !== null) throw new Error(`The virtual machine ended with ${machine.exitCode}.`);
      await pause(LOOK);
    }
  }
}

/** Whether somebody has stopped the machine for a while, as to measure something else (SIGSTOP). */
function isStopped({ pid }: ChildProcess): boolean {
  return /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

function argumentsFor(
  { disk, kernel, initrd }: Image,
  { shell, monitor }: { shell: string; monitor: string },
  from: string | null,
): string[] {
  const socket = (path: string) => `unix:${path},server=on,wait=off`;
  return [
    ...['-M', 'q35', '-cpu', 'max', '-accel', 'tcg', '-icount', 'shift=0,sleep=on', '-m', '1024'],
    ...['-display', 'none', '-no-reboot', '-monitor', socket(monitor), '-kernel', kernel, '-initrd', initrd],
    ...['-append', 'root=/dev/vda rw console=ttyS0 quiet'],
    ...['-drive', `file=${disk},format=qcow2,if=virtio`],
    ...['-netdev', 'user,id=net', '-device', 'virtio-net-pci,netdev=net'],
    ...['-serial', 'null', '-serial', socket(shell)],
    ...(from === null ? [] : ['-loadvm', from]),
  ];
}
