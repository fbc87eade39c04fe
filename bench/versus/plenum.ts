import { createMeeting } from '../meeting-access.ts';
import { startServer } from '../server-under-test.ts';
import type { System } from './system.ts';

/** The product, as every other scenario of the bench starts it. */
export const plenum: System = {
  name: 'plenum',
  describe: () => 'Plenum, this checkout',
  missing: () => undefined,
  async start({ workers }) {
    const server = await startServer({ workers });
    try {
      return { server, access: await createMeeting(server.origin) };
    } catch (error) {
      await server.stop();
      throw error;
    }
  },
};
