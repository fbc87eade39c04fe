import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { chooseFit } from '../state/video-fit.ts';

interface VideoViewProps {
  track: MediaStreamTrack | undefined;
  /** Our own picture, as in a mirror. */
  mirrored?: boolean;
  /** whole: never cut anything off (screens) */
  fit: 'fill' | 'whole';
  label?: string;
}

/** Shows a track; transparent until its first picture is there, so that what lies beneath stays visible. */
export function VideoView({ track, mirrored, fit, label }: VideoViewProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [playing, setPlaying] = useState(false);
  useLayoutEffect(() => {
    const element = video.current;
    if (!element) return;
    setPlaying(false);
    element.srcObject = track ? new MediaStream([track]) : null;
    if (track) void element.play().catch(() => undefined);
    return () => {
      element.srcObject = null;
    };
  }, [track]);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    // object-fit by the shapes of picture and tile: a phone held upright must not lose its owner's chin in a wide tile.
    const adapt = () => {
      const picture = { width: element.videoWidth, height: element.videoHeight };
      const box = { width: element.clientWidth, height: element.clientHeight };
      element.style.objectFit = fit === 'whole' ? 'contain' : chooseFit(picture, box);
    };
    const observer = new ResizeObserver(adapt);
    observer.observe(element);
    element.addEventListener('resize', adapt);
    return () => {
      observer.disconnect();
      element.removeEventListener('resize', adapt);
    };
  }, [fit]);
  return (
    <video
      ref={video}
      class="video"
      data-mirrored={mirrored || undefined}
      data-playing={(playing && track !== undefined) || undefined}
      muted
      autoplay
      playsInline
      disablePictureInPicture={mirrored}
      aria-label={label}
      aria-hidden={label ? undefined : true}
      onPlaying={() => setPlaying(true)}
      onLoadedData={() => setPlaying(true)}
    />
  );
}
