import { FakeHandler } from 'mediasoup-client';
import { generateLocalDtlsParameters, generateNativeRtpCapabilities } from 'mediasoup-client/fakeParameters';
import { FakeEngine } from '../../src/client/engine/fake-engine.ts';
import { SfuEngine } from '../../src/client/engine/sfu-engine.ts';
import { engineConformance } from './engine.ts';
import { endTrack, makeTrack, routerCapabilities, transportInfo } from './engine-parts.ts';

const parts = { routerCapabilities, transportInfo, makeTrack, endTrack, close: () => undefined };

engineConformance('fake', async () => ({ engine: new FakeEngine(), ...parts }));

// mediasoup-client itself, on its own stand-in for the browser's WebRTC.
engineConformance('mediasoup-client', async () => {
  const handlers = FakeHandler.createFactory({ generateNativeRtpCapabilities, generateLocalDtlsParameters });
  return { engine: await SfuEngine.create(handlers), ...parts };
});
