export interface MediaSeen {
  framesDecoded: number;
  totalAudioEnergy: number;
}

/**
 * Runs inside a page (hence no imports): calls itself with fake camera and microphone over two peer connections, and
 * says what arrived once both kinds did, or after ten seconds.
 */
export async function loopCall(): Promise<MediaSeen> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: 320, height: 180 },
  });
  const [caller, callee] = [new RTCPeerConnection(), new RTCPeerConnection()];
  caller.onicecandidate = ({ candidate }) => void callee.addIceCandidate(candidate ?? undefined);
  callee.onicecandidate = ({ candidate }) => void caller.addIceCandidate(candidate ?? undefined);
  callee.ontrack = ({ streams: [remote] }) => {
    // Audio is decoded only for a track on a media element.
    const player = document.createElement('video');
    player.srcObject = remote ?? null;
    document.body.append(player);
    void player.play();
  };
  for (const track of stream.getTracks()) caller.addTrack(track, stream);
  await caller.setLocalDescription();
  await callee.setRemoteDescription(caller.localDescription as RTCSessionDescription);
  await callee.setLocalDescription();
  await caller.setRemoteDescription(callee.localDescription as RTCSessionDescription);

  const seen: MediaSeen = { framesDecoded: 0, totalAudioEnergy: 0 };
  for (let tries = 0; tries < 100; tries += 1) {
    for (const report of (await callee.getStats()).values()) {
      if (report.type !== 'inbound-rtp') continue;
      if (report.kind === 'video') seen.framesDecoded = report.framesDecoded ?? 0;
      else seen.totalAudioEnergy = report.totalAudioEnergy ?? 0;
    }
    if (seen.framesDecoded > 5 && seen.totalAudioEnergy > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return seen;
}
