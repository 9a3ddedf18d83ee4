/** The name with its mark: an open ring around a point. */
export function Brand() {
  return (
    <span className="brand">
      <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <path className="ring" d="M17.5 7.2a7 7 0 1 0 0 9.6" />
        <circle className="point" cx="12" cy="12" r="2.2" />
      </svg>
      Cordon
    </span>
  );
}
