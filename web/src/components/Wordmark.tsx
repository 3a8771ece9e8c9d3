/** The name and its mark: a W that is a way with a stop at its end. */
export function Wordmark() {
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 9 }}>
      <svg aria-hidden="true" width="24" height="24" viewBox="0 0 32 32">
        <rect width="32" height="32" rx="7.5" fill="var(--accent)" />
        <path
          d="M6.5 10.5 11 21.5 16 12.5 21 21.5 24.2 13.6"
          fill="none"
          stroke="#fff"
          strokeWidth="2.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
        <circle cx="25.2" cy="10.6" r="2.6" fill="#ffc24b" />
      </svg>
      <span style={{ fontWeight: 680, fontSize: 16, letterSpacing: '-0.03em', color: 'var(--ink)' }}>
        Waybill
      </span>
    </span>
  )
}
