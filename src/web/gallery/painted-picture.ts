interface Look {
  wall: [string, string];
  shirt: string;
  skin: string;
  hair: string;
  long: boolean;
}

const looks: readonly Look[] = [
  { wall: ['#8fb3b0', '#3d5a5c'], shirt: '#e9e4d8', skin: '#e6b792', hair: '#3a2a20', long: true },
  { wall: ['#b7a3bd', '#5a4763'], shirt: '#2f3b4c', skin: '#c68e66', hair: '#221a17', long: false },
  { wall: ['#a9bd97', '#4d5f43'], shirt: '#b5533c', skin: '#8c5b3d', hair: '#1b1412', long: true },
  { wall: ['#d3b59b', '#7a5844'], shirt: '#3f6f73', skin: '#f0c9a8', hair: '#b98a4e', long: false },
  { wall: ['#9db1da', '#47598a'], shirt: '#d8cfa9', skin: '#a8714b', hair: '#2b2320', long: false },
  { wall: ['#dec08a', '#8a6a3c'], shirt: '#46516e', skin: '#dba682', hair: '#c9c3ba', long: true },
];

/** A painted camera picture: somebody in a room, breathing. Slow on purpose, so that 49 of them run at once. */
export function paintedCamera(index: number): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 360];
  const paint = canvas.getContext('2d');
  const look = looks[index % looks.length] ?? looks[0];
  let frame = index * 7;
  const draw = () => {
    if (paint && look) paintPerson(paint, look, index, Math.sin(frame++ / 5) * 5);
  };
  return record(canvas, draw, 500);
}

function paintPerson(paint: CanvasRenderingContext2D, look: Look, index: number, sway: number): void {
  const { wall, shirt, skin, hair, long } = look;
  const blob = (color: string, x: number, y: number, width: number, height: number) => {
    paint.fillStyle = color;
    paint.beginPath();
    paint.ellipse(x, y, width, height, 0, 0, 2 * Math.PI);
    paint.fill();
  };
  const light = paint.createLinearGradient(0, 0, 640, 360);
  light.addColorStop(0, wall[0]);
  light.addColorStop(1, wall[1]);
  paint.fillStyle = light;
  paint.fillRect(0, 0, 640, 360);
  // A window or a picture on the wall.
  paint.fillStyle = 'rgb(255 255 255 / 16%)';
  const left = 46 + ((index * 167) % 420);
  paint.fillRect(left, 36, 58, 96);
  paint.fillRect(left + 64, 36, 58, 96);
  const head = 320 + sway * 1.4;
  if (long) blob(hair, head, 212, 86, 104);
  blob(shirt, 320 + sway, 392, 168, 136);
  paint.fillStyle = skin;
  paint.beginPath();
  paint.roundRect(296 + sway, 216, 48, 60, 22);
  paint.fill();
  blob(hair, head, 140, 72, 80);
  blob(skin, head, 168, 58, 72);
  // The fringe.
  paint.fillStyle = hair;
  paint.beginPath();
  paint.ellipse(head - 12, 112, 58, 34, -0.25, Math.PI * 0.95, Math.PI * 2.1);
  paint.fill();
  blob('#2a2422', head - 21, 168, 5, 6);
  blob('#2a2422', head + 21, 168, 5, 6);
  paint.strokeStyle = 'rgb(90 35 30 / 75%)';
  paint.lineWidth = 4;
  paint.lineCap = 'round';
  paint.beginPath();
  paint.arc(head, 192, 18, 0.25 * Math.PI, 0.75 * Math.PI);
  paint.stroke();
}

/** A painted screen: a document with a chart. */
export function paintedScreen(): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [1280, 800];
  const paint = canvas.getContext('2d');
  const draw = () => {
    if (!paint) return;
    paint.fillStyle = '#fbfaf7';
    paint.fillRect(0, 0, 1280, 800);
    paint.fillStyle = '#21343a';
    paint.font = '600 44px sans-serif';
    paint.fillText('Budget 2027', 90, 120);
    for (const [row, width] of [820, 760, 880, 540].entries()) {
      paint.fillStyle = '#d5dbd8';
      paint.fillRect(90, 170 + row * 34, width, 14);
    }
    for (const [column, height] of [180, 240, 150, 300, 260, 340].entries()) {
      paint.fillStyle = column % 2 === 0 ? '#0b6a6a' : '#e0a24a';
      paint.fillRect(110 + column * 150, 740 - height, 90, height);
    }
  };
  return record(canvas, draw, 1000);
}

function record(canvas: HTMLCanvasElement, draw: () => void, everyMs: number): MediaStreamTrack {
  draw();
  const stream = canvas.captureStream();
  const timer = setInterval(draw, everyMs);
  const [track] = stream.getVideoTracks();
  if (!track) throw new Error('no track from canvas');
  track.addEventListener('ended', () => clearInterval(timer));
  return track;
}
