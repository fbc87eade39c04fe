interface Seat {
  x: number;
  y: number;
  radius: number;
  row: number;
  taken: boolean;
}

/** Rows of seats around a speaker, computed once. A fixed pattern of taken seats, so that it looks the same every time. */
const seats: readonly Seat[] = [5, 9, 13, 17, 21].flatMap((count, row) =>
  Array.from({ length: count }, (_, index): Seat => {
    const angle = Math.PI - (Math.PI * index) / (count - 1);
    const distance = 46 + row * 33;
    return {
      x: 200 + distance * Math.cos(angle),
      y: 196 - distance * Math.sin(angle),
      radius: 9.5 + row * 0.8,
      row,
      taken: (index * 7 + row * 5) % 11 < 6,
    };
  }),
);

/** The picture of the start page: a chamber. Decoration only. */
export function Chamber() {
  return (
    <svg class="chamber" viewBox="0 0 400 212" aria-hidden="true" focusable="false">
      {seats.map((seat) => (
        <circle
          key={`${seat.x}:${seat.y}`}
          cx={seat.x.toFixed(1)}
          cy={seat.y.toFixed(1)}
          r={seat.radius}
          data-row={seat.row}
          data-taken={seat.taken || undefined}
        />
      ))}
      <circle class="chamber-wave" cx="200" cy="190" r="15" />
      <circle class="chamber-speaker" cx="200" cy="190" r="15" />
    </svg>
  );
}
