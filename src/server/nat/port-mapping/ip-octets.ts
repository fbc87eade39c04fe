/** Four octets as people write an IPv4 address. */
export function ipv4(octets: Uint8Array): string {
  return [...octets].join('.');
}

/** ::ffff:a.b.c.d, as PCP and STUN carry IPv4 in 16 octets. */
export function mapped(address: string): Buffer {
  const octets = Buffer.alloc(16);
  octets.fill(0xff, 10, 12);
  address.split('.').forEach((part, index) => {
    octets[12 + index] = Number(part);
  });
  return octets;
}

/** 16 octets as an address: IPv4 where it is a mapped one. */
export function ipv6(octets: Uint8Array): string {
  const isMapped =
    octets.subarray(0, 10).every((octet) => octet === 0) && octets[10] === 255 && octets[11] === 255;
  if (isMapped) return ipv4(octets.subarray(12, 16));
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((octets[index * 2] ?? 0) << 8) | (octets[index * 2 + 1] ?? 0)).toString(16),
  );
  // The longest run of zeros is written as ::, which URL knows best.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
