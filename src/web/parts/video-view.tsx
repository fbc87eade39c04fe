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

/** What lies beneath stays until the new picture has faded in (--calm). */
const fadeMs = 300;
/**
 * A stream that comes after a pause shows a picture at once and then stands still for up to a second, while the browser
 * finds out how to keep lips and voice together. Only one that keeps moving takes the place of another.
 */
const lookMs = 100;
const steadyLooks = 4;
const patientLooks = 15;

/**
 * Shows a track; transparent until its first picture is there, so that what lies beneath stays visible. A track that
 * takes the place of another (media goes another way, another camera) lies over it until it plays: nobody sees it happen.
 */
export function VideoView({ track, ...how }: VideoViewProps) {
  const [shown, setShown] = useState<MediaStreamTrack | undefined>(undefined);
  useLayoutEffect(() => {
    if (!track) setShown(undefined);
  }, [track]);
  const under = track && shown && shown !== track ? shown : undefined;
  const { label: _, ...unlabelled } = how;
  return (
    <>
      {under && <TrackVideo key={under.id} track={under} {...unlabelled} onShown={() => undefined} />}
      <TrackVideo
        key={track?.id ?? 'none'}
        track={track}
        {...how}
        replaces={under !== undefined}
        onShown={() => setShown(track)}
      />
    </>
  );
}

interface TrackVideoProps extends VideoViewProps {
  /** Something plays beneath it. */
  replaces?: boolean;
  onShown: () => void;
}

function TrackVideo({ track, mirrored, fit, label, replaces, onShown }: TrackVideoProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [started, setStarted] = useState(false);
  const [playing, setPlaying] = useState(false);
  useLayoutEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = track ? new MediaStream([track]) : null;
    if (track) void element.play().catch(() => undefined);
    return () => {
      element.srcObject = null;
    };
  }, [track]);
  useEffect(() => {
    const element = video.current;
    if (!started || !element) return;
    if (!replaces) return setPlaying(true);
    return whenSteady(element, () => setPlaying(true));
  }, [started, replaces]);
  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(onShown, fadeMs);
    return () => clearTimeout(timer);
  }, [playing]);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    // object-fit by the shapes of picture and tile: a phone held upright must not lose its owner's chin in a wide tile.
    // The tile's shape is remembered: asking for it with each new picture size would lay out all tiles anew each time.
    let box = { width: 0, height: 0 };
    const adapt = () => {
      const picture = { width: element.videoWidth, height: element.videoHeight };
      element.style.objectFit = fit === 'whole' ? 'contain' : chooseFit(picture, box);
    };
    const observer = new ResizeObserver(([entry]) => {
      if (entry) box = entry.contentRect;
      adapt();
    });
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
      onPlaying={() => setStarted(true)}
      onLoadedData={() => setStarted(true)}
    />
  );
}

/** @returns stops waiting */
function whenSteady(video: HTMLVideoElement, steady: () => void): () => void {
  let [frames, moving, looks] = [0, 0, 0];
  const timer = setInterval(() => {
    const { totalVideoFrames } = video.getVideoPlaybackQuality();
    moving = totalVideoFrames > frames ? moving + 1 : 0;
    frames = totalVideoFrames;
    looks += 1;
    if (moving < steadyLooks && looks < patientLooks) return;
    clearInterval(timer);
    steady();
  }, lookMs);
  return () => clearInterval(timer);
}
