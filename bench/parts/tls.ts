import { gatherAt, memoryOfEach } from './gathering.ts';
import type { Part } from './part.ts';
import { startServed } from './served.ts';

/** Devices that wait at one process which ends TLS itself: what each costs in memory. */
export const tls: Part = {
  name: 'tls',
  figures: ['bytesPerDeviceTls'],
  how: 'as `devices`, over TLS 1.3 that the server ends itself, by a self-signed certificate with an elliptic key.',
  minutes: 1.5,
  async run({ devices, rate, seconds }, { directory, say }) {
    const served = await startServed(directory, { tls: true });
    const gathering = gatherAt(served, say);
    try {
      const { bytesPerDevice, fleet } = await memoryOfEach(
        served,
        gathering,
        { devices, rate, seconds },
        say,
      );
      return {
        figures: { bytesPerDeviceTls: bytesPerDevice },
        details: { enrolmentsPerSecondTls: Math.round(devices / (fleet.enrolledIn / 1000)) },
      };
    } finally {
      await gathering.stop();
      await served.stop();
    }
  },
};
