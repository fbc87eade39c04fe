/** The mark: a chamber seen from above, rows of seats around whoever speaks. */
export function LogoMark({ size = 32 }: { size?: number }) {
  return (
    <svg
      class="logo-mark"
      width={size}
      height={size}
      viewBox="0 0 32 32"
      aria-hidden="true"
      focusable="false"
    >
      <g fill="currentColor">
        <circle cx="3.6" cy="23.6" r="2.7" />
        <circle cx="7.3" cy="13.6" r="2.7" />
        <circle cx="16" cy="9.4" r="2.7" />
        <circle cx="24.7" cy="13.6" r="2.7" />
        <circle cx="28.4" cy="23.6" r="2.7" />
        <circle cx="10" cy="20.4" r="2.1" opacity=".65" />
        <circle cx="16" cy="16.8" r="2.1" opacity=".65" />
        <circle cx="22" cy="20.4" r="2.1" opacity=".65" />
      </g>
      <circle cx="16" cy="24.6" r="3.2" class="logo-speaker" />
    </svg>
  );
}

export function Logo() {
  return (
    <span class="logo">
      <LogoMark size={30} />
      <span class="logo-word">plenum</span>
    </span>
  );
}
