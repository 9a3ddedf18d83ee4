import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
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
  /** Ends the guest in order and boots the same disk again. */
  reboot(): Promise<void>;
  end(): Promise<void>;
}

/** Where the guest finds servers that listen on this machine's loopback. */
export const HOST_IN_GUEST = '10.0.2.2';

const BOOT_SECONDS = 600;

/** Boots the image. In software, where the machine has no virtualisation: the agent then takes 20 s to start (measured). */
export async function bootGuest(image: Image, directory: string): Promise<Guest> {
  const path = join(directory, 'shell.sock');
  let machine: ChildProcess;
  let socket: Socket;
  let heard = '';
  let count = 0;

  const sh = async (line: string, seconds = 300): Promise<Answer> => {
    count += 1;
    const mark = `ANSWER-${count}`;
    heard = '';
    // The mark is written in two pieces, so that the echo of the line is not taken for the answer.
    socket.write(`{ ${line}\n} 2>&1; echo "${mark.slice(0, 3)}""${mark.slice(3)} $?"\n`);
    for (const end = performance.now() + seconds * 1000; performance.now() < end; await pause(200)) {
      const found = new RegExp(`\n?([\\s\\S]*?)${mark} (\\d+)`).exec(heard);
      if (found !== null) return { status: Number(found[2]), text: withoutEcho(found[1]!) };
    }
    throw new Error(`The guest did not answer within ${seconds} s: ${line}\n${heard.slice(-2_000)}`);
  };

  const boot = async () => {
    rmSync(path, { force: true });
    machine = spawn('qemu-system-x86_64', argumentsFor(image, path), { stdio: 'ignore' });
    for (const end = performance.now() + BOOT_SECONDS * 1000; performance.now() < end; await pause(2_000)) {
      try {
        socket = connect(path);
        await once(socket, 'connect');
        break;
      } catch {
        // It has not made its socket yet.
      }
    }
    socket
      .on('error', () => undefined)
      .setEncoding('utf8')
      .on('data', (text) => {
        heard += text;
      });
    // What is written before the shell is there is lost.
    for (const end = performance.now() + BOOT_SECONDS * 1000; performance.now() < end; ) {
      const up = await sh('stty -echo; systemctl is-system-running --wait >/dev/null; true', 20).catch(
        () => null,
      );
      if (up !== null) return;
    }
    throw new Error('The guest did not boot.');
  };
  const end = async () => {
    if (machine.exitCode !== null || machine.signalCode !== null) return;
    const ended = once(machine, 'exit');
    socket.write('systemctl poweroff\n');
    const killer = setTimeout(() => machine.kill('SIGKILL'), 180_000);
    await ended;
    clearTimeout(killer);
    socket.destroy();
  };
  await boot();
  return {
    sh,
    end,
    async reboot() {
      await end();
      await boot();
    },
  };
}

const withoutEcho = (text: string) => text.replaceAll('\r', '').trim();

function argumentsFor({ disk, kernel, initrd }: Image, shell: string): string[] {
  return [
    ...['-M', 'q35', '-cpu', 'max', '-accel', 'kvm', '-accel', 'tcg,thread=multi', '-smp', '2', '-m', '1024'],
    ...['-display', 'none', '-no-reboot', '-monitor', 'none', '-kernel', kernel, '-initrd', initrd],
    ...['-append', 'root=/dev/vda rw console=ttyS0 quiet'],
    ...['-drive', `file=${disk},format=raw,if=virtio`],
    ...['-netdev', 'user,id=net', '-device', 'virtio-net-pci,netdev=net'],
    ...['-serial', 'null', '-serial', `unix:${shell},server=on,wait=off`],
  ];
}
