import type { Answer, Ask } from '../../../protocol/messages.ts';
import type { Context, Seat } from '../context.ts';

export async function setCapabilities(
  ask: Ask<'setCapabilities'>,
  _: Context,
  { room, participant }: Seat,
): Promise<null> {
  const endpoint = await room.endpointOf(participant);
  endpoint.setCapabilities(ask.capabilities);
  return null;
}

export async function createTransport(
  ask: Ask<'createTransport'>,
  { iceServers }: Context,
  { room, participant }: Seat,
): Promise<Answer<'createTransport'>> {
  const endpoint = await room.endpointOf(participant);
  const made = await endpoint.createTransport(ask.direction);
  return { ...made, iceServers: iceServers(participant.id) };
}

export async function connectTransport(
  ask: Ask<'connectTransport'>,
  _: Context,
  { participant }: Seat,
): Promise<null> {
  await participant.endpoint.connectTransport(ask.transportId, ask.dtlsParameters);
  return null;
}

export async function restartIce(
  ask: Ask<'restartIce'>,
  { iceServers }: Context,
  { participant }: Seat,
): Promise<Answer<'restartIce'>> {
  const restarted = await participant.endpoint.restartIce(ask.transportId);
  return { ...restarted, iceServers: iceServers(participant.id) };
}

export async function produce(
  ask: Ask<'produce'>,
  _: Context,
  { participant }: Seat,
): Promise<Answer<'produce'>> {
  return { producerId: await participant.endpoint.produce(ask) };
}

export function closeProducer(ask: Ask<'closeProducer'>, _: Context, { participant }: Seat): null {
  participant.endpoint.closeProducer(ask.producerId);
  return null;
}

export async function pauseProducer(
  ask: Ask<'pauseProducer'>,
  _: Context,
  { room, participant }: Seat,
): Promise<null> {
  await room.setPaused(participant, ask.producerId, true);
  return null;
}

export async function resumeProducer(
  ask: Ask<'resumeProducer'>,
  _: Context,
  { room, participant }: Seat,
): Promise<null> {
  await room.setPaused(participant, ask.producerId, false);
  return null;
}

export function subscribe(
  ask: Ask<'subscribe'>,
  _: Context,
  { participant }: Seat,
): Promise<Answer<'subscribe'>> {
  return participant.endpoint.subscribe(ask.transportId, ask.producerIds);
}

export function unsubscribe(ask: Ask<'unsubscribe'>, _: Context, { participant }: Seat): null {
  participant.endpoint.unsubscribe(ask.consumerIds);
  return null;
}

export async function startConsumers(
  ask: Ask<'startConsumers'>,
  _: Context,
  { participant }: Seat,
): Promise<null> {
  await participant.endpoint.startConsumers(ask.consumerIds);
  return null;
}
